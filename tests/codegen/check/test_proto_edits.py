"""What proto lacks is written as a person would: in the right file, with its imports and the next number."""

from __future__ import annotations

from pathlib import Path

from codegen.check.proto_edits import enum_members, names_in_proto, reached, spelling
from codegen.ir.types import DateTime, Enum, Field, ListOf, Named
from tests.codegen.contracts import edited, shipped


def test_a_field_is_spelled_by_the_table_of_the_mapping() -> None:
    assert spelling(Field("at", DateTime(), required=True)) == "google.protobuf.Timestamp"
    assert spelling(Field("at", DateTime(), required=False)) == "optional google.protobuf.Timestamp"
    assert spelling(Field("all", ListOf(Named("A")), required=True)) == "repeated A"


def test_a_text_enum_begins_with_the_unset_member() -> None:
    assert enum_members(Enum("DarkColour", (("red", "red"),))) == ("DARK_COLOUR_UNSPECIFIED", "DARK_COLOUR_RED")
    assert enum_members(Enum("Level", (("low", 0),))) == ("LEVEL_LOW",)


def test_what_a_type_leads_to_is_found_once() -> None:
    assert reached(shipped(), ["AuthorPage"]) == {"AuthorPage", "Author", "PageMeta"}
    assert names_in_proto(shipped().definitions["FieldError"]) == {"pointer", "message"}


def test_an_import_that_is_missing_is_part_of_the_edit(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        (
            "schemas/things.yaml",
            "    maybe: {type: boolean}\n",
            "    maybe: {type: boolean}\n    at: {type: string, format: date-time}\n",
        ),
        case="p01_bool",
    )
    texts = [edit.text for one in loaded.findings for edit in one.edits]
    assert 'import "google/protobuf/timestamp.proto";\n' in texts
    assert any("optional google.protobuf.Timestamp at = 3;" in text for text in texts)

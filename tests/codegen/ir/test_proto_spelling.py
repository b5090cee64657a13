"""Fields and members are spelled in proto by the table of the mapping."""

from __future__ import annotations

from codegen.ir.proto_spelling import enum_members, names_in_proto, spelling
from codegen.ir.types import DateTime, Enum, Field, ListOf, Named
from tests.codegen.contracts import shipped


def test_a_field_is_spelled_by_the_table_of_the_mapping() -> None:
    assert spelling(Field("at", DateTime(), required=True)) == "google.protobuf.Timestamp"
    assert spelling(Field("at", DateTime(), required=False)) == "optional google.protobuf.Timestamp"
    assert spelling(Field("all", ListOf(Named("A")), required=True)) == "repeated A"


def test_a_text_enum_begins_with_the_unset_member() -> None:
    assert enum_members(Enum("DarkColour", (("red", "red"),))) == ("DARK_COLOUR_UNSPECIFIED", "DARK_COLOUR_RED")
    assert enum_members(Enum("Level", (("low", 0),))) == ("LEVEL_LOW",)


def test_what_a_message_must_have_is_what_the_schema_has() -> None:
    assert names_in_proto(shipped().definitions["FieldError"]) == {"pointer", "message"}

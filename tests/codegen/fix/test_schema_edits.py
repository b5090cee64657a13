"""What is added in proto comes into the schemas: text between what stands there, or nothing where there are two answers."""

from __future__ import annotations

import difflib
from pathlib import Path

from codegen.fix import fix
from tests.codegen.contracts import CASES, edited

MADE = CASES / "p51_everything" / "specs"


def added(fixed: fix.Fixed, file: str) -> list[str]:
    """The new lines of a file, which are all that changed."""
    lines = list(difflib.ndiff((MADE / file).read_text().splitlines(), fixed.texts[f"specs/{file}"].splitlines()))
    return [line[2:] for line in lines if line.startswith("+ ")]


def test_a_field_and_its_message_and_its_enum_come_into_the_schemas(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("proto/things.proto", "  int64 version = 12;\n", "  int64 version = 12;\n  Tag tag = 13;\n  repeated Tag more = 14;\n"),
        (
            "proto/things.proto", "",
            "message Tag {\n  string name = 1;\n  optional Lamp lamp = 2;\n}\n"
            "enum Lamp {\n  LAMP_UNSPECIFIED = 0;\n  LAMP_ON = 1;\n}\n",
        ),
        ("schemas/things.yaml", "    version: {", "    # kept\n    version: {"),
        case="p51_everything",
    )  # fmt: skip
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    assert set(fixed.texts) == {"specs/schemas/things.yaml", "specs/contract.lock"}
    assert added(fixed, "schemas/things.yaml") == [
        "  required: [id, name, colour, shape, version, tag]",
        "    # kept",
        "    tag: {$ref: '#/Tag'}",
        "    more: {type: array, items: {$ref: '#/Tag'}, default: []}",
        "",
        "Tag:",
        "  type: object",
        "  required: [name]",
        "  properties:",
        "    name: {type: string}",
        "    lamp: {$ref: '#/Lamp'}",
        "",
        "Lamp: {type: string, enum: ['on']}",
    ]
    fix.write(tmp_path / "specs", fixed)
    assert fix.fix(tmp_path / "specs").texts == {}


def test_a_field_of_a_request_goes_into_the_schema_of_which_all_requests_have_it(tmp_path: Path) -> None:
    """ThingInput is the body of two operations, ThingRef a part of one of them and of two others."""
    edited(
        tmp_path,
        ("proto/things.proto", "  optional string price = 4;\n", "  optional string price = 4;\n  optional bool draft = 6;\n"),
        ("proto/things.proto", "  optional string price = 5;\n", "  optional string price = 5;\n  optional bool draft = 6;\n"),
        case="p51_everything",
    )  # fmt: skip
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    assert added(fixed, "schemas/things.yaml") == ["    draft: {type: boolean}"]


def test_a_field_of_one_request_of_a_shared_schema_has_no_one_place(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("proto/things.proto", "  optional string price = 4;\n", "  optional string price = 4;\n  optional bool draft = 6;\n"),
        case="p51_everything",
    )  # fmt: skip
    fixed = fix.fix(tmp_path / "specs")
    assert fixed.texts == {}
    assert "X011" in {one.rule for one in fixed.left.findings}


def test_a_field_that_two_messages_spell_differently_has_two_answers(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("proto/things.proto", "  optional string price = 4;\n", "  optional string price = 4;\n  optional bool draft = 6;\n"),
        ("proto/things.proto", "  optional string price = 5;\n", "  optional string price = 5;\n  bool draft = 6;\n"),
        case="p51_everything",
    )  # fmt: skip
    assert fix.fix(tmp_path / "specs").texts == {}


def test_a_property_that_a_person_took_out_of_the_schema_does_not_come_back(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("schemas/things.yaml", "    note: {type: [string, 'null'], default: null}\n", ""),
        case="p51_everything",
    )
    fixed = fix.fix(tmp_path / "specs")
    assert fixed.texts == {}
    assert {one.rule for one in fixed.left.findings} == {"X011"}


def test_a_list_gets_no_field_beside_its_items(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("proto/things.proto", "  PageMeta meta = 2;\n", "  PageMeta meta = 2;\n  string hint = 3;\n"),
        case="p51_everything",
    )
    assert fix.fix(tmp_path / "specs").texts == {}


def test_members_come_into_enums_of_texts_and_of_numbers(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("proto/things.proto", "  COLOUR_DARK_BLUE = 2;\n", "  COLOUR_DARK_BLUE = 2;\n  COLOUR_GREEN = 3;\n"),
        ("proto/things.proto", "  LEVEL_HIGH = 5;\n", "  LEVEL_HIGH = 5;\n  LEVEL_TOP = 9;\n"),
        case="p51_everything",
    )
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    assert added(fixed, "schemas/things.yaml") == [
        "Colour: {type: string, enum: [red, dark-blue, green]}",
        "Level: {type: integer, format: int32, enum: [0, 5, 9], x-enum-names: [low, high, top]}",
    ]


def test_a_message_that_nothing_uses_gets_its_schema_and_stays_a_finding(tmp_path: Path) -> None:
    edited(tmp_path, ("proto/billing.proto", "", 'syntax = "proto3";\npackage stele.v1;\nmessage Bill {\n  int64 id = 1;\n}\n'),
           case="p51_everything")  # fmt: skip
    fixed = fix.fix(tmp_path / "specs")
    text = "Bill:\n  type: object\n  required: [id]\n  properties:\n    id: {type: integer, format: int64}\n"
    assert fixed.texts["specs/schemas/billing.yaml"] == text
    assert "X008" in {one.rule for one in fixed.left.findings}
    fix.write(tmp_path / "specs", fixed)
    assert fix.fix(tmp_path / "specs").texts == {}


def test_a_message_that_could_never_end_gets_no_schema(tmp_path: Path) -> None:
    edited(tmp_path, ("proto/things.proto", "", "message Chain {\n  Chain next = 1;\n}\n"), case="p51_everything")
    assert fix.fix(tmp_path / "specs").texts == {}

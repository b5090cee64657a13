"""What a request may no longer say and what an answer may now say is found on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.breaking.gate import judge
from codegen.breaking.records import Direction, compare_records
from codegen.breaking.rules import RULES, Audience
from codegen.ir.types import DateTime, Field, Record
from tests.codegen.breaking.changes import SCHEMA, TODAY, before_and_after, rules, verdict

INPUT = "ThingInput:\n  type: object\n  required: [name, shape]\n  properties:\n    name: {type: string, minLength: 1, maxLength: 50}\n"


@pytest.mark.parametrize(
    ("old", "new", "subject", "rule"),
    [
        ("    note: {type: [string, 'null'], default: null}\n", "", "Thing.note", "answer-optional-field-removed"),
        ("    version: {type: integer, format: int64, minimum: 1, maximum: 999}\n", "", "Thing.version", "answer-field-removed"),
        ("    price: {type: string, format: decimal}\n    note", "    price: {type: string, format: decimal}\n    size: {type: boolean}\n    note", "Thing.size", "answer-field-added"),
        ("required: [id, name, colour, shape, version]", "required: [id, colour, shape, version]", "Thing.name", "answer-field-optional"),
        ("required: [id, name, colour, shape, version]", "required: [id, name, colour, shape, version, data]", "Thing.data", "answer-field-required"),
        ("    name: {type: string, minLength: 1, maxLength: 50}\n    colour", "    name: {type: string, minLength: 1, maxLength: 60}\n    colour", "Thing.name", "answer-values-widened"),
        ("    name: {type: string, minLength: 1, maxLength: 50}\n    colour", "    name: {type: [string, 'null'], minLength: 1, maxLength: 50}\n    colour", "Thing.name", "answer-null-sent"),
        ("enum: [red, dark-blue]", "enum: [red, dark-blue, green]", "Colour.green", "answer-member-added"),
        ("enum: [red, dark-blue]", "enum: [red, dark-blue, 1d]", "Colour.1d", "request-member-added"),
        ("enum: [red, dark-blue]", "enum: [red, dark-blue], x-enum-names: {red: rosy}", "Colour.red", "member-renamed"),
        ("price: {type: string, format: decimal}\nThingRef", "price: {type: string, format: decimal, multipleOf: 0.01}\nThingRef", "MakeThingRequest.price", "request-values-narrowed"),
        ("price: {type: string, format: decimal}\nThingRef", "price: {type: string, format: decimal, maxLength: 9}\nThingRef", "MakeThingRequest.price", "request-values-narrowed"),
        ("colours: {type: array, items", "colours: {type: array, uniqueItems: true, items", "GetThingsRequest.colours", "request-values-narrowed"),
        (INPUT, INPUT.replace("maxLength: 50", "maxLength: 40"), "MakeThingRequest.name", "request-values-narrowed"),
        (INPUT, INPUT.replace("maxLength: 50", "maxLength: 60"), "MakeThingRequest.name", "request-values-widened"),
        (INPUT, INPUT.replace("[name, shape]", "[name, shape, price]"), "MakeThingRequest.price", "request-field-required"),
        (INPUT, INPUT.replace("[name, shape]", "[shape]"), "MakeThingRequest.name", "request-field-optional"),
        (INPUT, INPUT + "    size: {type: boolean}\n", "MakeThingRequest.size", "request-field-added"),
        (INPUT, INPUT.replace("[name, shape]", "[name, shape, size]") + "    size: {type: boolean}\n", "MakeThingRequest.size", "request-required-field-added"),
        ("page: {type: integer, format: int32, minimum: 1, default: 1}", "page: {type: integer, format: int32, minimum: 1, default: 2}", "GetThingsRequest.page", "request-default-changed"),
    ],
)  # fmt: skip
def test_a_change_has_its_rule(tmp_path: Path, old: str, new: str, subject: str, rule: str) -> None:
    assert rule in rules(verdict(tmp_path, (SCHEMA, old, new)), subject)


def test_a_form_where_any_text_is_read_changes_the_source_alone(tmp_path: Path) -> None:
    """What is written in a form is text; what is text may have no form."""
    note = "    note: {type: [string, 'null'], default: null}\n"
    old, new = before_and_after(tmp_path, (SCHEMA, note, note.replace("'null'],", "'null'], format: uuid,")))
    assert rules(judge(old, new, (), TODAY), "Thing.note") == {"answer-form-changed"}
    assert rules(judge(new, old, (), TODAY), "Thing.note") == {"answer-type-changed"}


def test_a_text_that_is_named_otherwise_is_the_same_in_json(tmp_path: Path) -> None:
    old, new = before_and_after(tmp_path, (SCHEMA, "dark-blue]", "dark-blue], x-enum-names: [red, navy]"))
    assert rules(judge(old, new, (), TODAY), "Colour.dark-blue") == {"member-renamed"}
    assert rules(judge(new, old, (), TODAY), "Colour.dark-blue") == {"member-renamed"}


def test_a_type_that_goes_both_ways_is_judged_both_ways(tmp_path: Path) -> None:
    found = verdict(
        tmp_path,
        (
            SCHEMA,
            "oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}]",
            "oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}, {$ref: '#/Dot'}]",
        ),
        (
            SCHEMA,
            "ThingInput:\n",
            "Dot:\n  type: object\n  required: [kind]\n  properties:\n    kind: {type: string, const: dot}\nThingInput:\n",
        ),
    )
    arms = {one.rule for one in found.changes if one.subject == "Shape.dot"}
    assert arms == {"request-arm-added", "answer-arm-added"}


def test_a_name_of_json_breaks_who_reads_json_and_one_of_code_who_compiles() -> None:
    """`madeAt` that is spelled otherwise in JSON is another member; that code calls otherwise is the same one."""
    old = Record("Thing", (Field("made_at", DateTime(), True, json="madeAt"),))
    spelled = Record("Thing", (Field("made_at", DateTime(), True, json="MadeAt"),))
    called = Record("Thing", (Field("made", DateTime(), True, json="madeAt"),))
    for one, other in ((old, spelled), (spelled, old)):
        found = {change.rule for change in compare_records(one, other, Direction.ANSWER)}
        assert found == {"answer-field-removed", "answer-field-added"}
    for one, other in ((old, called), (called, old)):
        found = {change.rule for change in compare_records(one, other, Direction.REQUEST)}
        assert found == {"field-renamed-in-code"}
    assert RULES["field-renamed-in-code"].audiences == (Audience.SOURCE,)

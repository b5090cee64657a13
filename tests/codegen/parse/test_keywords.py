"""A keyword has a value of its kind and stands where it means something; what would not be read is refused."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest
from pydantic import BaseModel

from codegen.parse.keywords import ANNOTATIONS, FORMS, KEYWORDS, PLAIN_FORMATS, SHADOWING
from tests.codegen.contracts import edited, rules

THINGS, CASE = "schemas/things.yaml", "p51_everything"
NOTE = "note: {type: [string, 'null'], default: null"
QUERY = "ThingQuery:\n  type: object\n"
COUNTS = "counts: {type: object, "
COLOUR = "Colour: {type: string, "
LEVEL = "Level: {type: integer, format: int32, "


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (NOTE, NOTE + ", description: 5", "F003"),
        (NOTE, NOTE + ", title: [a]", "F003"),
        (NOTE, NOTE + ", examples: a", "F003"),
        (NOTE, NOTE + ", deprecated: 'yes'", "F003"),
        (NOTE, NOTE + ", pattern: 5", "F003"),
        (NOTE, NOTE + ", format: 5", "F003"),
        (NOTE, NOTE + ", contentEncoding: 5", "F003"),
        ("required: [thing_id]", "required: thing_id", "F003"),
        ("required: [thing_id]", "required: [thing_id, thing_id]", "F003"),
        ("required: [thing_id]", "required: [thing_id, 5]", "F003"),
        ("  allOf:\n", "  description: 5\n  allOf:\n", "F003"),
        ("- {$ref: '#/ThingRef'}", "- {type: object, required: id, properties: {id: {type: string}}}", "F003"),
        ("Shape:\n", "Shape:\n  title: 5\n", "F003"),
        (QUERY + "  properties:", QUERY + "  properties: []\nOther:\n  type: object\n  properties:", "F003"),
        (QUERY, QUERY + "  additionalProperties: true\n", "S004"),
        (QUERY, QUERY + "  additionalProperties: {type: string}\n", "S004"),
        (QUERY, QUERY + "  maxProperties: 1\n", "S004"),
        (COUNTS, COUNTS + "required: [a], ", "S004"),
        (COLOUR, COLOUR + "maxLength: 3, ", "S004"),
        (COLOUR, COLOUR + "const: red, ", "S004"),
        (COLOUR, COLOUR + "format: uuid, ", "S004"),
        (LEVEL, LEVEL + "minimum: 3, ", "S004"),
        (LEVEL, LEVEL.replace("int32", "int64"), "S004"),
        (NOTE, "note: {oneOf: [{type: string}, {type: 'null', minLength: 5}], default: null", "S012"),
        (NOTE, "note: {anyOf: [{type: string}, {type: 'null', minLength: 5}], default: null", "S004"),
        (NOTE, "note: {anyOf: [{type: string}, {type: boolean}], default: null", "S004"),
        (NOTE, "note: {anyOf: [{type: string}], default: null", "S004"),
        (NOTE, "note: {anyOf: {type: string}, default: null", "S004"),
        (NOTE, "note: {anyOf: [{type: 'null'}, {type: 'null'}], default: null", "S004"),
        (NOTE, "note: {anyOf: [{type: string}, {type: 'null'}], maxLength: 5, default: null", "S004"),
        (NOTE, "note: {anyOf: [{type: string}, {type: 'null'}]", "S020"),
        (NOTE, "note: {type: array, items: {anyOf: [{type: string}, {type: 'null'}]}, default: []", "S011"),
    ],
)
def test_what_would_not_be_read_is_a_finding(tmp_path: Path, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, (THINGS, old, new), case=CASE))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (QUERY, QUERY + "  additionalProperties: false\n"),
        (NOTE, NOTE.replace("[string, 'null']", "['null', string]")),
        (NOTE, "note: {oneOf: [{type: 'null'}, {type: string}], default: null"),
        (NOTE, "note: {anyOf: [{type: string}, {type: 'null'}], title: Note, default: null"),
        (NOTE, "note: {anyOf: [{type: 'null'}, {$ref: '#/Words'}], default: null"),
        (LEVEL, LEVEL.replace("format: int32, ", "")),
    ],
)
def test_other_spellings_of_the_same_are_read_alike(tmp_path: Path, old: str, new: str) -> None:
    words = (THINGS, "", "Words: {type: string}\n")
    plain, spelled = edited(tmp_path / "a", case=CASE), edited(tmp_path / "b", (THINGS, old, new), words, case=CASE)
    assert rules(spelled) == set()
    assert spelled.contract.hash == plain.contract.hash


def test_a_keyword_is_one_that_json_schema_judges_or_an_x_word() -> None:
    """A wrong value of it makes the schema itself wrong, in both drafts."""
    words = {word for known in KEYWORDS.values() for word in known} - {"const", "format", "contentEncoding"}
    words = {word for word in words if not word.startswith("x-")}
    for draft in (jsonschema_rs.Draft7Validator, jsonschema_rs.Draft202012Validator):
        judged = {word for word in words if not _accepts(draft, {word: {"type": 5}})}
        assert judged == words


def _accepts(
    draft: type[jsonschema_rs.Draft7Validator] | type[jsonschema_rs.Draft202012Validator], schema: object
) -> bool:
    try:
        draft(schema)  # type: ignore[arg-type]  # wrong on purpose
    except ValueError:
        return False
    return True


def test_a_shadowed_name_is_an_attribute_of_every_model() -> None:
    assert {name for name in SHADOWING if not hasattr(BaseModel, name)} == set()


def test_no_word_has_two_meanings() -> None:
    assert not FORMS.keys() & PLAIN_FORMATS
    assert not ANNOTATIONS & {word for known in KEYWORDS.values() for word in known}

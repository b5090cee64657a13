"""What is absent, null, empty or default on one door must be the same on all; else it is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.types import Bool, Field, ListOf, Record, String
from codegen.parse.presence import empty_when_absent
from tests.codegen.parse.test_json_schema import read


@pytest.mark.parametrize(
    ("field", "required", "rule"),
    [
        ("{type: string}", True, None),
        ("{type: string}", False, None),
        ("{type: string, default: x}", False, None),
        ("{type: string, default: x}", True, "S026"),
        ("{type: [string, 'null']}", True, None),
        ("{type: [string, 'null']}", False, "S020"),
        ("{type: [string, 'null'], default: null}", False, None),
        ("{type: [string, 'null'], default: x}", False, "S020"),
        ("{type: array, items: {type: string}}", True, None),
        ("{type: array, items: {type: string}}", False, "S019"),
        ("{type: array, items: {type: string}, default: []}", False, None),
        ("{type: array, items: {type: string}, default: [a]}", False, "S019"),
        ("{type: array, items: {type: string}, minItems: 1, default: [a]}", False, None),
        ("{type: object, additionalProperties: {type: string}}", False, "S019"),
        ("{type: object, additionalProperties: {type: string}, default: {}}", False, None),
    ],
)
def test_presence_has_one_meaning_or_a_finding(tmp_path: Path, field: str, required: bool, rule: str | None) -> None:
    needed = "required: [a], " if required else ""
    rules = read(tmp_path, f"T: {{type: object, {needed}properties: {{a: {field}}}}}")[2]
    assert rules == ([rule] if rule else [])


@pytest.mark.parametrize(("least", "kept"), [(0, 0), (1, 0), (2, 2)])
def test_a_list_of_a_query_that_has_an_item_at_least_may_be_absent(least: int, kept: int) -> None:
    """An empty list is not sent at all: `minItems: 1` says nothing more."""
    found = empty_when_absent(Field("colours", ListOf(Bool(), least), required=False))
    assert found == Field("colours", ListOf(Bool(), kept), required=False, has_default=True, default=[])


def test_what_is_required_or_no_collection_is_as_it_was() -> None:
    for one in (Field("colours", ListOf(Bool(), 1), required=True), Field("colour", Bool(), required=False)):
        assert empty_when_absent(one) == one


@pytest.mark.parametrize("beside", ["description: x", "deprecated: true", "examples: [a]", "title: y, description: x"])
def test_what_is_said_to_readers_stands_beside_a_reference(tmp_path: Path, beside: str) -> None:
    text = (
        "A: {type: string, enum: [a, b], description: own}\n"
        + f"T: {{type: object, properties: {{a: {{$ref: '#/A', {beside}}}}}}}"
    )
    schemas, _, rules = read(tmp_path, text)
    record = schemas.definitions["T"]
    assert rules == []
    assert isinstance(record, Record)
    (one,) = record.fields
    assert (one.description, one.notes.deprecated, one.notes.values) == (
        "x" if "description" in beside else "", "deprecated" in beside, ["a"] if "examples" in beside else [],
    )  # fmt: skip


@pytest.mark.parametrize("beside", ["maxLength: 1", "default: a", "readOnly: true", "x-sensitive: true"])
def test_what_changes_the_meaning_does_not(tmp_path: Path, beside: str) -> None:
    text = "A: {type: string, enum: [a, b]}\n" + f"T: {{type: object, properties: {{a: {{$ref: '#/A', {beside}}}}}}}"
    assert "S022" in read(tmp_path, text)[2]


def test_an_enum_of_one_that_has_no_name_is_a_constant(tmp_path: Path) -> None:
    schemas, _, rules = read(tmp_path, "T: {type: object, properties: {a: {type: string, enum: [x/y]}}}")
    record = schemas.definitions["T"]
    assert rules == []
    assert isinstance(record, Record)
    assert record.fields[0].type == String(const="x/y")

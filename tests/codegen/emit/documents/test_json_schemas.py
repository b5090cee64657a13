"""Types are spelled again as JSON Schema with every bound written out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from codegen.emit.documents.json_schemas import REF, Json, Spelling, draft07, used
from codegen.ir.operations import Contract
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Field,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Shape,
    String,
    Text,
    Type,
)
from tests.codegen.compiled import contract_with
from tests.codegen.contracts import contract_of, shipped, shipped_files

BOTH_WAYS = """
Thing:
  type: object
  required: [part]
  properties: {part: {$ref: '#/Part'}}
ThingInput:
  type: object
  required: [part, other]
  properties: {part: {$ref: '#/Part'}, other: {$ref: '#/PartInput'}}
Part:
  type: object
  required: [text]
  properties: {text: {type: string}}
PartInput:
  type: object
  required: [number]
  properties: {number: {type: integer, format: int32}}
"""


def schemas(document: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(shipped_files()[document])["components"]["schemas"]
    return found


def request_validator(contract: Contract) -> jsonschema_rs.Validator:
    spelling = Spelling(contract)
    schema = spelling.record(contract.operations[0].request.fields, closed=True)
    return jsonschema_rs.validator_for(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "components": {"schemas": spelling.components()}},
        validate_formats=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (Bool(), {"type": "boolean"}),
        (Int(32, 1, 9), {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9}),
        (Float(None, 0.0), {"type": "number", "format": "double", "maximum": 0.0}),
        (Float(0.0, None), {"type": "number", "format": "double", "minimum": 0.0}),
        (Int(32, 0, 9, 3), {"type": "integer", "format": "int32", "minimum": 0, "maximum": 9, "multipleOf": 3}),
        (Float(0.0, None, None, 1.0, 0.1), {"type": "number", "format": "double", "minimum": 0.0, "exclusiveMaximum": 1.0, "multipleOf": 0.1}),
        (Text("decimal", "0.01"), {"type": "string", "format": "decimal", "pattern": r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]{1,2}0*)?$"}),
        (Text("decimal", "100"), {"type": "string", "format": "decimal", "pattern": r"^-?(?:0|[1-9][0-9]*0{2})(?:\.0+)?$"}),
        (Text("decimal", "1", Shape(0, 5, "^1")), {"type": "string", "format": "decimal", "maxLength": 5, "pattern": "^1", "allOf": [{"pattern": r"^-?(?:0|[1-9][0-9]*)(?:\.0+)?$"}]}),
        (DateTime(Shape(20)), {"type": "string", "format": "date-time", "minLength": 20}),
        (Duration(Shape(pattern="S$")), {"type": "string", "format": "duration", "pattern": "S$"}),
        (String(form="password"), {"type": "string", "format": "password"}),
        (ListOf(Bool(), unique_items=True), {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True}),
        (String(0, 0, "a"), {"type": "string", "maxLength": 0, "pattern": "a"}),
        (String(const=""), {"type": "string", "const": ""}),
        (Text("uuid"), {"type": "string", "format": "uuid"}),
        (DateTime(), {"type": "string", "format": "date-time"}),
        (Duration(), {"type": "string", "format": "duration"}),
        (Bytes(8), {"type": "string", "contentEncoding": "base64", "maxLength": 8}),
        (ListOf(Bool(), 1, 0), {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 0}),
        (MapOf(Bool(), 0), {"type": "object", "additionalProperties": {"type": "boolean"}, "maxProperties": 0}),
        (MapOf(ListOf(Named("Artist"))), {"type": "object", "additionalProperties": {"type": "array", "items": {"$ref": f"{REF}Artist"}}}),
    ],
)  # fmt: skip
def test_a_type_says_every_bound_it_has(kind: Type, schema: Json) -> None:
    assert Spelling(shipped()).type(kind, closed=False) == schema


def test_null_is_one_more_type_or_one_more_choice() -> None:
    spelling = Spelling(shipped())
    plain = spelling.field(Field("a", Bool(), True, nullable=True), closed=True)
    named = spelling.field(Field("a", Named("Artist"), False, True, True, None), closed=False)
    assert plain == {"type": ["boolean", "null"]}
    assert named == {"oneOf": [{"$ref": f"{REF}Artist"}, {"type": "null"}], "default": None}


@pytest.mark.parametrize(
    ("value", "is_valid"),
    [
        ({"shape": {"kind": "circle", "radius": 1}}, True),
        ({"shape": {"kind": "square", "side": 1}, "maybe": {"kind": "circle", "radius": 0}}, True),
        ({}, False),
        ({"shape": {"kind": "circle"}}, False),
        ({"shape": {"kind": "hexagon", "radius": 1}}, False),
        ({"shape": {"kind": "circle", "radius": 1, "side": 1}}, False),
        ({"shape": {"kind": "circle", "radius": 1}, "extra": 1}, False),
        ({"shape": {"kind": "square", "side": 2**31}}, False),
        ({"shape": {"kind": "square", "side": 1, "label": "\0"}}, False),
        ({"shape": {"kind": "circle", "radius": 1}, "maybe": None}, False),
    ],
)
def test_a_request_with_arms_is_judged_at_any_depth(tmp_path: Path, value: object, is_valid: bool) -> None:
    assert request_validator(contract_of("p17_union", tmp_path)).is_valid(value) is is_valid


def test_a_record_that_goes_both_ways_is_open_on_its_way_out_and_closed_on_its_way_in(tmp_path: Path) -> None:
    components: dict[str, Any] = Spelling(contract_of("p17_union", tmp_path)).components()
    assert "additionalProperties" not in components["Circle"]
    assert components["CircleInput"]["additionalProperties"] is False
    assert components["ShapeInput"]["discriminator"]["mapping"]["circle"] == f"{REF}CircleInput"


def test_a_closed_twin_takes_no_other_record_s_name(tmp_path: Path) -> None:
    validator = request_validator(contract_with(tmp_path, BOTH_WAYS))
    assert validator.is_valid({"part": {"text": "a"}, "other": {"number": 1}})
    assert not validator.is_valid({"part": {"text": "a"}, "other": {"text": "a"}})


def test_only_what_is_referred_to_is_kept() -> None:
    known: Json = {"A": {"items": [{"$ref": f"{REF}B"}]}, "B": {"$ref": f"{REF}A"}, "C": {}}
    assert used(known, {"x": [{"$ref": f"{REF}B"}]}) == {"A": known["A"], "B": known["B"]}


def test_asyncapi_s_discriminator_is_a_name_at_any_depth() -> None:
    schema: Json = {"x": [{"discriminator": {"propertyName": "kind", "mapping": {}}}]}
    assert draft07(schema) == {"x": [{"discriminator": "kind"}]}


def test_the_bounds_of_a_width_are_written_out() -> None:
    page = schemas("specs/openapi.json")["PageMeta"]["properties"]
    assert isinstance(page, dict)
    assert page["pages"] == {"type": "integer", "format": "int32", "minimum": 0, "maximum": 2147483647}


def test_text_that_may_not_hold_nul_says_so() -> None:
    document = json.loads(shipped_files()["specs/openapi.json"])
    body = document["paths"]["/api/artists"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "u0000" in json.dumps(body)
    assert body["additionalProperties"] is False


def test_both_documents_have_the_same_record() -> None:
    assert schemas("specs/openapi.json")["Artist"]["required"] == schemas("specs/asyncapi.json")["Artist"]["required"]


def test_what_is_said_of_each_value_of_a_collection_is_served(tmp_path: Path) -> None:
    contract = contract_of("p80_annotations", tmp_path)
    notes = Spelling(contract).field(contract.record("Part").fields[1], closed=False)
    assert notes["additionalProperties"] == {"type": "string", "description": "What was seen", "examples": ["dust"]}

"""What schemas come to: one kind each, with every loss on the way said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.losses import Losses
from codegen.importer.nodes import items, mapping
from codegen.importer.shapes import Shape, Shapes
from tests.codegen.importer.documents import library_of, openapi, said

RECORD = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
OTHER = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}
NULL = {"type": "null"}
REF = {"$ref": "#/components/schemas/Record"}


def shape_of(folder: Path, schema: Any) -> tuple[Shape, list[str]]:
    library, (source,) = library_of(folder, openapi(schemas={"Thing": schema, "Record": RECORD, "Other": OTHER}))
    losses = Losses()
    node = mapping(source.root, "components", "schemas", "Thing")
    assert node is not None
    return Shapes(library, losses).of(node, "thing"), said(losses)


@pytest.mark.parametrize(
    ("schema", "kind", "nullable"),
    [
        ({"type": "string"}, "string", False),
        ({"type": ["string", "null"]}, "string", True),
        ({"type": ["integer", "number"]}, "number", False),
        ({"enum": ["a", None]}, "string enum", True),
        ({"enum": [1, 2]}, "integer enum", False),
        ({"properties": {}}, "record", False),
        ({"type": "object"}, "free", False),
        ({"type": "object", "additionalProperties": False}, "record", False),
        ({"type": "object", "additionalProperties": True}, "free", False),
        ({"additionalProperties": {"type": "string"}}, "map", False),
        ({"items": {"type": "string"}}, "array", False),
        ({}, "free", False),
        ({"anyOf": [REF, NULL]}, "record", True),
        ({"oneOf": [REF]}, "record", False),
        ({"allOf": [REF], "description": "One."}, "record", False),
        ({"oneOf": [REF, {"$ref": "#/components/schemas/Other"}]}, "union", False),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number", False),
        ({"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, "string enum", False),
        ({"format": "uuid"}, "string", False),
        ({"allOf": [{"type": "string"}, {"maxLength": 3}]}, "string", False),
    ],
)
def test_every_schema_has_one_kind(tmp_path: Path, schema: Any, kind: str, nullable: bool) -> None:
    shape, _ = shape_of(tmp_path, schema)
    assert (shape.kind, shape.nullable) == (kind, nullable)


def test_parts_of_all_of_are_one_record_and_the_later_narrows(tmp_path: Path) -> None:
    shape, losses = shape_of(
        tmp_path,
        {"allOf": [REF, {"required": ["kind"], "properties": {"kind": {"type": "string"}, "id": {"maxLength": 3}}}]},
    )
    assert list(mapping(shape.node, "properties") or ()) != []
    assert [name for name, _ in mapping(shape.node, "properties") or ()] == ["id", "kind"]
    assert set(mapping(shape.node, "properties", "id").entries) == {"type", "maxLength"}  # type: ignore[union-attr]  # it is there
    assert len(items(shape.node, "required")) == 2
    assert losses == []


@pytest.mark.parametrize(
    ("schema", "kind", "loss"),
    [
        ({"type": ["string", "integer"]}, "string", "I014 of the alternatives of thing only string is kept, not integer"),
        ({"anyOf": [REF, {"type": "string"}]}, "string", "I014 of the alternatives of thing only string is kept, not the record Record"),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, "string", "I014 the alternatives of thing become one text, which takes all of them"),
        ({"properties": {}, "anyOf": [{"required": ["a"]}]}, "record", "I012 anyOf of thing, which requires one set of properties or another, is left out"),
        ({"$ref": "#/components/schemas/Gone"}, "free", "I015 thing refers to '#/components/schemas/Gone', where there is nothing to read"),
        ({"$ref": "#/components/schemas/Record", "maxProperties": 3}, "record", "I012 'maxProperties' of thing stands beside $ref and is not read"),
        ({"allOf": [REF, {"type": "string"}]}, "record", "I014 a part of thing is string and no record, and adds no property"),
    ],
)  # fmt: skip
def test_what_is_lost_on_the_way_is_said(tmp_path: Path, schema: Any, kind: str, loss: str) -> None:
    shape, losses = shape_of(tmp_path, schema)
    assert shape.kind == kind
    assert losses == [loss]


def test_alternatives_that_nothing_tells_apart_require_what_all_of_them_do(tmp_path: Path) -> None:
    library, (source,) = library_of(
        tmp_path,
        openapi(
            schemas={
                "Thing": {"oneOf": [REF, {"$ref": "#/components/schemas/Other"}]},
                "Record": RECORD,
                "Other": OTHER,
            }
        ),
    )
    shapes = Shapes(library, Losses())
    node = mapping(source.root, "components", "schemas", "Thing")
    assert node is not None
    merged = shapes.merged(shapes.of(node, "thing"), "thing", "of a reason")
    assert [name for name, _ in mapping(merged.node, "properties") or ()] == ["id", "name"]
    assert len(items(merged.node, "required")) == 1


def test_a_schema_that_is_its_own_part_has_an_end(tmp_path: Path) -> None:
    shape, losses = shape_of(tmp_path, {"allOf": [{"$ref": "#/components/schemas/Thing"}, RECORD]})
    assert shape.kind == "record"
    assert any("nested deeper" in one for one in losses)

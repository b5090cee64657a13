"""What the compiler refuses is taken out operation by operation, and said."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.diagnostics import Findings, Place
from codegen.importer.trial import _entry_at, _message_at, steps_to
from codegen.parse.yaml_tree import parse_yaml
from tests.codegen.importer.documents import answers, imported, openapi

ENDLESS = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Endless"}}}
RECORD = {"type": "object", "properties": {"id": {"type": "string"}}}


def test_an_operation_whose_type_is_refused_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    paths = {
        "/a": {"get": {"responses": answers({"$ref": "#/components/schemas/Endless"})}},
        "/b": {"get": {"responses": answers(RECORD)}},
    }
    found = imported(tmp_path, openapi(paths, {"Endless": ENDLESS}))
    (only,) = found.losses.unarrived
    assert only.label == "GET /a"
    assert only.why.startswith("the compiler refuses what became of it [S027]")
    assert "/b: " in found.files["openapi.yaml"]
    assert "http/a.yaml" not in found.files
    assert not any("Endless" in text for text in found.files.values())


def test_a_feature_of_an_enum_alone_compiles(tmp_path: Path) -> None:
    """`fix` writes the head of a proto file also where it has nothing but an enum."""
    kind = {"name": "kind", "in": "path", "required": True, "schema": {"type": "string", "enum": ["cat", "dog"]}}
    found = imported(
        tmp_path,
        openapi({"/pets/{kind}": {"delete": {"parameters": [kind], "responses": {"204": {"description": "Gone."}}}}}),
    )
    assert found.losses.arrived == 1
    assert found.files["proto/pets.proto"].startswith('syntax = "proto3";\n')


@pytest.mark.parametrize(
    ("line", "depth", "name"), [(1, 1, "Pet"), (3, 1, "Pet"), (5, 1, "Toy"), (3, 2, "get_pet"), (6, 2, "buy")]
)
def test_a_line_is_in_a_schema_or_an_operation(line: int, depth: int, name: str) -> None:
    text = "Pet:\n  get:\n    operationId: get_pet\n\nToy:\n  buy: {}\n"
    assert _entry_at(parse_yaml("x.yaml", text.encode(), Findings()), Place("x.yaml", line, 1), depth=depth) == name


def test_a_line_of_proto_is_in_a_message() -> None:
    assert _message_at('syntax = "proto3";\nmessage A {\n  int32 b = 1;\n}\nenum C {\n  D = 1;\n}\n', 6) == "C"
    assert _message_at('syntax = "proto3";\n', 1) == ""
    assert _message_at("service S {\n  rpc GetA(GetARequest) returns (A);\n}\n", 2) == "GetARequest"


def test_a_place_leads_to_the_value_that_is_written_there() -> None:
    tree = parse_yaml("x.yaml", b"a:\n  b: [1, {c: 2}]\n", Findings())
    assert tree is not None
    assert steps_to(tree, Place("x.yaml", 2, 10)) == ["a", "b", "1"]
    assert steps_to(tree, Place("x.yaml", 9, 9)) == []

"""OpenAPI 3.0's schemas in the form of 3.1."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.diagnostics import Findings
from codegen.importer.upgrade import upgrade
from codegen.parse.yaml_tree import parse_yaml, plain

NULL = {"type": "null"}


def upgraded(text: str) -> Any:
    root = parse_yaml("x.yaml", f"schemas: {{A: {text}}}".encode(), Findings())
    assert root is not None
    upgrade(root)
    found = plain(root)
    assert isinstance(found, dict)
    return found["schemas"]["A"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{type: string, nullable: true}", {"type": ["string", "null"]}),
        ("{type: string, nullable: false}", {"type": "string"}),
        ("{nullable: true, allOf: [{$ref: '#/x'}]}", {"anyOf": [{"allOf": [{"$ref": "#/x"}]}, NULL]}),
        ("{$ref: '#/x', nullable: true, description: d}", {"description": "d", "anyOf": [{"$ref": "#/x"}, NULL]}),
        ("{type: integer, minimum: 0, exclusiveMinimum: true}", {"type": "integer", "exclusiveMinimum": 0}),
        ("{type: integer, maximum: 9, exclusiveMaximum: false}", {"type": "integer", "maximum": 9}),
        ("{type: integer, exclusiveMinimum: 3}", {"type": "integer", "exclusiveMinimum": 3}),
        ("{type: string, example: x}", {"type": "string", "examples": ["x"]}),
        ("{type: string, format: byte}", {"type": "string", "contentEncoding": "base64"}),
        ("{type: object, properties: {nullable: {type: boolean, nullable: true}, example: {type: string}}}",
         {"type": "object", "properties": {"nullable": {"type": ["boolean", "null"]}, "example": {"type": "string"}}}),
        ("{oneOf: [{type: string, nullable: true}]}", {"oneOf": [{"type": ["string", "null"]}]}),
        ("{type: object, default: {nullable: true}}", {"type": "object", "default": {"nullable": True}}),
    ],
)  # fmt: skip
def test_each_word_of_3_0_has_its_word_in_3_1(old: str, new: object) -> None:
    assert upgraded(old) == new


def test_an_example_of_a_parameter_stays() -> None:
    assert upgraded("{in: query, name: q, schema: {type: string}, example: x}")["example"] == "x"

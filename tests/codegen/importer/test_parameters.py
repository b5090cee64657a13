"""Parameters are fields: in the query under their names, in a header and a path under any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.nodes import items, mapping
from codegen.importer.parameters import read, renamed, written
from codegen.parse.yaml_tree import Mapping
from tests.codegen.importer.documents import openapi, said, types_of

TEXT = {"type": "string"}


def parameters(folder: Path, *listed: dict[str, Any], taken: set[str] | None = None) -> tuple[list[Any], list[str]]:
    types, source = types_of(folder, openapi({"/x": {"get": {"parameters": list(listed)}}}))
    nodes = [one for one in items(mapping(source.root, "paths", "/x", "get"), "parameters") if isinstance(one, Mapping)]
    found = [each for node in nodes for each in read(types, node, "GET /x", "GetX")]
    renamed(types, found, "GET /x", taken or set())
    return [written(one) for one in found], said(types.losses)


@pytest.mark.parametrize(
    ("one", "here", "loss"),
    [
        ({"name": "pageSize", "in": "query", "schema": TEXT}, [{"name": "pageSize", "in": "query", "schema": TEXT}], ""),
        ({"name": "class", "in": "query", "schema": TEXT}, [{"name": "class", "in": "query", "schema": TEXT, "x-field": "its_class"}], ""),
        ({"name": "a b", "in": "query", "schema": TEXT}, [{"name": "a_b", "in": "query", "schema": TEXT}],
         "I011 the parameter 'a b' of GET /x is called 'a_b' in the query"),
        ({"name": "X-Trace", "in": "header", "required": True, "schema": TEXT}, [{"name": "X-Trace", "in": "header", "required": True, "schema": TEXT}], ""),
        ({"name": "X-From", "in": "header", "schema": TEXT}, [{"name": "X-From", "in": "header", "schema": TEXT}], ""),
        ({"name": "From", "in": "header", "schema": TEXT}, [{"name": "From", "in": "header", "schema": TEXT, "x-field": "its_from"}], ""),
        ({"name": "c", "in": "cookie", "schema": TEXT}, [], "I015 the parameter 'c' of GET /x is in 'cookie', and left out"),
        ({"name": "If-Match", "in": "header", "schema": TEXT}, [], "I015 the parameter 'If-Match' of GET /x is a header that the platform reads itself, and left out"),
        ({"name": "q", "in": "query", "content": {"application/json": {}}}, [], "I015 the parameter 'q' of GET /x has a media type of its own, and is left out"),
        ({"name": "q", "in": "query", "schema": {"type": "array", "items": {"type": "object", "properties": {}}}}, [],
         "I015 the parameter 'q' of GET /x has no form in a query, and is left out"),
        ({"name": "q", "in": "query", "schema": {"anyOf": [TEXT, {"type": "null"}]}}, [{"name": "q", "in": "query", "schema": TEXT}], ""),
        ({"name": "q", "in": "query", "explode": False, "schema": {"type": "array", "minItems": 1, "items": TEXT}},
         [{"name": "q", "in": "query", "schema": {"type": "array", "items": TEXT}}], "I014 the parameter 'q' of GET /x is written as ?a=1&a=2, and not in the style 'form'"),
        ({"name": "f", "in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {"a": TEXT}}}, [{"name": "f[a]", "in": "query", "schema": TEXT}], ""),
        ({"name": "f", "in": "query", "required": True, "schema": {"type": "object", "required": ["a"], "properties": {"a": TEXT}}},
         [{"name": "a", "in": "query", "required": True, "schema": TEXT}], ""),
        ({"name": "q", "in": "query", "allowReserved": True, "schema": TEXT}, [{"name": "q", "in": "query", "schema": TEXT}], "I020 'allowReserved' of parameters is left out"),
    ],
)  # fmt: skip
def test_each_parameter_arrives_or_is_said(tmp_path: Path, one: dict[str, Any], here: list[Any], loss: str) -> None:
    found, losses = parameters(tmp_path, one)
    assert found == here
    assert losses == ([loss] if loss else [])


def test_a_field_that_the_body_has_is_called_another_way_in_the_query(tmp_path: Path) -> None:
    found, losses = parameters(
        tmp_path,
        {"name": "id", "in": "query", "schema": TEXT},
        {"name": "id", "in": "header", "schema": TEXT},
        taken={"id"},
    )
    assert found == [
        {"name": "id", "in": "query", "schema": TEXT, "x-field": "query_id"},
        {"name": "id", "in": "header", "schema": TEXT, "x-field": "header_id"},
    ]
    assert losses == []

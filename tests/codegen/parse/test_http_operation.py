"""What every part of an HTTP operation is read with: known keys alone, and JSON as the one media type."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.parse.http_parts import found, part


def test_a_key_that_is_not_read_is_named_where_it_stands(tmp_path: Path) -> None:
    sources, _, node = part(tmp_path, "name: a\nx-word: 1\ncallbacks: {}\n")
    sources.only(node, {"name"}, "O003", "a parameter")
    assert found(sources) == ["O003:3"]
    assert next(iter(sources.findings)).fix == "remove it; a parameter may have name"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("content: {application/json: {schema: {type: string}}}", []),
        ("description: none", []),
        ("content: {text/plain: {schema: {type: string}}}", ["O012:1"]),
        ("content: {application/json: {schema: {type: string}}, text/plain: {}}", ["O012:1"]),
        ("content: {application/json: {}}", ["O012:1"]),
        ("content: []", ["O012:1"]),
        ("content:\n  application/json:\n    schema: {type: string}\n    encoding: {}", ["O003:4"]),
    ],
)
def test_a_body_is_json_alone_with_a_schema(tmp_path: Path, text: str, expected: list[str]) -> None:
    sources, _, node = part(tmp_path, text)
    schema = sources.json_schema(node, "the body")
    assert found(sources) == expected
    assert (schema is not None) == ("type: string" in text and "O012:1" not in expected)

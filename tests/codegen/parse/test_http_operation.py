"""What every part of an HTTP operation is read with: known keys alone."""

from __future__ import annotations

from pathlib import Path

from tests.codegen.parse.http_parts import found, part


def test_a_key_that_is_not_read_is_named_where_it_stands(tmp_path: Path) -> None:
    sources, _, node = part(tmp_path, "name: a\nx-word: 1\ncallbacks: {}\n")
    sources.only(node, {"name"}, "O003", "a parameter")
    assert found(sources) == ["O003:3"]
    assert next(iter(sources.findings)).fix == "remove it; a parameter may have name"

"""Models take what a newer server sends, hide no name, and every code of the catalogue is a class."""

from __future__ import annotations

import ast
from pathlib import Path

from codegen.emit.python_client.models import emit_errors, emit_models
from tests.codegen.contracts import contract_of, shipped


def test_every_code_has_its_class_below_its_kind() -> None:
    found = emit_errors(shipped(), "x").data.decode()
    assert "class ArtistNameTaken(Conflict):" in found
    assert "class OutcomeUnknownError(Unavailable):" in found
    assert "class RateLimited(" not in found
    assert '"rate_limited": RateLimited,' in found


def test_fields_of_every_name_are_attributes(tmp_path: Path) -> None:
    found = emit_models(contract_of("p42_python_words", tmp_path), "x").data.decode()
    names = [
        inner.target.id
        for node in ast.parse(found).body
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name)
    ]
    assert names
    assert not {name for name in names if name.startswith("model_") and not name.endswith("_")}


def test_a_union_has_an_arm_for_what_is_not_known_yet(tmp_path: Path) -> None:
    found = emit_models(contract_of("p17_union", tmp_path), "x").data.decode()
    assert "Annotated[Unknown, Tag(UNKNOWN)]" in found


def test_what_a_schema_says_to_readers_is_in_docstrings(tmp_path: Path) -> None:
    found = emit_models(contract_of("p80_annotations", tmp_path), "x").data.decode()
    said = "It was. At most 9 characters. Deprecated, and may be gone from 2030-01-01 on."
    assert f'    old: str | None = None\n    """{said}"""\n' in found
    assert '"""1 to 9. Example: 5 See https://example.org/count"""' in found
    assert "See https://example.org/things All of it." in found

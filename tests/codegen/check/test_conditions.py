"""`If-Match` carries a version, and a version is a number."""

from __future__ import annotations

from pathlib import Path

from tests.codegen.contracts import edited


def test_if_match_carries_a_number(tmp_path: Path) -> None:
    old = "expected_version: {type: integer, format: int64, minimum: 1, maximum: 999}"
    new = "expected_version: {type: string, format: uuid}"
    loaded = edited(tmp_path, ("schemas/things.yaml", old, new), case="p38_version_headers")
    (found,) = (one for one in loaded.findings if one.rule == "O010")
    assert found.other

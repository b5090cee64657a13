"""The table of operations has one line for each, with its doors and its policy."""

from __future__ import annotations

from codegen.table import render
from tests.codegen.contracts import shipped


def test_every_operation_has_its_line() -> None:
    lines = render(shipped()).splitlines()
    assert len(lines) == 2 + len(shipped().operations)
    line = next(line for line in lines if line.startswith("create_artist "))
    for part in ("POST /api/artists, /web", " 3 ", "create-artist", "writes 120/60s user", "required"):
        assert part in line


def test_a_public_operation_says_so() -> None:
    line = next(line for line in render(shipped()).splitlines() if line.startswith("livez"))
    assert "public" in line

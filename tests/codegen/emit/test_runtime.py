"""Hand-written code that generated code stands on is copied as it is."""

from __future__ import annotations

from codegen.emit.runtime import SOURCE
from tests.codegen.contracts import shipped_files


def test_the_copies_are_equal() -> None:
    for path in SOURCE.glob("*.py"):
        assert shipped_files()[path.name] == path.read_text()

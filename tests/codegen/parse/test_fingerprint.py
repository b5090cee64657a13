"""A contract's fingerprint: what is served counts, places and silence do not."""

from __future__ import annotations

from dataclasses import replace

from codegen.diagnostics import Place
from codegen.ir.notes import Example, Notes
from codegen.ir.types import Record
from codegen.parse.fingerprint import fingerprint
from tests.codegen.contracts import shipped


def _with(notes: Notes, place: Place) -> str:
    name, one = next((name, one) for name, one in shipped().definitions.items() if isinstance(one, Record))
    changed = replace(one, notes=notes, place=place)
    return fingerprint(replace(shipped(), hash="", definitions={**shipped().definitions, name: changed}))


def test_examples_count_and_their_place_does_not() -> None:
    here, there = Place("a", 1, 1), Place("b", 2, 2)
    silent = _with(Notes(), here)
    assert silent == shipped().hash
    assert _with(Notes((Example({}, here),)), here) == _with(Notes((Example({}, there),)), there) != silent

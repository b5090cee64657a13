"""A contract's fingerprint: what is served counts, places and silence do not."""

from __future__ import annotations

from dataclasses import replace

from codegen.diagnostics import Place
from codegen.ir.notes import Example, ExternalDocs, Notes
from codegen.ir.types import Record
from codegen.parse.fingerprint import NOTES, fingerprint
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


def test_what_nobody_says_of_items_and_tags_is_no_fact() -> None:
    """A contract that a newer compiler reads keeps its fingerprint, and so its clients."""
    told = [key for key in ("each", "each_notes", "tag_docs") if key not in NOTES]
    assert told == []
    info = replace(shipped().info, tag_docs={"system": ExternalDocs("https://example.org")})
    assert fingerprint(replace(shipped(), hash="", info=info)) != shipped().hash

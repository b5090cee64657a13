"""Two doors say one thing to readers."""

from __future__ import annotations

from pathlib import Path

from codegen.ir.notes import Notes
from codegen.parse.join_notes import joined_notes, request_notes
from tests.codegen.contracts import edited


def test_tags_of_both_doors_are_the_operation_s(tmp_path: Path) -> None:
    edits = (
        ("http/things.yaml", "    operationId: make_thing\n", "    operationId: make_thing\n    tags: [a, b]\n"),
        (
            "packages/things.yaml",
            "  make_thing:\n    action: receive\n",
            "  make_thing:\n    action: receive\n    tags: [{name: b}, {name: c}]\n",
        ),
    )
    loaded = edited(tmp_path, *edits, case="p51_everything")
    assert not len(loaded.findings), loaded.report()
    assert next(one for one in loaded.contract.operations if one.name == "make_thing").notes.tags == ("a", "b", "c")


def test_without_a_door_nothing_is_said() -> None:
    assert joined_notes(None, None) == request_notes(None, None) == Notes()

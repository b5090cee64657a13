"""A report shows each fault in the words it is about, in their order."""

from __future__ import annotations

from codegen.resource.faults import Fault, report


def test_each_fault_stands_below_its_words() -> None:
    faults = [Fault("name", 1, "it is taken", "take another"), Fault("fields", 3, "no such type", "write text")]
    assert report(faults, {"name": "ticket", "fields": "a:tekst"}) == (
        "fields:3 no such type\n   | a:tekst\n   |   ^\n   = fix: write text\n"
        "name:1 it is taken\n   | ticket\n   | ^\n   = fix: take another\n"
        "2 findings; nothing was written."
    )


def test_words_cannot_forge_a_line() -> None:
    assert "\nname:1" not in report([Fault("fields", 1, "no", "yes")], {"fields": "a\nname:1 b"})

"""A fingerprint is of what changed, and stays when the place moves."""

from __future__ import annotations

from codegen.breaking.change import Change
from codegen.breaking.rules import Severity
from codegen.diagnostics import Place

ONE = Change("operation-removed", "get_artist", "is gone", Place("a", 1, 1))


def test_a_place_and_a_waiver_do_not_change_it() -> None:
    moved = Change("operation-removed", "get_artist", "is gone", Place("b", 9, 9), "ada")
    other = Change("operation-removed", "get_artists", "is gone")
    assert ONE.fingerprint == moved.fingerprint != other.fingerprint
    assert len(ONE.fingerprint) == 12


def test_what_is_waived_is_only_information() -> None:
    assert (ONE.severity, Change("operation-removed", "x", "y", waived_by="ada").severity) == (
        Severity.ERR,
        Severity.INFO,
    )

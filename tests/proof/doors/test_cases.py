"""Calls are drawn for every operation that a client may call at any time, with ids of what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

from proof.documents import DocumentError
from proof.doors.cases import KNOWN, Cases, Drawn, filled, learn
from tests.codegen.contracts import contract_of, shipped

QUIET = settings(max_examples=60, database=None, deadline=None, suppress_health_check=list(HealthCheck))


def test_every_operation_is_drawn_with_what_fits_and_what_does_not() -> None:
    cases = Cases(shipped(), ["admin", "nobody"])
    seen: set[tuple[str, bool]] = set()

    @seed(1)
    @settings(QUIET, max_examples=300)
    @given(cases.one())
    def look(drawn: Drawn) -> None:
        seen.add((drawn.operation, bool(drawn.fault)))

    look()
    names = {one.name for one in cases.operations}
    assert {name for name, _ in seen} == names
    assert {name for name, is_wrong in seen if is_wrong} == names
    assert "login" not in names
    assert "livez" not in names


def test_where_nothing_may_change_only_reads_are_drawn() -> None:
    assert {one.name for one in Cases(shipped(), ["admin"], only_reads=True).operations} == {
        "get_artist",
        "get_artists",
        "get_paginated_artists",
    }


def test_a_stream_is_not_drawn(tmp_path: Path) -> None:
    """It has no one answer that two doors could be compared by."""
    with pytest.raises(DocumentError):
        Cases(contract_of("p84_streams", tmp_path), ["admin"])


def test_an_id_is_what_the_last_answer_of_its_kind_had() -> None:
    operations = {one.name: one for one in shipped().operations}
    answered: dict[str, object] = {}
    learn(operations["create_artist"], {"id": 7}, answered)
    assert filled({"artist_id": {KNOWN: "artist_id", "else": 1}, "name": "a"}, answered) == {
        "artist_id": 7,
        "name": "a",
    }
    assert filled({"other_id": {KNOWN: "other_id", "else": 1}}, answered) == {"other_id": 1}

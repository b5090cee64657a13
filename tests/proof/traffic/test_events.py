"""The events of a socket are those of the recording, in any order, and no more where more would have been recorded."""

from __future__ import annotations

from typing import Any

import pytest

from proof.documents import Json
from proof.traffic.events import event_name, judge_events
from proof.traffic.judge import Case, Judge
from proof.traffic.lines import Body, Closed, Frame
from proof.traffic.matching import Matches
from proof.traffic.script import Close
from tests.proof.traffic.test_judge import MADE, TODAY
from tests.proof.traffic.things import contract, json_body

SECOND = {**MADE, "id": 8, "name": "b"}
SECOND_TODAY = {**TODAY, "id": 80, "name": "b"}


def push(artist: Json, offset: int, epoch: str = "e") -> Body:
    nil = "00000000-0000-0000-0000-000000000000"
    value: dict[str, Any] = {"pkg_id": 1001, "req_id": nil, "topic": "artists", "offset": offset, "epoch": epoch}
    return json_body({**value, "data": {"artist": artist}})


def told(then: list[Body], now: list[Body], *, was_idle: bool = False) -> list[str]:
    case = Case("socket-1", 1)
    frames = [Frame(0.0, "socket-1", False, one) for one in then]
    step = Close(Closed(1.0, "socket-1", "client", 1000), 1, frames)
    judge_events(Judge(contract(), Matches()), case, step, now, was_idle=was_idle)
    assert {one.check for one in case.found} <= {"event"}
    return [f"{one.text} {one.pointer}".strip() for one in case.found]


def test_they_are_matched_in_any_order_and_at_any_offset() -> None:
    assert told([push(MADE, 1), push(SECOND, 2)], [push(SECOND_TODAY, 5, "f"), push(TODAY, 6, "f")]) == []


def test_one_that_does_not_come_is_told() -> None:
    assert told([push(MADE, 1)], []) == ["artist_created did not come"]


def test_one_that_tells_of_something_else_is_told_with_its_place() -> None:
    assert told([push(MADE, 1)], [push({**TODAY, "name": "other"}, 1)]) == [
        "artist_created: recorded 'a', now 'other' /data/artist/name"
    ]


@pytest.mark.parametrize(("offset", "was_idle", "is_told"), [(1, False, True), (2, False, False), (2, True, True)])
def test_one_more_is_told_where_it_would_have_been_recorded(offset: int, was_idle: bool, is_told: bool) -> None:
    found = told([push(MADE, 1)], [push(TODAY, 1), push(SECOND_TODAY, offset)], was_idle=was_idle)
    assert found == (["artist_created came, and was not recorded"] if is_told else [])


def test_what_is_no_event_of_the_contract_has_no_name() -> None:
    assert event_name(Judge(contract(), Matches()), json_body({"pkg_id": 5})) == "an event"

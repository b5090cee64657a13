"""A topic that a handler opens is asked for as a call that only reads; no other topic asks anybody."""

from __future__ import annotations

from typing import Any

import pytest

from app.broadcast.topics import Found, Topics
from app.execution.context import Caller, Door
from app.ws.guard import TopicGuard
from generated.errors import Unavailable
from generated.operations import TOPICS
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS, ArtistsByArtistIdTopic
from generated.ws_packages import GUARDS
from tests.app.ws.fakes import FakeHandlers, FakeRunner, principal

CALLER = Caller(principal(), "192.0.2.1", "tests", Door.WEBSOCKET)


def found(name: str) -> Found:
    one = Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS).find(name)
    assert one is not None
    return one


async def test_the_handler_says_who_may_follow_and_is_told_the_values_of_the_name() -> None:
    runner = FakeRunner()
    guard = TopicGuard(runner, FakeHandlers(), GUARDS)
    answers = [await guard.admits(found(f"artists/{number}"), CALLER, "trace") for number in (7, 403)]
    assert answers == [True, False]
    (call, _) = runner.calls
    operation = call.operation
    assert (operation.name, operation.is_query) == ("may_follow_artists_by_artist_id", True)
    assert (call.decode(), call.trace_id, call.caller) == (ArtistsByArtistIdTopic(7), "trace", CALLER)


async def test_what_has_no_guard_asks_nobody() -> None:
    runner = FakeRunner()
    guard = TopicGuard(runner, FakeHandlers(), GUARDS)
    assert await guard.admits(found("artist-names/A"), CALLER, "trace")
    assert await guard.admits(found("artists"), CALLER, "trace")
    assert runner.calls == []


async def test_a_handler_that_cannot_say_is_an_error_and_no_answer() -> None:
    with pytest.raises(Unavailable):
        await TopicGuard(FakeRunner(), FakeHandlers(), GUARDS).admits(found("artists/404"), CALLER, "trace")


@pytest.mark.parametrize(
    ("result", "fault"),
    [(True, None), (False, None), (1, "int where bool is due"), (None, "NoneType where bool is due")],
)
async def test_an_answer_that_is_no_bool_is_the_handler_s_fault(result: Any, fault: str | None) -> None:
    runner = FakeRunner()
    await TopicGuard(runner, FakeHandlers(), GUARDS).admits(found("artists/7"), CALLER, "trace")
    fault_of = runner.calls[0].fault_of
    assert fault_of is not None
    assert fault_of(result) == fault

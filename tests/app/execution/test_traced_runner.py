"""A call is one span with its door's name for it, and how it ended; its failure is the service's, not its caller's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.execution.context import Abandoned, Call, Caller, Door
from app.execution.traced_runner import TracedRunner
from app.telemetry.traceparent import Traceparent
from generated.errors import ArtistNotFound, Internal
from generated.operations import OPERATIONS
from tests.app.telemetry.traces.heard import Heard

PARENT = Traceparent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", is_sampled=True)


class Ending:
    """A pipeline in which every call ends in one way."""

    def __init__(self, end: BaseException | None = None) -> None:
        self._end = end
        self.calls: list[Call] = []

    async def run(self, call: Call) -> Any:
        self.calls.append(call)
        if self._end is not None:
            raise self._end
        return "result"


async def nothing(context: Any, request: Any) -> None:
    return None


def call(door: Door = Door.HTTP) -> Call:
    caller = Caller(None, "192.0.2.1", "", door)
    return Call(OPERATIONS["get_artist"], nothing, dict, caller, "trace-1", parent=PARENT)


@pytest.mark.parametrize(
    ("end", "code", "status", "failure"),
    [
        (None, "ok", 200, None),
        (ArtistNotFound(), "artist_not_found", 404, None),
        (Internal(), "internal", 500, "internal"),
        (asyncio.CancelledError(), "cancelled", None, None),
        (Abandoned(), "cancelled", None, None),
    ],
)
async def test_a_call_over_http_is_named_by_its_path_in_the_contract(
    end: BaseException | None, code: str, status: int | None, failure: str | None
) -> None:
    heard, pipeline = Heard(), Ending(end)
    try:
        assert await TracedRunner(heard, pipeline).run(call()) == "result"
    except BaseException as error:
        assert error is end
    (span,) = heard.spans
    assert (span.name, span.trace_id, span.parent) == ("GET /api/artists/{artist_id}", "trace-1", PARENT)
    assert (span.ends, span.failure, span.facts["request.code"]) == (1, failure, code)
    assert span.facts.get("http.response.status_code") == status
    assert span.facts["http.route"] == "/api/artists/{artist_id}"


async def test_a_frame_is_named_by_its_operation() -> None:
    heard = Heard()
    await TracedRunner(heard, Ending()).run(call(Door.WEBSOCKET))
    (span,) = heard.spans
    assert span.name == "get_artist"
    assert span.facts == {
        "request.operation": "get_artist", "request.door": "websocket", "network.protocol.name": "websocket", "request.code": "ok",
    }  # fmt: skip


async def test_a_call_that_is_not_told_runs_all_the_same() -> None:
    pipeline = Ending()
    assert await TracedRunner(Heard(is_told=False), pipeline).run(call()) == "result"
    assert len(pipeline.calls) == 1

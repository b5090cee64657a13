"""A stream keeps what it is offered up to its limit, says what it lost, and ends for whoever waits."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from codegen.runtime.sdk_python.errors import ClientError, ConnectionLost, EventsDropped
from codegen.runtime.sdk_python.event import Event
from codegen.runtime.sdk_python.events_async import AsyncEventStream
from codegen.runtime.sdk_python.socket_async import AsyncSocketDoor

NOBODY = cast(AsyncSocketDoor, None)
"""The asynchronous stream is fed; it reads no socket itself."""


def event(number: int) -> Event[int]:
    return Event(number, "topic", number, "e")


class Followed:
    def __init__(self, limit: int = 3) -> None:
        self.follows = 0
        self.leaves = 0
        self.stream: AsyncEventStream[int] = AsyncEventStream(limit, self._follow, self._leave, NOBODY)

    async def _follow(self, stream: AsyncEventStream[int]) -> None:
        self.follows += 1

    async def _leave(self, stream: AsyncEventStream[int]) -> None:
        self.leaves += 1


async def taken(stream: AsyncEventStream[int]) -> tuple[list[int], ClientError | None]:
    found: list[int] = []
    try:
        async with asyncio.timeout(5):
            async for one in stream:
                found.append(one.data)
    except ClientError as error:
        return found, error
    return found, None


async def test_what_was_offered_comes_in_order_and_then_the_end() -> None:
    stream = Followed().stream
    for number in range(3):
        stream.offer(event(number))
    stream.end(lost := ConnectionLost("gone"))
    assert await taken(stream) == ([0, 1, 2], lost)


async def test_what_is_too_much_is_counted_and_said_after_what_waits() -> None:
    stream = Followed(limit=3).stream
    for number in range(8):
        stream.offer(event(number))
    found, error = await taken(stream)
    assert found == [0, 1, 2]
    assert isinstance(error, EventsDropped)
    assert error.count == 5


async def test_nothing_is_taken_up_again_after_a_gap() -> None:
    stream = Followed(limit=1).stream
    stream.offer(event(0))
    stream.offer(event(1))
    assert (await anext(stream)).data == 0
    stream.offer(event(2))
    with pytest.raises(EventsDropped):
        await anext(stream)


async def test_who_waits_is_woken_by_an_event_and_by_the_end() -> None:
    followed = Followed()
    task = asyncio.create_task(taken(followed.stream))
    await asyncio.sleep(0)
    followed.stream.offer(event(7))
    await asyncio.sleep(0.01)
    await followed.stream.close()
    assert await task == ([7], None)
    assert followed.leaves == 1


async def test_a_closed_stream_lets_go_of_what_waits_and_leaves_once() -> None:
    followed = Followed()
    async with followed.stream as stream:
        stream.offer(event(1))
    await followed.stream.close()
    assert await taken(followed.stream) == ([], None)
    assert (followed.follows, followed.leaves) == (1, 1)


async def test_a_waiting_taker_may_be_cancelled_and_the_next_one_gets_the_event() -> None:
    stream: Any = Followed().stream
    task = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stream.offer(event(1))
    assert (await anext(stream)).data == 1

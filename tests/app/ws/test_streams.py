"""What lets a stream of a socket go on: credit, and a socket that owes nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from app.ws.envelope import MAX_ITEMS
from app.ws.streams import FIRST_CREDIT, MAX_STREAMS, Streams


class Socket:
    """Takes what is written, and says whether it is written to its end."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.owes = False
        self.streams = Streams(lambda: self.owes, self.written.append)

    def frame(self, offset: int, item: Any) -> bytes:
        return f"{offset}: {item}".encode()


async def settled(task: asyncio.Task[None]) -> bool:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task.done()


async def test_it_sends_its_credit_and_then_what_is_granted() -> None:
    socket = Socket()
    stream = socket.streams.begin("a", socket.frame)
    for number in range(FIRST_CREDIT):
        await stream.deliver(number)
    waiting = asyncio.create_task(stream.deliver("more"))
    assert not await settled(waiting)
    assert socket.streams.grant("a", 1)
    await waiting
    assert socket.written == [
        *(b"%d: %d" % (number, number) for number in range(FIRST_CREDIT)),
        b"%d: more" % FIRST_CREDIT,
    ]


async def test_it_waits_for_a_socket_that_owes_a_frame() -> None:
    socket = Socket()
    stream = socket.streams.begin("a", socket.frame)
    socket.owes = True
    waiting = asyncio.create_task(stream.deliver("x"))
    assert not await settled(waiting)
    socket.streams.wake()
    assert not await settled(waiting)
    socket.owes = False
    socket.streams.wake()
    await waiting
    assert socket.written == [b"0: x"]


async def test_a_grant_is_paid_for_by_items() -> None:
    """Else the frame counts in the budget of those that run nothing, as one for a stream that is not there does."""
    socket = Socket()
    stream = socket.streams.begin("a", socket.frame)
    assert not socket.streams.grant("a", 1)
    await stream.deliver("x")
    assert socket.streams.grant("a", 1)
    assert not socket.streams.grant("a", 1)
    assert not socket.streams.grant("b", 1)


async def test_grants_that_come_together_are_paid_for_by_the_items_before_them() -> None:
    """A client that has taken 32 items at once grants twice 16, and neither frame costs its budget; a third one would."""
    socket = Socket()
    stream = socket.streams.begin("a", socket.frame)
    for number in range(FIRST_CREDIT):
        await stream.deliver(number)
    assert [socket.streams.grant("a", 16) for _ in range(3)] == [True, True, False]


async def test_credit_has_an_end() -> None:
    socket = Socket()
    stream = socket.streams.begin("a", socket.frame)
    for _ in range(3):
        socket.streams.grant("a", MAX_ITEMS)
    for number in range(MAX_ITEMS):
        await stream.deliver(number)
    waiting = asyncio.create_task(stream.deliver("more"))
    assert not await settled(waiting)
    waiting.cancel()


def test_a_socket_has_fewer_streams_than_requests() -> None:
    socket = Socket()
    for number in range(MAX_STREAMS):
        assert not socket.streams.is_full
        socket.streams.begin(str(number), socket.frame)
    assert socket.streams.is_full
    socket.streams.end("3")
    socket.streams.end("none of them")
    assert not socket.streams.is_full

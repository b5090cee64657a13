"""How many connections a turn of the loop takes, on both kinds of loop, with sockets of the kernel."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import socket
import time
from collections.abc import Callable, Iterator

import pytest
import uvloop

from app.guard.arrivals import BURST, Arrivals
from app.guard.listener import MAX_BATCH, GuardedLoop, Listener, batch_of

LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [uvloop.new_event_loop, asyncio.SelectorEventLoop]
BATCH, WAITING = 8, 30


class Guest(asyncio.Protocol):
    made: list[asyncio.BaseTransport]

    def __init__(self, made: list[asyncio.BaseTransport]) -> None:
        self.made = made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made.append(transport)


@contextlib.contextmanager
def waiting(count: int) -> Iterator[socket.socket]:
    """A listening socket in whose queue so many stand."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        listening.setblocking(False)
        for _ in range(count):
            stack.enter_context(socket.create_connection(listening.getsockname()))
        yield listening


@pytest.fixture(params=LOOPS, ids=["uvloop", "asyncio"])
def runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=request.param) as made:
        yield made


def test_a_batch_is_an_eighth_of_the_places_and_bounded() -> None:
    assert [batch_of(1), batch_of(192), batch_of(16_384)] == [1, 24, MAX_BATCH]


@pytest.mark.survives("W09")
def test_a_turn_takes_a_batch_and_no_more(runner: asyncio.Runner) -> None:
    """W09 (D22): more connections wait than a turn takes: each turn takes a batch, not one, and leaves the others their turn."""

    async def count() -> list[int]:
        made: list[asyncio.BaseTransport] = []
        listener = Listener(asyncio.get_running_loop(), [listening], lambda: Guest(made), batch=BATCH)
        counts = []
        async with asyncio.timeout(10):
            while len(made) < WAITING:
                await asyncio.sleep(0)
                counts.append(len(made))
        listener.close()
        for transport in made:
            transport.close()
        return counts

    with waiting(WAITING) as listening:
        counts = runner.run(count())
    growth = [after - before for before, after in zip([0, *counts], counts, strict=False)]
    assert max(growth) == BATCH
    assert counts[-1] == WAITING


@pytest.mark.survives("W09")
def test_who_connects_too_often_is_turned_away_before_anything_is_made(runner: asyncio.Runner) -> None:
    """W09 (D22): more connections of one address wait than it may have at once while the queue is long. It has its burst, the rest is
    answered 503 and closed, no protocol is made for them, and each is counted."""
    made: list[asyncio.BaseTransport] = []
    turned_away: list[None] = []

    async def crowd() -> None:
        listener = Listener(
            asyncio.get_running_loop(),
            [listening],
            lambda: Guest(made),
            batch=BATCH,
            arrivals=Arrivals(lambda: 100.0),
            on_turned_away=lambda: turned_away.append(None),
        )
        while len(guests) < BURST + WAITING:
            for _ in range(WAITING):
                guests.append(stack.enter_context(socket.create_connection(listening.getsockname(), timeout=5)))
            async with asyncio.timeout(10):
                while len(made) + len(turned_away) < len(guests):
                    await asyncio.sleep(0)
        listener.close()
        for transport in made:
            transport.close()
        await asyncio.sleep(0)

    with waiting(0) as listening, contextlib.ExitStack() as stack:
        guests: list[socket.socket] = []
        runner.run(crowd())
        said = [guest.recv(12) for guest in guests]
    assert len(made) == BURST
    assert said == [b""] * BURST + [b"HTTP/1.1 503"] * len(turned_away)


@pytest.mark.survives("F13")
def test_without_descriptors_it_rests_and_goes_on_when_there_are_some(runner: asyncio.Runner) -> None:
    """F13: accept answers EMFILE: the loop does not spin, and who waits is taken once there are descriptors again."""
    made: list[asyncio.BaseTransport] = []

    async def starve() -> float:
        loop = asyncio.get_running_loop()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        listener = Listener(loop, [listening], lambda: Guest(made), batch=BATCH)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            begun = time.process_time()
            await asyncio.sleep(0.5)
            spent_s = time.process_time() - begun
            assert made == []
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        async with asyncio.timeout(5):
            while len(made) < 3:
                await asyncio.sleep(0.01)
        listener.close()
        for transport in made:
            transport.close()
        return spent_s

    with waiting(3) as listening:
        assert runner.run(starve()) < 0.1


def test_a_closed_one_takes_nobody_and_leaves_the_others_connected(runner: asyncio.Runner) -> None:
    made: list[asyncio.BaseTransport] = []

    async def close() -> None:
        listener = Listener(asyncio.get_running_loop(), [listening], lambda: Guest(made), batch=BATCH)
        while not made:
            await asyncio.sleep(0.01)
        address = listening.getsockname()
        assert listener.is_serving()
        listener.close()
        listener.close()
        await listener.wait_closed()
        assert not listener.is_serving()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*address[:2])
        assert not made[0].is_closing()
        made[0].close()

    with waiting(1) as listening:
        runner.run(close())


def test_who_waits_when_it_closes_is_taken_before(runner: asyncio.Runner) -> None:
    """The kernel would reset those in its queue, whose requests may be under way."""
    made: list[asyncio.BaseTransport] = []

    async def close() -> None:
        Listener(asyncio.get_running_loop(), [listening], lambda: Guest(made), batch=BATCH).close()
        async with asyncio.timeout(5):
            while len(made) < BATCH:
                await asyncio.sleep(0.01)
        for transport in made:
            transport.close()

    with waiting(BATCH) as listening:
        runner.run(close())


def test_the_loop_of_a_worker_listens_at_every_address_of_a_host() -> None:
    made: list[asyncio.BaseTransport] = []

    async def connect() -> bool:
        server = await asyncio.get_running_loop().create_server(lambda: Guest(made), "localhost", 0, backlog=16)
        assert isinstance(server, Listener)
        for one in server.sockets:
            _, writer = await asyncio.open_connection(*one.getsockname()[:2])
            writer.transport.abort()
        while len(made) < len(server.sockets):
            await asyncio.sleep(0.01)
        is_undelayed = bool(made[0].get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        server.close()
        for transport in made:
            transport.close()
        return is_undelayed

    with asyncio.Runner(loop_factory=GuardedLoop) as runner:
        assert runner.run(connect())

"""A place that is handed over when its wait ends is not lost.

The model steps a loop of its own turn by turn and moves its clock by hand, so that a timeout, a cancellation, a death and a
hand-over meet in the same turn in any order.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from app.db import pool as module
from app.db.pool import Pool
from app.db.reach import CLOSED, FIRST_PAUSE_S, HALF_OPEN, OPEN
from generated.errors import Unavailable


class Fake:
    """A connection that only lives or is dead: the pool is judged here, PostgreSQL in test_database.py."""

    def __init__(self) -> None:
        self.is_dead = False

    def is_closed(self) -> bool:
        return self.is_dead

    def terminate(self) -> None:
        self.is_dead = True

    async def close(self) -> None:
        self.is_dead = True


class SteppedLoop(asyncio.SelectorEventLoop):
    """Runs one turn at a time, by a clock that only the test moves."""

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def turn(self) -> None:
        self.call_soon(self.stop)
        self.run_forever()


class PoolMachine(RuleBasedStateMachine):
    takers: Bundle[asyncio.Task[Fake]] = Bundle("takers")
    held: Bundle[Fake] = Bundle("held")
    openings: Bundle[asyncio.Future[Fake]] = Bundle("openings")
    recoveries: Bundle[asyncio.Future[None]] = Bundle("recoveries")

    def __init__(self) -> None:
        super().__init__()
        self.loop = SteppedLoop()
        self.asked: list[asyncio.Future[Fake]] = []
        self.made: list[Fake] = []
        self.tasks: set[asyncio.Task[Fake]] = set()
        self.holding: list[Fake] = []

    @initialize(target=held, size=st.integers(1, 3), is_warm=st.booleans())
    def begin(self, size: int, is_warm: bool) -> Any:
        """Warm: all connections are open, and in use."""
        self.pool: Pool[Fake] = Pool(self.open_one, size)
        if is_warm:
            takers = [self.loop.create_task(self.pool.take()) for _ in range(size)]
            for _ in range(8):
                self.loop.turn()
                for future in self.asked:
                    _set(future, Fake())
            self.holding = [taker.result() for taker in takers]
        return multiple(*self.holding)

    async def open_one(self) -> Fake:
        future: asyncio.Future[Fake] = self.loop.create_future()
        self.asked.append(future)
        return await future

    def soon(self, act: Callable[..., object], *arguments: Any) -> None:
        """In the loop, in the next turn, together with whatever else is due then."""
        self.loop.call_soon(act, *arguments)

    @rule(target=takers)
    def someone_asks(self) -> asyncio.Task[Fake]:
        task = self.loop.create_task(self.pool.take())
        self.tasks.add(task)
        return task

    @rule(task=takers)
    def the_asker_is_cancelled(self, task: asyncio.Task[Fake]) -> None:
        self.soon(task.cancel)

    @rule(target=held, task=consumes(takers))
    def the_asker_has_it(self, task: asyncio.Task[Fake]) -> Any:
        """Who was cancelled or refused has none; who still waits is left alone."""
        self.tasks.discard(task)
        if not task.done():
            task.add_done_callback(self.return_unused)
            return multiple()
        if task.cancelled() or task.exception() is not None:
            return multiple()
        self.holding.append(task.result())
        return task.result()

    def return_unused(self, task: asyncio.Task[Fake]) -> None:
        if not task.cancelled() and task.exception() is None:
            self.pool.give_back(task.result())

    @rule(connection=consumes(held))
    def it_is_given_back(self, connection: Fake) -> None:
        self.holding.remove(connection)
        self.soon(self.pool.give_back, connection)

    @rule(connection=consumes(held))
    def it_is_dropped(self, connection: Fake) -> None:
        self.holding.remove(connection)
        self.soon(self.pool.drop, connection)

    @rule(connection=held)
    def it_dies_in_use(self, connection: Fake) -> None:
        connection.is_dead = True

    @rule(data=st.data())
    def any_dies(self, data: st.DataObject) -> None:
        if self.made:
            data.draw(st.sampled_from(self.made)).is_dead = True

    @rule(target=recoveries, connection=consumes(held))
    def its_use_was_cut_short(self, connection: Fake) -> asyncio.Future[None]:
        future: asyncio.Future[None] = self.loop.create_future()

        async def restore(_: Fake) -> None:
            await future

        self.holding.remove(connection)
        self.soon(self.pool.recover, connection, restore)
        return future

    @rule(future=consumes(recoveries), is_good=st.booleans())
    def a_recovery_ends(self, future: asyncio.Future[None], is_good: bool) -> None:
        if not future.done():
            self.soon(_set, future, None if is_good else ConnectionError())

    @rule(is_good=st.booleans())
    def an_opening_ends(self, is_good: bool) -> None:
        waiting = [future for future in self.asked if not future.done()]
        if waiting:
            made = Fake()
            self.made.append(made)
            self.soon(_set, waiting[0], made if is_good else ConnectionRefusedError())

    @rule(seconds=st.sampled_from((0.05, module.MAX_WAIT_S, module.RECOVER_S, module.OPEN_S)))
    def time_passes(self, seconds: float) -> None:
        self.loop.now += seconds

    @rule(turns=st.integers(1, 4))
    def turns_pass(self, turns: int) -> None:
        for _ in range(turns):
            self.loop.turn()

    @invariant()
    def every_place_is_somewhere(self) -> None:
        assert self.pool.free + self.pool.leased + self.pool.pending == self.pool.size

    @invariant()
    def nobody_asks_beside_the_one_who_asks_for_all(self) -> None:
        """While the server is away nobody has a connection, and one is being opened at most."""
        if self.pool.reach.state != CLOSED:
            assert self.pool.leased == 0
            assert self.pool.pending == (self.pool.reach.state == HALF_OPEN)

    def teardown(self) -> None:
        """Whatever happened, once those who have a connection give it back every place can be taken again."""
        for task in self.tasks:
            task.add_done_callback(self.return_unused)
        for connection in self.holding:
            self.soon(self.pool.give_back, connection)
        self.settle()
        assert self.pool.leased == 0
        again: list[asyncio.Task[Fake]] = []
        for _ in range(self.pool.size):  # The first asks whether the server is back.
            again.append(self.loop.create_task(self.pool.take()))
            for _ in range(20):
                self.loop.turn()
                for future in self.asked:
                    _set(future, Fake())
        assert self.pool.reach.state == CLOSED
        assert len({id(task.result()) for task in again}) == self.pool.size
        self.loop.run_until_complete(self.pool.close())
        for _ in range(5):
            self.loop.turn()
        self.loop.close()

    def settle(self) -> None:
        """Long enough for each limit to pass."""
        for _ in range(12):
            self.loop.now += module.OPEN_S
            for _ in range(4):
                self.loop.turn()


def _set(future: asyncio.Future[Any], value: object) -> None:
    if future.done():
        return
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)


TestPoolModel = pytest.mark.survives("D21")(PoolMachine.TestCase)
TestPoolModel.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)


@pytest.mark.survives("D21")
async def test_a_connection_that_comes_back_in_the_turn_in_which_the_wait_ends_is_not_lost() -> None:
    """The wait for a connection ends in the very turn in which one comes back: the place stays in the pool."""

    async def open_one() -> Fake:
        return Fake()

    pool: Pool[Fake] = Pool(open_one, 1, max_wait_s=0.01)
    connection = await pool.take()
    waiter = asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    until = asyncio.get_running_loop().time() + 0.02
    while asyncio.get_running_loop().time() < until:
        pass
    pool.give_back(connection)
    with contextlib.suppress(Unavailable):
        pool.give_back(await waiter)
    assert (pool.free, pool.leased, pool.pending) == (1, 0, 0)
    await pool.close()


@pytest.mark.parametrize("is_handed_over_first", [True, False])
async def test_a_connection_that_comes_back_in_the_turn_of_a_cancellation_is_not_lost(
    is_handed_over_first: bool,
) -> None:
    async def open_one() -> Fake:
        return Fake()

    pool: Pool[Fake] = Pool(open_one, 1)
    connection = await pool.take()
    waiter = asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    acts: list[Callable[[], object]] = [lambda: pool.give_back(connection), waiter.cancel]
    for act in acts if is_handed_over_first else reversed(acts):
        act()
    await asyncio.wait([waiter])
    assert waiter.cancelled()
    assert (pool.free, pool.leased, pool.pending) == (1, 0, 0)
    await pool.close()


async def test_a_connection_that_was_opened_too_late_is_ended() -> None:
    late, made = asyncio.Event(), Fake()

    async def open_one() -> Fake:
        try:
            await late.wait()
        except asyncio.CancelledError:
            return made
        return made

    pool: Pool[Fake] = Pool(open_one, 1, max_wait_s=0.05)
    with pytest.raises(Unavailable):
        await pool.take()
    await pool.close()
    await asyncio.sleep(0)
    assert made.is_dead


async def test_a_server_that_refuses_is_not_asked_by_every_caller() -> None:
    asked = 0

    async def open_one() -> Fake:
        nonlocal asked
        asked += 1
        raise ConnectionRefusedError

    pool: Pool[Fake] = Pool(open_one, 4)
    for _ in range(50):
        with pytest.raises(Unavailable):
            await pool.take()
    assert asked == 1
    await pool.close()


async def test_while_the_server_is_away_one_caller_asks_and_the_others_fail_at_once() -> None:
    """D18, F07: of a hundred callers one waits for the opening that asks; when it is answered all are served again."""
    openings: list[asyncio.Future[Fake]] = []

    def open_one() -> Any:
        openings.append(asyncio.get_running_loop().create_future())
        return openings[-1]

    moves: list[tuple[str, str]] = []
    pool: Pool[Fake] = Pool(open_one, 4, on_transition=lambda name, old, new: moves.append((old, new)))
    first = asyncio.create_task(pool.take())
    await _until(lambda: len(openings) == 1)
    openings[0].set_exception(ConnectionRefusedError())
    with pytest.raises(Unavailable):
        await first
    assert pool.reach.state == OPEN
    await asyncio.sleep(FIRST_PAUSE_S)
    callers = [asyncio.create_task(pool.take()) for _ in range(100)]
    await _until(lambda: len(openings) == 2)
    await _until(lambda: sum(caller.done() for caller in callers) == 99)
    assert (pool.reach.state, pool.waiting) == (HALF_OPEN, 1)
    openings[1].set_result(Fake())
    await _until(callers[0].done)
    assert moves == [(CLOSED, OPEN), (OPEN, HALF_OPEN), (HALF_OPEN, CLOSED)]
    await asyncio.gather(*callers, return_exceptions=True)
    await pool.close()


async def test_a_server_that_refuses_one_more_connection_is_not_away() -> None:
    """It has as many as it takes: those that are open serve on, and the breaker stays closed."""
    made = [Fake()]

    async def open_one() -> Fake:
        if not made:
            raise ConnectionRefusedError
        return made.pop()

    pool: Pool[Fake] = Pool(open_one, 2)
    held = await pool.take()
    waiting = [asyncio.create_task(pool.take()) for _ in range(2)]
    await _until(waiting[0].done)
    assert pool.reach.state == CLOSED
    pool.give_back(held)
    assert await waiting[1] is held
    await asyncio.gather(*waiting, return_exceptions=True)
    await pool.close()


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0)


async def test_after_the_end_nobody_waits() -> None:
    async def open_one() -> Fake:
        return Fake()

    pool: Pool[Fake] = Pool(open_one, 1)
    held = await pool.take()
    waiting = asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    await pool.close()
    for wait in (waiting, asyncio.create_task(pool.take())):
        with pytest.raises(Unavailable):
            await wait
    assert held.is_closed()

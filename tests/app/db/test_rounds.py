"""Rounds on the database: each has an end, a fault is one line while it is the same, and only what is no failure of the database ends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest
from structlog.testing import capture_logs

from app.db.rounds import Rounds
from generated.errors import Unavailable

HELD_S = 60.0
WITHIN_S = 5.0


class Script:
    """What each round does, one after the other; the last goes on for ever. `rounds` counts those that have begun."""

    def __init__(self, *steps: BaseException | float | None) -> None:
        self._steps = steps
        self.rounds = 0

    async def once(self) -> None:
        step = self._steps[min(self.rounds, len(self._steps) - 1)]
        self.rounds += 1
        if isinstance(step, BaseException):
            raise step
        await asyncio.sleep(step or 0.0)


@asynccontextmanager
async def running(script: Script) -> AsyncIterator[Rounds]:
    rounds = Rounds(script.once, event="things.not_done", every_s=0.01, within_s=0.05)
    task = asyncio.create_task(rounds.work())
    try:
        yield rounds
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (asyncpg.InsufficientPrivilegeError("permission denied for table t"), "permission denied for table t"),
        (asyncpg.InterfaceError("connection is closed"), "connection is closed"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (HELD_S, "it is silent"),
    ],
    ids=str,
)
async def test_a_round_that_fails_or_does_not_end_is_said_once_and_the_next_ones_come(
    failure: BaseException | float, said: str
) -> None:
    script = Script(failure, failure, failure, None)
    with capture_logs() as lines:
        async with running(script) as rounds:
            await until(lambda: script.rounds == 3)
            assert rounds.fault == said
            await until(lambda: rounds.fault is None)
    assert [(one["event"], one["reason"]) for one in lines] == [("things.not_done", said)]


async def test_a_fault_that_is_another_and_one_that_comes_again_are_said_again() -> None:
    away, refused = ConnectionResetError(104, "Connection reset by peer"), asyncpg.UndefinedTableError("no table t")
    script = Script(away, refused, None, refused, None)
    with capture_logs() as lines:
        async with running(script):
            await until(lambda: script.rounds > 5)
    assert [one["reason"] for one in lines] == ["Connection reset by peer", "no table t", "no table t"]


async def test_an_error_of_the_catalogue_is_said_by_its_cause() -> None:
    error = Unavailable()
    error.__cause__ = asyncpg.TooManyConnectionsError("too many clients already")
    script = Script(error)
    async with running(script) as rounds:
        await until(lambda: rounds.fault is not None)
        assert rounds.fault == "too many clients already"


async def test_what_is_no_failure_of_the_database_is_the_supervisor_s() -> None:
    once: Callable[[], Awaitable[object]] = Script(KeyError("a defect of ours")).once
    with pytest.raises(KeyError):
        await Rounds(once, event="things.not_done", every_s=0.01, within_s=1).work()

"""Background tasks: ended ones come back, ones that cannot live are named, and stopping has an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.supervision import supervisor as module
from app.supervision.supervisor import Supervisor


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    made = Supervisor()
    yield made
    await made.stop()


async def until(holds: object, within_s: float = 5.0) -> None:
    assert callable(holds)
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("end", [None, ValueError("once"), asyncio.CancelledError()], ids=repr)
async def test_a_task_that_ends_is_started_again(supervisor: Supervisor, end: BaseException | None) -> None:
    lives = 0

    async def work() -> None:
        nonlocal lives
        lives += 1
        if lives > 1:
            await asyncio.Event().wait()
        if end is not None:
            raise end

    supervisor.start("work", work)
    await until(lambda: lives == 2)
    assert supervisor.failing == ()


async def test_a_task_that_cannot_live_is_named_and_counted() -> None:
    heard: list[str] = []
    supervisor = Supervisor(on_death=heard.append)

    async def work() -> None:
        raise ConnectionError

    supervisor.start("audit-writer", work)
    await until(lambda: supervisor.failing == ("audit-writer",))
    assert heard == ["audit-writer"] * 3
    await supervisor.stop()


async def test_a_task_that_recovered_is_healthy_again() -> None:
    clock = Clock()
    supervisor = Supervisor(clock=clock)
    lives = 0

    async def work() -> None:
        nonlocal lives
        lives += 1
        if lives <= module.MAX_DEATHS:
            raise ConnectionError
        await asyncio.Event().wait()

    supervisor.start("work", work)
    await until(lambda: lives == module.MAX_DEATHS + 1)
    assert supervisor.failing == ("work",)
    clock.now += module.STABLE_S
    assert not supervisor.failing
    await supervisor.stop()


class Vain:
    """Lives, and its rounds fail."""

    def __init__(self) -> None:
        self.fault: str | None = None

    async def work(self) -> None:
        await asyncio.Event().wait()


async def test_a_task_that_lives_in_vain_says_why(supervisor: Supervisor) -> None:
    vain = Vain()
    supervisor.start("relay", vain.work)
    supervisor.repeat("audit-sealer", vain)
    assert supervisor.faults() == {"relay": None, "audit-sealer": None}
    vain.fault = "permission denied for table audit_chain"
    assert supervisor.faults() == {"relay": None, "audit-sealer": vain.fault}
    assert supervisor.lives()["audit-sealer"] == {"ends_in_a_row": 0, "cannot_live": False, "fault": vain.fault}
    assert supervisor.failing == ()


async def test_stopping_outlasts_a_swallowed_cancellation(supervisor: Supervisor) -> None:
    swallowed = 0

    async def work() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 2:
                    raise

    supervisor.start("work", work)
    await asyncio.sleep(0)
    async with asyncio.timeout(module.STOP_S):
        await supervisor.stop()
    assert swallowed == 2


async def test_stopping_ends_although_a_task_does_not(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    supervisor = Supervisor(clock=clock)
    released = asyncio.Event()

    async def work() -> None:
        while not released.is_set():
            clock.now += module.STOP_S
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    supervisor.start("stubborn", work)
    await asyncio.sleep(0)
    async with asyncio.timeout(module.STOP_S):
        await supervisor.stop()
    released.set()

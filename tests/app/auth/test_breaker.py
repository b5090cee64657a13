"""F07 as it is written, and what pybreaker alone would get wrong under asyncio."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from app.auth.breaker import Breaker, is_failure
from generated.errors import ApiError, CredentialsInvalid, Timeout, Unavailable
from tests.app.auth.mint import Clock

FAIL_MAX = 5
RESET_S = 10.0


class Dependency:
    """Counts the calls that reach it, and does with each what it was told."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: BaseException | None = None
        self.gate: asyncio.Event | None = None

    async def __call__(self) -> str:
        self.calls += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return "answer"


class Circuit:
    def __init__(self, success_threshold: int = 1, probe_s: float = 5.0) -> None:
        self.clock = Clock(100.0)
        self.transitions: list[tuple[str, str, str]] = []
        self.dependency = Dependency()
        self.breaker = Breaker(
            "keycloak",
            fail_max=FAIL_MAX,
            reset_timeout_s=RESET_S,
            success_threshold=success_threshold,
            probe_s=probe_s,
            on_transition=lambda *change: self.transitions.append(change),
            clock=self.clock,
        )

    async def call(self) -> str:
        return await self.breaker.call(self.dependency)

    async def fail(self, times: int) -> None:
        self.dependency.error = ConnectionError()
        for _ in range(times):
            with pytest.raises((ConnectionError, Unavailable)):
                await self.call()

    async def trip(self) -> None:
        await self.fail(FAIL_MAX)
        assert self.breaker.state == "open"


async def test_f07_20_failures_open_it_at_fail_max_and_an_open_one_rejects_within_1_ms() -> None:
    circuit = Circuit()
    with capture_logs() as logs:
        await circuit.fail(20)
    assert circuit.dependency.calls == FAIL_MAX
    assert circuit.transitions == [("keycloak", "closed", "open")]
    assert [line["event"] for line in logs] == ["breaker.transition"]
    started = time.perf_counter()
    for _ in range(100):
        with pytest.raises(Unavailable) as caught:
            await circuit.call()
        assert caught.value.retry_after_s == RESET_S
    assert (time.perf_counter() - started) / 100 <= 0.001


@pytest.mark.parametrize("threshold", [1, 3])
async def test_f07_of_100_calls_at_half_open_exactly_one_reaches_the_dependency(threshold: int) -> None:
    circuit = Circuit(threshold)
    await circuit.trip()
    circuit.clock.now += RESET_S
    circuit.dependency.error, circuit.dependency.gate = None, asyncio.Event()
    for wave in range(1, threshold + 1):
        circuit.dependency.gate.clear()
        calls = [asyncio.create_task(circuit.call()) for _ in range(100)]
        await asyncio.sleep(0)
        assert circuit.dependency.calls == FAIL_MAX + wave
        assert circuit.breaker.state == "half-open"
        circuit.dependency.gate.set()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert answers.count("answer") == 1
        assert sum(isinstance(answer, Unavailable) for answer in answers) == 99
    assert circuit.breaker.state == "closed"
    assert [new for _, _, new in circuit.transitions] == ["open", "half-open", "closed"]
    assert await circuit.call() == "answer"


async def test_a_failed_probe_opens_it_again_for_the_whole_time() -> None:
    circuit = Circuit()
    await circuit.trip()
    circuit.clock.now += RESET_S
    await circuit.fail(1)
    assert circuit.breaker.state == "open"
    circuit.clock.now += RESET_S - 0.1
    await circuit.fail(1)
    assert circuit.dependency.calls == FAIL_MAX + 1
    circuit.clock.now += 0.1
    circuit.dependency.error = None
    assert await circuit.call() == "answer"


async def test_f07_1000_business_answers_never_count() -> None:
    circuit = Circuit()
    circuit.dependency.error = CredentialsInvalid()
    for _ in range(1000):
        with pytest.raises(CredentialsInvalid):
            await circuit.call()
    assert circuit.transitions == []


async def test_a_business_answer_in_between_begins_the_count_anew() -> None:
    circuit = Circuit()
    await circuit.fail(FAIL_MAX - 1)
    circuit.dependency.error = CredentialsInvalid()
    with pytest.raises(CredentialsInvalid):
        await circuit.call()
    await circuit.fail(FAIL_MAX - 1)
    assert circuit.breaker.state == "closed"


async def test_f07_20_timeouts_count() -> None:
    circuit = Circuit()
    circuit.dependency.gate = asyncio.Event()

    async def limited() -> str:
        async with asyncio.timeout(0.001):
            return await circuit.dependency()

    for _ in range(20):
        with pytest.raises((TimeoutError, Unavailable)):
            await circuit.breaker.call(limited)
    assert circuit.dependency.calls == FAIL_MAX
    assert circuit.breaker.state == "open"


async def cancel(call: Callable[[], Awaitable[str]]) -> None:
    task = asyncio.ensure_future(call())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancelled_calls_neither_open_it_nor_begin_the_count_anew() -> None:
    circuit = Circuit()
    circuit.dependency.gate = asyncio.Event()
    for _ in range(100):
        await cancel(circuit.call)
    assert circuit.breaker.state == "closed"
    circuit.dependency.gate = None
    await circuit.fail(FAIL_MAX - 1)
    circuit.dependency.gate = asyncio.Event()
    await cancel(circuit.call)
    circuit.dependency.gate = None
    await circuit.fail(1)
    assert circuit.breaker.state == "open"


async def test_a_cancelled_probe_closes_nothing_and_makes_room_for_the_next_one() -> None:
    circuit = Circuit()
    await circuit.trip()
    circuit.clock.now += RESET_S
    circuit.dependency.error, circuit.dependency.gate = None, asyncio.Event()
    await cancel(circuit.call)
    assert circuit.breaker.state == "half-open"
    circuit.dependency.gate = None
    assert await circuit.call() == "answer"
    assert circuit.breaker.state == "closed"


@pytest.mark.survives("F07")
async def test_f07_a_probe_that_hangs_is_ended_and_counts_as_a_failure() -> None:
    """F07 (D18): a probe that gets no answer ends after its limit, the breaker opens again, and the next probe goes out."""
    circuit = Circuit(probe_s=0.05)
    await circuit.trip()
    circuit.clock.now += RESET_S
    circuit.dependency.gate = asyncio.Event()
    with pytest.raises(Unavailable) as caught:
        await asyncio.wait_for(circuit.call(), 5)
    assert caught.value.retry_after_s == RESET_S
    assert circuit.breaker.state == "open"
    circuit.clock.now += RESET_S
    circuit.dependency.error = circuit.dependency.gate = None
    assert await circuit.call() == "answer"


async def test_the_limit_of_a_probe_is_no_limit_of_other_calls() -> None:
    circuit = Circuit(probe_s=0.01)
    circuit.dependency.gate = asyncio.Event()
    call = asyncio.create_task(circuit.call())
    await asyncio.sleep(0.05)
    circuit.dependency.gate.set()
    assert await call == "answer"


@pytest.mark.parametrize("late_error", [None, ConnectionError()])
async def test_a_call_begun_while_closed_has_no_say_once_it_is_half_open(late_error: Exception | None) -> None:
    circuit = Circuit()
    circuit.dependency.gate = late_gate = asyncio.Event()
    late = asyncio.create_task(circuit.call())
    await asyncio.sleep(0)
    circuit.dependency.gate = None
    await circuit.trip()
    circuit.clock.now += RESET_S
    circuit.dependency.error, circuit.dependency.gate = None, asyncio.Event()
    probe = asyncio.create_task(circuit.call())
    await asyncio.sleep(0)
    circuit.dependency.error = late_error
    late_gate.set()
    await asyncio.gather(late, return_exceptions=True)
    assert circuit.breaker.state == "half-open"
    with pytest.raises(Unavailable):
        await circuit.call()
    circuit.dependency.error = None
    circuit.dependency.gate.set()
    assert await probe == "answer"
    assert circuit.breaker.state == "closed"


async def test_failures_that_come_in_late_do_not_keep_it_open_longer() -> None:
    circuit = Circuit()
    circuit.dependency.error, circuit.dependency.gate = ConnectionError(), asyncio.Event()
    calls = [asyncio.create_task(circuit.call()) for _ in range(20)]
    await asyncio.sleep(0)
    circuit.dependency.gate.set()
    await asyncio.gather(*calls, return_exceptions=True)
    assert circuit.transitions == [("keycloak", "closed", "open")]


async def test_the_callers_exception_arrives_as_it_was_raised() -> None:
    circuit = Circuit()
    circuit.dependency.error = error = ConnectionError("mine")
    for _ in range(FAIL_MAX):
        with pytest.raises(ConnectionError) as caught:
            await circuit.call()
        assert caught.value is error
    assert error.__context__ is None


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (ConnectionError(), True),
        (TimeoutError(), True),
        (Timeout(), True),
        (Unavailable(), True),
        (CredentialsInvalid(), False),
    ],
)
def test_what_counts_is_the_dependency_failing_and_not_its_saying_no(error: Exception, counts: bool) -> None:
    assert is_failure(error) is counts
    assert isinstance(error, ApiError | OSError)

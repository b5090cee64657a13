"""L02: in no window more than the limit, from two processes at once; and each policy when the store is away."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from redis import Redis

from app.db.pipelined_redis import PipelinedConnection
from app.development.servers import Valkey, embedded_valkey
from app.limits import redis_limiter
from app.limits.limiter import Permit
from app.limits.redis_limiter import PARTS, RedisLimiter
from generated.errors import Unavailable
from generated.operations import Bucket, BucketKey, WhenDown
from generated.product import NAME
from tests.redis_connections import connected, until_up

ROOT = Path(__file__).parents[3]
WINDOW_S = 2.0
LIMIT = 100
HAMMER = """
import asyncio, json, random, sys, time
from app.db.pipelined_redis import PipelinedConnection
from app.limits.redis_limiter import RedisLimiter
from generated.operations import Bucket, BucketKey, WhenDown

async def main(url, subject, seconds, ahead_s):
    connection = PipelinedConnection(url)
    running = asyncio.create_task(connection.run())
    while not await connection.ready():
        await asyncio.sleep(0.01)
    limiter = RedisLimiter(connection, clock=lambda: time.monotonic() + ahead_s)
    bucket = Bucket("hammer", 100, 2.0, BucketKey.USER, WhenDown.CLOSED)
    accepted, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        for permit in await asyncio.gather(*(limiter.take(bucket, subject) for _ in range(random.choice((1, 5, 40))))):
            if permit.allowed:
                accepted.append(time.clock_gettime(time.CLOCK_MONOTONIC))
        await asyncio.sleep(random.uniform(0, 0.05))
    running.cancel()
    print(json.dumps(accepted))

time.time = lambda real=time.time, ahead_s=float(sys.argv[3]): real() + ahead_s
asyncio.run(main(sys.argv[1], sys.argv[2], 7.0, float(sys.argv[3])))
"""


def bucket(limit: int = LIMIT, window_s: float = WINDOW_S, when_down: WhenDown = WhenDown.LOCAL) -> Bucket:
    return Bucket("test", limit, window_s, BucketKey.USER, when_down)


@pytest.fixture
async def limiter(valkey: Valkey) -> AsyncIterator[RedisLimiter]:
    async with connected(valkey.url) as connection:
        yield RedisLimiter(connection)


@pytest.mark.survives("L02", "F10")
def test_two_processes_never_pass_more_than_the_limit_in_any_window(valkey: Valkey) -> None:
    """L02, F10 (D19): two processes, whose clocks are an hour apart, call at once and in bursts: no window has more than the limit."""
    command, subject = [sys.executable, "-c", HAMMER, valkey.url], uuid.uuid4().hex
    hammers = [
        subprocess.Popen([*command, subject, ahead_s], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for ahead_s in ("0", "3600")
    ]
    accepted = sorted(stamp for hammer in hammers for stamp in json.loads(hammer.communicate(timeout=60)[0]))
    slack_s = 0.25  # stamps are taken when the answer arrives, not when the server decided
    worst = max(sum(1 for stamp in accepted if first <= stamp < first + WINDOW_S - slack_s) for first in accepted)
    assert worst <= LIMIT
    assert len(accepted) >= 3 * LIMIT


async def test_what_is_left_only_falls_and_retry_after_is_honoured(limiter: RedisLimiter) -> None:
    small, subject = bucket(3, 1.0), uuid.uuid4().hex
    permits = [await limiter.take(small, subject) for _ in range(4)]
    assert [permit.remaining for permit in permits] == [2, 1, 0, 0]
    assert [permit.allowed for permit in permits] == [True, True, True, False]
    assert {permit.reset_s for permit in permits} == {1}
    await asyncio.sleep(permits[3].reset_s)
    assert (await limiter.take(small, subject)).allowed


async def test_subjects_and_buckets_have_budgets_of_their_own(limiter: RedisLimiter) -> None:
    one, other = uuid.uuid4().hex, uuid.uuid4().hex
    assert (await limiter.take(bucket(1), one)).allowed
    assert (await limiter.take(bucket(1), other)).allowed
    assert not (await limiter.take(bucket(1), one)).allowed


async def test_a_large_limit_is_held_too_in_little_memory(limiter: RedisLimiter, valkey: Valkey) -> None:
    subject, large = uuid.uuid4().hex, bucket(2000, 60.0)
    permits = await asyncio.gather(*(limiter.take(large, subject) for _ in range(2100)))
    assert [permit.remaining for permit in permits] == [*reversed(range(2000)), *[0] * 100]
    assert [permit.allowed for permit in permits] == [True] * 2000 + [False] * 100
    assert 58 <= permits[-1].reset_s <= 60
    async with connected(valkey.url) as connection:
        assert await connection.ask("LLEN", f"{NAME}:limit:counts:{{test:{subject}}}") <= 2 * (PARTS + 1)


WINDOW_US = 60_000_000
EXACT, FEW_PARTS = 3, 4
"""Limits above 3 are counted in quarters of a window."""
LIMITS = st.tuples(st.integers(1, 3), st.integers(1, 3)) | st.tuples(st.integers(4, 7), st.integers(4, 7))
"""Before and after a new configuration."""
STEPS = st.lists(
    st.one_of(
        st.sampled_from((0, 1, 14_999_999, 15_000_000, 59_999_999, WINDOW_US, "as told", "as told")),
        st.integers(0, WINDOW_US),
        st.integers(-2 * WINDOW_US, -1),
    ),
    min_size=5,
    max_size=60,
)


@dataclass
class Reference:
    """What the script must answer, from the stamps of all calls that passed: no list, no key, nothing forgotten. `late_us` is how much longer
    than a window a call may count."""

    late_us: float
    stamps: list[int] = field(default_factory=list)

    def set_clock(self, now: int) -> None:
        """One that was set back takes the calls along: they are as old as they were."""
        ahead = max(0, max(self.stamps, default=now) - now)
        self.stamps = [stamp - ahead for stamp in self.stamps]

    def within(self, now: int, lasting_us: float) -> int:
        return sum(stamp > now - lasting_us for stamp in self.stamps)

    def judge(self, now: int, limit: int, allowed: bool, remaining: int) -> None:
        if allowed:
            self.stamps.append(now)
            assert self.within(now, WINDOW_US) <= limit
            assert (
                limit - self.within(now, WINDOW_US + self.late_us) <= remaining <= limit - self.within(now, WINDOW_US)
            )
        else:
            assert remaining == 0
            assert self.within(now, WINDOW_US + self.late_us) >= limit


@pytest.mark.survives("L02")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=LIMITS, steps=STEPS, burst=st.integers(1, 4))
@example(limits=(1, 1), steps=[1, -3600 * 1_000_000, 1, "as told", "as told"], burst=2)
@example(limits=(3, 1), steps=[1_000_000] * 5 + ["as told"], burst=1)
def test_l02_the_script_answers_what_a_reference_model_does(
    valkey: Valkey, limits: tuple[int, int], steps: list[int | str], burst: int
) -> None:
    """L02 (D19): against a model that remembers every call, in a real Valkey whose clock is the test's, set back now and then: of limits that
    are counted call by call exactly the calls that fit into a window pass, of greater ones never more, and each is given back at most a part
    of a window late. Who waits as long as he was told passes, and not a microsecond sooner, also where the limit was lowered meanwhile."""
    source = Path(redis_limiter.__file__).with_name("sliding_window.lua").read_text()
    assert source.count("redis.call('TIME')") == 1
    with Redis.from_url(valkey.url) as server:
        script = server.register_script(source.replace("redis.call('TIME')", "{ARGV[5], ARGV[6]}"))
        key, now = f"test:{uuid.uuid4().hex}", 1_000_000 * WINDOW_US

        def take(limit: int, at: int) -> tuple[bool, int, int]:
            clock = (at // 1_000_000, at % 1_000_000)
            allowed, remaining, left = script(keys=[key], args=[limit, WINDOW_US, EXACT, FEW_PARTS, *clock])
            assert 0 < left <= WINDOW_US
            return bool(allowed), remaining, left

        reference = Reference(late_us=0 if max(limits) <= EXACT else WINDOW_US / FEW_PARTS)
        told_us: int | None = None
        for number, step in enumerate(steps):
            limit = limits[number >= len(steps) // 2]
            wait_us = told_us if step == "as told" else None
            if wait_us is not None and limit == limits[0]:
                assert not take(limit, now + wait_us - 1)[0]
            now += (wait_us or 0) if step == "as told" else int(step)
            reference.set_clock(now)
            for call in range(burst):
                allowed, remaining, left = take(limit, now)
                assert allowed or call or wait_us is None or number == len(steps) // 2
                reference.judge(now, limit, allowed, remaining)
                told_us = left if remaining == 0 else None


async def test_a_limit_that_grows_beyond_the_exact_bound_or_shrinks_again_is_counted_at_once(
    limiter: RedisLimiter,
) -> None:
    """A new configuration, and two nodes that have different ones while it is rolled out."""
    subject = uuid.uuid4().hex
    for limit in (10, 5000, 10, 5000):
        permit = await limiter.take(bucket(limit, 60.0, WhenDown.CLOSED), subject)
        assert (permit.allowed, permit.limit) == (True, limit)


async def test_a_cancelled_caller_keeps_its_place_in_the_pipeline(limiter: RedisLimiter) -> None:
    subject = uuid.uuid4().hex
    tasks = [asyncio.create_task(limiter.take(bucket(1000), subject)) for _ in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    left = [answer.remaining for answer in answers if isinstance(answer, Permit)]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) == 25


async def test_each_policy_while_the_store_is_away_and_its_return(tmp_path: Path) -> None:
    with embedded_valkey(tmp_path) as store:
        async with connected(store.url) as connection:
            downs: list[int] = []
            decisions: Counter[str] = Counter()
            limiter = RedisLimiter(
                connection,
                on_down=lambda: downs.append(1),
                on_decision=lambda name, outcome: decisions.update([outcome]),
            )
            assert (await limiter.take(bucket(5), "a")).allowed
            store.kill()
            started = time.monotonic()
            local = [(await limiter.take(bucket(5), "a")).allowed for _ in range(7)]
            assert local == [True] * 5 + [False] * 2
            assert (await limiter.take(bucket(1, when_down=WhenDown.OPEN), "a")).allowed
            with pytest.raises(Unavailable):
                await limiter.take(bucket(when_down=WhenDown.CLOSED), "a")
            assert time.monotonic() - started < 1.0
            assert len(downs) == 9
            assert decisions == {"allowed": 1 + 5 + 1, "refused": 2, "unavailable": 1}
            store.start()
            await until_up(connection)
            assert (await limiter.take(bucket(when_down=WhenDown.CLOSED), "b")).allowed


@pytest.mark.parametrize(("limit", "nodes", "share"), [(10, 1, 10), (10, 3, 4), (9, 3, 3), (1, 5, 1)])
async def test_without_the_store_a_node_has_its_share_of_the_limit_rounded_up(
    limit: int, nodes: int, share: int
) -> None:
    limiter = RedisLimiter(PipelinedConnection("redis://127.0.0.1:9"), nodes=lambda: nodes, clock=lambda: 5.0)
    permits = [await limiter.take(bucket(limit, 60.0), "a") for _ in range(share + 1)]
    assert [permit.allowed for permit in permits] == [True] * share + [False]
    assert [permit.remaining for permit in permits] == [*reversed(range(share)), 0]
    assert {permit.limit for permit in permits} == {share}
    assert permits[-1].reset_s == 60


async def test_a_share_that_shrinks_says_when_the_next_call_passes() -> None:
    now, nodes = -1.0, 1
    limiter = RedisLimiter(PipelinedConnection("redis://127.0.0.1:9"), nodes=lambda: nodes, clock=lambda: now)
    for _ in range(4):
        now += 1.0
        assert (await limiter.take(bucket(4, 60.0), "a")).allowed
    nodes = 2
    refused = await limiter.take(bucket(4, 60.0), "a")
    assert (refused.allowed, refused.remaining, refused.limit, refused.reset_s) == (False, 0, 2, 59)
    now = 3.0 + refused.reset_s
    assert (await limiter.take(bucket(4, 60.0), "a")).allowed


async def test_a_closed_bucket_says_when_to_come_again() -> None:
    limiter = RedisLimiter(PipelinedConnection("redis://127.0.0.1:9"))
    with pytest.raises(Unavailable) as refused:
        await limiter.take(bucket(when_down=WhenDown.CLOSED), "a")
    assert refused.value.retry_after_s == 1


async def test_a_flushed_script_is_loaded_again(limiter: RedisLimiter, valkey: Valkey) -> None:
    await limiter.take(bucket(), "c")
    async with connected(valkey.url) as connection:
        await connection.call("SCRIPT", "FLUSH")
    assert (await limiter.take(bucket(), "c")).allowed

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
from pathlib import Path

import pytest

from app.db.pipelined_redis import PipelinedConnection
from app.development.servers import Valkey, embedded_valkey
from app.limits.limiter import Permit
from app.limits.redis_limiter import RedisLimiter
from generated.errors import Unavailable
from generated.operations import Bucket, BucketKey, WhenDown
from tests.redis_connections import connected, until_up

ROOT = Path(__file__).parents[3]
WINDOW_S = 2.0
LIMIT = 100
HAMMER = """
import asyncio, json, random, sys, time
from app.db.pipelined_redis import PipelinedConnection
from app.limits.redis_limiter import RedisLimiter
from generated.operations import Bucket, BucketKey, WhenDown

async def main(url, subject, seconds):
    connection = PipelinedConnection(url)
    running = asyncio.create_task(connection.run())
    while not await connection.ready():
        await asyncio.sleep(0.01)
    limiter = RedisLimiter(connection)
    bucket = Bucket("hammer", 100, 2.0, BucketKey.USER, WhenDown.CLOSED)
    accepted, end = [], time.time() + seconds
    while time.time() < end:
        for permit in await asyncio.gather(*(limiter.take(bucket, subject) for _ in range(random.choice((1, 5, 40))))):
            if permit.allowed:
                accepted.append(time.time())
        await asyncio.sleep(random.uniform(0, 0.05))
    running.cancel()
    print(json.dumps(accepted))

asyncio.run(main(sys.argv[1], sys.argv[2], 7.0))
"""


def bucket(limit: int = LIMIT, window_s: float = WINDOW_S, when_down: WhenDown = WhenDown.LOCAL) -> Bucket:
    return Bucket("test", limit, window_s, BucketKey.USER, when_down)


@pytest.fixture
async def limiter(valkey: Valkey) -> AsyncIterator[RedisLimiter]:
    async with connected(valkey.url) as connection:
        yield RedisLimiter(connection)


def test_two_processes_never_pass_more_than_the_limit_in_any_window(valkey: Valkey) -> None:
    command = [sys.executable, "-c", HAMMER, valkey.url, uuid.uuid4().hex]
    hammers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
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
    assert permits[3].retry_after_s == 1
    await asyncio.sleep(permits[3].retry_after_s)
    assert (await limiter.take(small, subject)).allowed


async def test_subjects_and_buckets_have_budgets_of_their_own(limiter: RedisLimiter) -> None:
    one, other = uuid.uuid4().hex, uuid.uuid4().hex
    assert (await limiter.take(bucket(1), one)).allowed
    assert (await limiter.take(bucket(1), other)).allowed
    assert not (await limiter.take(bucket(1), one)).allowed


async def test_a_large_limit_is_counted_in_two_windows(limiter: RedisLimiter) -> None:
    subject = uuid.uuid4().hex
    large = bucket(2000, 60.0)
    permits = await asyncio.gather(*(limiter.take(large, subject) for _ in range(2100)))
    assert 1990 <= sum(permit.allowed for permit in permits) <= 2000


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
    assert permits[-1].retry_after_s == permits[-1].reset_s == 60


async def test_a_share_that_shrinks_says_when_the_next_call_passes() -> None:
    now, nodes = -1.0, 1
    limiter = RedisLimiter(PipelinedConnection("redis://127.0.0.1:9"), nodes=lambda: nodes, clock=lambda: now)
    for _ in range(4):
        now += 1.0
        assert (await limiter.take(bucket(4, 60.0), "a")).allowed
    nodes = 2
    refused = await limiter.take(bucket(4, 60.0), "a")
    assert (refused.allowed, refused.remaining, refused.limit, refused.retry_after_s) == (False, 0, 2, 59)
    now = 3.0 + refused.retry_after_s
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

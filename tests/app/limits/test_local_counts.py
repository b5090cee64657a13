"""A node's own count never passes more than its share, gives back in time, and has a bound for its memory and its subjects."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.db.pipelined_redis import PipelinedConnection
from app.limits.local_counts import MAX_SUBJECTS, SLOTS, LocalCounts, Window
from app.limits.redis_limiter import RedisLimiter
from generated.operations import Bucket, BucketKey, WhenDown
from tests.redis_connections import running

WINDOW_S = 64.0
"""A power of two: sums of the model's times are exact."""
PAUSES = st.lists(st.sampled_from((0.0, 0.0, 0.125, 1.0, 1.875, 2.0, 3.0, 31.0, 63.875, 64.0)), max_size=150)


def bucket(limit: int, name: str = "test") -> Bucket:
    return Bucket(name, limit, WINDOW_S, BucketKey.USER, WhenDown.LOCAL)


@contextmanager
def growth_below(max_bytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < max_bytes


@given(share=st.sampled_from((1, 2, 31, 32, 33, 40, 100)), pauses=PAUSES, burst=st.integers(1, 9))
@settings(max_examples=300, deadline=None)
@example(share=33, pauses=[1.875] * 40, burst=1)
def test_no_window_has_more_than_the_share_and_a_call_is_given_back_in_time(
    share: int, pauses: list[float], burst: int
) -> None:
    """Against the stamps of all calls: `late_s` is how much longer than a window a call may count, at most."""
    window, now, passed = Window(), 1000.0, list[float]()
    late_s = 0.0 if share <= SLOTS else WINDOW_S / SLOTS
    for pause in pauses:
        now += pause
        for _ in range(burst):
            permit = window.take(now, WINDOW_S, share)
            if permit.allowed:
                passed.append(now)
                assert sum(at > now - WINDOW_S for at in passed) <= share
                assert permit.remaining <= share - sum(at > now - WINDOW_S for at in passed)
            else:
                assert sum(at > now - WINDOW_S - late_s for at in passed) >= share


@given(before=st.sampled_from((5, 33, 100)), after=st.sampled_from((1, 4, 33, 90)), pauses=PAUSES)
@settings(max_examples=200, deadline=None)
def test_who_waits_as_long_as_it_was_told_is_let_in(before: int, after: int, pauses: list[float]) -> None:
    """Also where the share has become another meanwhile, as nodes come and go."""
    window, now = Window(), 1000.0
    for pause in pauses:
        now += pause
        window.take(now, WINDOW_S, before)
    permit = window.take(now, WINDOW_S, after)
    assert 0 < permit.reset_s <= WINDOW_S
    if not permit.allowed:
        assert not window.take(now + permit.reset_s - 1, WINDOW_S, after).allowed
        assert window.take(now + permit.reset_s, WINDOW_S, after).allowed


async def test_the_memory_of_a_subject_does_not_grow_with_its_limit() -> None:
    """20 subjects call 2,000 times each, all within one window: less than 2 KB for each."""
    clock = count(0.0, WINDOW_S / 100_000)
    connection = PipelinedConnection("redis://127.0.0.1:9")
    limiter = RedisLimiter(connection, clock=lambda: next(clock))
    async with running(connection.run):
        await limiter.take(bucket(5000), "first")
        with growth_below(20 * 2048):
            for number in range(40_000):
                assert (await limiter.take(bucket(5000), f"u{number % 20}")).allowed


def test_entries_are_bounded_however_the_share_changes() -> None:
    window, now = Window(), 0.0
    for share in (SLOTS, 1000, SLOTS, 10_000):
        for _ in range(300):
            now += WINDOW_S / 300
            window.take(now, WINDOW_S, share)
            assert sys.getsizeof(window._lasts) + sys.getsizeof(window._counts) < 2 * (100 + (2 * SLOTS + 1) * 9)


def test_subjects_are_bounded() -> None:
    counts = LocalCounts()
    with growth_below(MAX_SUBJECTS * 1024):
        for number in range(3 * MAX_SUBJECTS):
            counts.take(bucket(100), 100, f"u{number}", 1000.0)


@pytest.mark.parametrize("spent", [2, 100])
def test_who_sprays_subjects_makes_nobody_fresh_who_has_spent_more(spent: int) -> None:
    """50,000 subjects that call once each: what others have spent before is remembered, and so is who was full."""
    counts = LocalCounts()
    for _ in range(spent):
        counts.take(bucket(100), 100, "ada", 1000.0)
    for number in range(5 * MAX_SUBJECTS):
        counts.take(bucket(100), 100, f"u{number}", 1001.0)
    assert counts.take(bucket(100), 100, "ada", 1002.0).remaining == max(0, 99 - spent)


def test_to_be_forgotten_costs_as_many_calls_from_nearly_all_subjects() -> None:
    """Ada has spent three; a table of others, all but one of whom spend three each, does not push her out."""
    counts = LocalCounts()
    for _ in range(3):
        counts.take(bucket(100), 100, "ada", 1000.0)
    for number in range(MAX_SUBJECTS - 2):
        for _ in range(3):
            counts.take(bucket(100), 100, f"rich{number}", 1001.0)
    for number in range(2 * MAX_SUBJECTS):
        counts.take(bucket(100), 100, f"poor{number}", 1002.0)
    assert counts.take(bucket(100), 100, "ada", 1003.0).remaining == 96


def test_what_no_longer_counts_is_forgotten_first() -> None:
    """A window later the many calls of yesterday's subjects are worth nothing, and one call of today is kept."""
    counts = LocalCounts()
    for number in range(MAX_SUBJECTS - 1):
        for _ in range(3):
            counts.take(bucket(100), 100, f"old{number}", 1000.0)
    now = 1000.0 + WINDOW_S
    counts.take(bucket(100), 100, "ada", now)
    for number in range(MAX_SUBJECTS // 8):
        counts.take(bucket(100), 100, f"new{number}", now)
    assert counts.take(bucket(100), 100, "ada", now).remaining == 98


@pytest.mark.parametrize("after_s", [1.0, WINDOW_S], ids=["all count", "all are over"])
def test_no_call_waits_for_a_look_at_everybody(after_s: float) -> None:
    """A full table of subjects with as many entries as there may be, and newcomers in three rounds, since the collector may run in
    one: none of them costs 2 ms. To look at everybody took 2 to 66."""
    counts = LocalCounts()
    for number in range(MAX_SUBJECTS):
        for _ in range(SLOTS):
            counts.take(bucket(SLOTS), SLOTS, f"u{number}", 1000.0)
    slowest = [
        max(seconds(counts, f"new{number}", 1000.0 + after_s) for number in range(start, start + MAX_SUBJECTS // 4))
        for start in range(0, 3 * MAX_SUBJECTS // 4, MAX_SUBJECTS // 4)
    ]
    assert min(slowest) < 0.002, slowest


def seconds(counts: LocalCounts, subject: str, now: float) -> float:
    """Of this thread: others that run meanwhile cost nobody here."""
    begun = time.thread_time()
    counts.take(bucket(SLOTS), SLOTS, subject, now)
    return time.thread_time() - begun


def test_buckets_have_tables_of_their_own() -> None:
    """A flood of addresses does not touch what users have spent."""
    counts = LocalCounts()
    counts.take(bucket(100, "reads"), 100, "ada", 1000.0)
    for number in range(2 * MAX_SUBJECTS):
        for _ in range(2):
            counts.take(bucket(100, "handshakes"), 100, f"a{number}", 1000.0)
    assert counts.take(bucket(100, "reads"), 100, "ada", 1000.0).remaining == 98

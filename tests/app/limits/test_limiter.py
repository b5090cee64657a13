"""A permit says what the RateLimit headers say, in whole seconds; a budget belongs to one bucket and one subject."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import AsyncIterator
from dataclasses import astuple, fields

import pytest

from app.development.servers import Valkey
from app.limits.limiter import Limiter, OverLimit, Permit
from app.limits.redis_limiter import RedisLimiter
from generated.operations import Bucket, BucketKey, WhenDown
from tests.redis_connections import connected


def bucket() -> Bucket:
    return Bucket(uuid.uuid4().hex, 2, 1.5, BucketKey.USER, WhenDown.CLOSED)


@pytest.fixture
async def limiter(valkey: Valkey) -> AsyncIterator[Limiter]:
    """The port, with the service's own limiter behind it."""
    async with connected(valkey.url) as connection:
        yield RedisLimiter(connection)


def test_the_limiter_of_the_service_takes_what_the_port_says() -> None:
    assert inspect.signature(RedisLimiter.take) == inspect.signature(Limiter.take)


def test_a_permit_holds_nothing_but_its_fields() -> None:
    permit = Permit(allowed=True, limit=10, remaining=9, reset_s=60, window_s=60)
    assert not hasattr(permit, "__dict__")
    assert [one.name for one in fields(Permit)] == [
        "allowed", "limit", "remaining", "reset_s", "window_s",
    ]  # fmt: skip


async def test_times_are_whole_seconds_rounded_up(limiter: Limiter) -> None:
    one = bucket()
    permits = [await limiter.take(one, "ada") for _ in range(3)]
    assert [astuple(permit) for permit in permits] == [
        (True, 2, 1, 2, 2), (True, 2, 0, 2, 2), (False, 2, 0, 2, 2),
    ]  # fmt: skip
    assert {type(value) for permit in permits for value in astuple(permit)} == {bool, int}


def test_a_refusal_names_the_budget_and_when_to_come_again() -> None:
    """Retry-After is no earlier than the end of the window that the same answer tells (the draft, section 6)."""
    spent = Permit(allowed=False, limit=2, remaining=0, reset_s=7, window_s=60)
    refusal = OverLimit(one := bucket(), spent)
    assert (refusal.code, refusal.retry_after_s) == ("rate_limited", 7)
    assert (refusal.bucket, refusal.permit) == (one, spent)


async def test_another_subject_and_another_bucket_have_budgets_of_their_own(limiter: Limiter) -> None:
    one, other = bucket(), bucket()
    spent = [(await limiter.take(one, "ada")).allowed for _ in range(3)]
    assert spent == [True, True, False]
    assert (await limiter.take(one, "bob")).remaining == (await limiter.take(other, "ada")).remaining == 1

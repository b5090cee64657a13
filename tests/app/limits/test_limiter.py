"""A permit says what the RateLimit headers say, and every limiter gives one."""

from __future__ import annotations

from app.limits.limiter import Limiter, Permit
from app.limits.redis_limiter import RedisLimiter


def test_times_are_whole_seconds() -> None:
    permit = Permit(allowed=True, limit=10, remaining=9, reset_s=60, retry_after_s=0, window_s=60)
    assert (permit.allowed, permit.remaining) == (True, 9)


def test_the_limiter_of_the_service_is_one() -> None:
    assert Limiter.take.__name__ in vars(RedisLimiter)

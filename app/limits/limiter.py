"""The port of rate limits: one budget per bucket and subject, shared by all doors and nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from generated.errors import RateLimited
from generated.operations import BUCKETS, Bucket


@dataclass(slots=True)
class Permit:
    """Times are whole seconds, rounded up."""

    allowed: bool
    limit: int
    """Of the window; while the store is away this node's share of it, where the bucket is `local`."""
    remaining: int
    """How many more calls would pass now; 0 for a refused one."""
    reset_s: int
    """For so long no more than these pass: then the first of the calls that count is given back. Of a refused call: then
    the next passes."""
    window_s: int


class OverLimit(RateLimited):
    """A refusal that says whose budget is spent."""

    def __init__(self, bucket: Bucket, permit: Permit) -> None:
        super().__init__(retry_after_s=permit.reset_s)
        self.bucket = bucket
        self.permit = permit


class Limiter(Protocol):
    async def take(self, bucket: Bucket, subject: str) -> Permit:
        """Take one from the budget; a refused call takes nothing. Raises Unavailable only where the bucket is closed
        while its store is away. Waits for the store for as long as a Redis may be silent, about 0.25 s, and once it is
        known to be away not at all."""


async def spend(limiter: Limiter, bucket: str, address: str) -> None:
    """Raises OverLimit once the address has spent its budget: of handshakes, or of credentials that failed."""
    permit = await limiter.take(BUCKETS[bucket], address)
    if not permit.allowed:
        raise OverLimit(BUCKETS[bucket], permit)

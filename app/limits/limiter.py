"""The port of rate limits: one budget per bucket and subject, shared by all doors and nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from generated.operations import Bucket


@dataclass(slots=True)
class Permit:
    """`reset_s` is when the budget is whole again, `retry_after_s` when the next call passes; both in whole seconds."""

    allowed: bool
    limit: int
    """Of the window; while the store is away this node's share of it, where the bucket is `local`."""
    remaining: int
    """How many more calls would pass now; 0 for a refused one."""
    reset_s: int
    retry_after_s: int
    window_s: int


class Limiter(Protocol):
    async def take(self, bucket: Bucket, subject: str) -> Permit:
        """Take one from the budget; a refused call takes nothing. Raises Unavailable only where the bucket is closed
        while its store is away. Waits for the store for as long as a Redis may be silent, about 0.25 s, and once it is
        known to be away not at all."""

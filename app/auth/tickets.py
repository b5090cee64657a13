"""One-time tickets with which a page opens a socket without showing its token (ACCEPTANCE D8).

Promises: 30 s, one use (GETDEL, so two at once cannot both win), bound to principal and page origin;
the store holds only the ticket's hash. Does not check the origin against the allow-list.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from hashlib import sha256

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.auth.principal import Principal
from generated.errors import Unavailable

LIFETIME_S = 30
MAX_TICKET_CHARS = 64


class _Ticket(msgspec.Struct):
    principal: Principal
    origin: str | None


class Tickets:
    """`clock` is the wall clock, which judges the principal's `exp`. Raises Unavailable without the store."""

    def __init__(self, redis: Redis, *, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._clock = clock

    async def issue(self, principal: Principal, origin: str | None) -> str:
        ticket = secrets.token_urlsafe(32)
        try:
            stored = msgspec.json.encode(_Ticket(principal, origin))
            await self._redis.set(_key(ticket), stored, ex=LIFETIME_S)
        except (RedisError, OSError) as error:
            raise Unavailable(retry_after_s=1) from error
        return ticket

    async def redeem(self, ticket: str, origin: str | None) -> Principal | None:
        """The principal, once; None if the ticket is unknown, used, too old or another page's."""
        if not 0 < len(ticket) <= MAX_TICKET_CHARS or not ticket.isascii():
            return None
        try:
            stored = await self._redis.getdel(_key(ticket))
        except (RedisError, OSError) as error:
            raise Unavailable(retry_after_s=1) from error
        if stored is None:
            return None
        found = msgspec.json.decode(stored, type=_Ticket)
        is_good = found.origin == origin and self._clock() < found.principal.expires_at
        return found.principal if is_good else None


def _key(ticket: str) -> str:
    return f"stele:ticket:{sha256(ticket.encode()).hexdigest()}"

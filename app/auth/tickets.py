"""One-time tickets with which a page opens a socket without showing its token (ACCEPTANCE D8).

Promises: 30 s, one use (GETDEL, so two at once cannot both win), bound to principal and page origin;
the store holds only the ticket's hash. Does not check the origin against the allow-list.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec

from app.auth.ended_sessions import nobody_s
from app.auth.principal import Principal
from app.db.pipelined_redis import RedisConnection, RedisUnavailable
from generated.errors import Unavailable
from generated.product import NAME

LIFETIME_S = 30
"""From its issue to the handshake, by the clock of Redis (D8)."""
RETRY_AFTER_S = 1
MAX_TICKET_CHARS = 64


class _Ticket(msgspec.Struct):
    principal: Principal
    origin: str | None


class Tickets:
    """`clock` is the wall clock, which judges the principal's `exp`; `has_ended` says whether the session is over by now.
    Raises Unavailable without the store."""

    def __init__(
        self,
        connection: RedisConnection,
        *,
        has_ended: Callable[[Principal], bool] = nobody_s,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._connection = connection
        self._has_ended = has_ended
        self._clock = clock

    async def issue(self, principal: Principal, origin: str | None) -> str:
        """Of 256 random bits, in 43 characters for a URL. `origin` is the page's, None where no browser sent one."""
        ticket = secrets.token_urlsafe(32)
        await self._ask("SET", _key(ticket), msgspec.json.encode(_Ticket(principal, origin)), "EX", LIFETIME_S)
        return ticket

    async def redeem(self, ticket: str, origin: str | None) -> Principal | None:
        """The principal, once; None if the ticket is unknown, used, too old, of an ended session or another page's. It is used up by the
        first that asks, whether that one was right or not."""
        if not 0 < len(ticket) <= MAX_TICKET_CHARS or not ticket.isascii():
            return None
        stored = await self._ask("GETDEL", _key(ticket))
        if stored is None:
            return None
        found = msgspec.json.decode(stored, type=_Ticket)
        is_good = found.origin == origin and self._clock() < found.principal.expires_at
        return found.principal if is_good and not self._has_ended(found.principal) else None

    async def _ask(self, *command: bytes | str | int) -> Any:
        try:
            return await self._connection.ask(*command)
        except RedisUnavailable as error:
            raise Unavailable(retry_after_s=RETRY_AFTER_S) from error


def _key(ticket: str) -> str:
    return f"{NAME}:ticket:{sha256(ticket.encode()).hexdigest()}"

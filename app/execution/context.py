"""What travels with one request: who calls, what is called, and what the handler may use."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.auth.principal import Principal
from app.db.database import Executor
from app.limits.limiter import Permit
from generated.errors import Unauthenticated
from generated.operations import Operation


class Abandoned(Exception):
    """The caller went away before its request was whole: nobody waits for an answer."""


class Door(StrEnum):
    HTTP = "http"
    WEBSOCKET = "websocket"


@dataclass(slots=True)
class Caller:
    """One connection's identity; on a socket the principal may be refreshed, so it is read per request (D10)."""

    principal: Principal | None
    ip: str
    user_agent: str
    door: Door
    denial: Unauthenticated | None = None
    """What was wrong with the credential, where there was one."""

    origin: str | None = None
    """The page that asked over HTTP, as its browser says it in `Origin`."""


@dataclass(slots=True)
class Context:
    """What a handler sees. `db` is a lazy transaction for commands and plain reads for queries."""

    caller: Caller
    trace_id: str
    db: Executor
    events: list[Any] = field(default_factory=list)
    object_id: str | None = None
    """The object that the audit row names; the handler sets it where the contract cannot know it."""

    status: int | None = None
    """Which of the declared success statuses HTTP answers with, where there are several; frames have one OK."""

    @property
    def principal(self) -> Principal | None:
        return self.caller.principal

    def publish(self, event: Any) -> None:
        """Queue an event; it becomes a row of the transaction, and is heard if that commits and only then."""
        self.events.append(event)


Method = Callable[[Context, Any], Awaitable[Any]]


@dataclass(slots=True)
class Call:
    """One request as a door hands it to the runner. `receive` and `decode` run after authorisation, in this order, so nobody
    learns of 422 before 401, and nothing is held for a caller who will be refused."""

    operation: Operation
    method: Method
    decode: Callable[[], Any]
    caller: Caller
    trace_id: str
    timeout_s: float | None = None
    idempotency_key: str | None = None
    receive: Callable[[], Awaitable[None]] | None = None
    """Reads the rest of the request, where the door has not read it yet; raises Abandoned or an `ApiError`."""
    alternatives: Callable[[Any], Sequence[Any]] | None = None
    """Requests that stand for the one that was read where that is refused by its precondition (RFC 9110 §13.1.1)."""
    arrived_at: float = field(default_factory=time.monotonic)
    """On the monotonic clock; the deadline counts from here."""
    permit: Permit | None = None
    """Set by the runner: what the limiter answered, for RateLimit headers."""
    object_id: str | None = None
    """The object that the request names: the door's where it knows without reading, else the runner's, from the request."""
    context: Context | None = None
    """Set by the runner: what the handler saw, from when it runs."""
    status: int | None = None
    """Set by the runner: the status that the handler chose."""
    replayed: bool = False
    """Set by the runner: the stored answer of an earlier call with this key was returned."""

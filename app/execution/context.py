"""What travels with one request: who calls, what is called, and what the handler may use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.auth.principal import Principal
from app.db.database import Executor
from app.limits.limiter import Permit
from generated.errors import Unauthenticated
from generated.operations import Operation


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
    """One request as a door hands it to the runner. `decode` runs after authorisation, so nobody learns of 422 before 401."""

    operation: Operation
    method: Method
    decode: Callable[[], Any]
    caller: Caller
    trace_id: str
    timeout_s: float | None = None
    idempotency_key: str | None = None
    permit: Permit | None = None
    """Set by the runner: what the limiter answered, for RateLimit headers."""
    status: int | None = None
    """Set by the runner: the status that the handler chose."""
    replayed: bool = False
    """Set by the runner: the stored answer of an earlier call with this key was returned."""

"""What travels with one request: who calls, what is called, and what the handler may use."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.admission.gate import Arrival
from app.auth.credential_refused import Reason
from app.auth.principal import Principal
from app.db.database import Executor
from app.execution.address import limit_key
from app.limits.limiter import Permit
from app.telemetry.traceparent import Traceparent
from generated.operations import Bucket, Operation


class Abandoned(Exception):
    """The caller went away before its request was whole: nobody waits for an answer."""


class Door(StrEnum):
    """The values are the contract's AuditDoor, and the label `door` of the metrics."""

    HTTP = "http"
    WEBSOCKET = "websocket"


@dataclass(slots=True)
class Caller:
    """One connection's identity; on a socket the principal may be refreshed, so it is read per request (D10)."""

    principal: Principal | None
    """None where nobody has proved who he is. Over HTTP a public operation reads no credential, so that there it is
    always None; on a socket it is the socket's, whatever the operation, and None once the token has expired."""
    ip: str
    """In one spelling, counted from the right of `X-Forwarded-For` (D24); empty for a peer on a Unix socket. For people
    and limits, never for a decision about rights."""
    user_agent: str
    """What the client says of itself, cut to 1,024 characters over HTTP and 512 on a socket; empty where it says
    nothing."""
    door: Door
    credential_refused: Reason | None = None
    """What was wrong with the credential, where there was one. The runner refuses it, after the address has paid for it."""

    absent: Reason = Reason.MISSING
    """Why there is no principal, where no credential was refused."""
    origin: str | None = None
    """The page that asked over HTTP, as its browser says it in `Origin`."""

    @property
    def key(self) -> str:
        """Who shares the node with others: the user, or the address where there is none, as limits count it."""
        return self.address if self.principal is None else self.principal.subject

    @property
    def address(self) -> str:
        """As limits count it: `ip`, or the /64 network of an IPv6 one."""
        return limit_key(self.ip)


@dataclass(slots=True)
class Context:
    """What a handler sees of its call. It ends with the method: who keeps it, or hands it to a task that goes on, has
    no transaction that anybody would commit."""

    caller: Caller
    trace_id: str
    """The request's id in log lines, problems, the audit row and `X-Correlation-ID`: over HTTP the caller's own, if it
    sent one; else the trace of its `traceparent`; else one of ours."""
    db: Executor
    """For a command one transaction at PostgreSQL's default isolation (READ COMMITTED), which begins with the first
    statement; the runner commits it after the method has returned a fitting result, and rolls it back after any
    exception. Its statements are awaited one after the other.

    For a query each statement runs by itself on some connection of the pool: two of them may see two states.
    """
    events: list[Any] = field(default_factory=list)
    """What was published so far. They are written when the method has returned; an exception drops them."""
    object_id: str | None = None
    """The object that the audit row names; the handler sets it where the contract cannot know it. More than 255
    characters are cut."""

    actor: Principal | None = None
    """Who the call has shown to be, where it came without a credential: the audit row names him, and nothing is granted by
    it."""

    status: int | None = None
    """Which of the declared success statuses HTTP answers with, where there are several; frames have one OK. One that
    is not declared is logged, and answered as the first declared one."""

    @property
    def principal(self) -> Principal | None:
        """Who calls; never None but in a public operation, since the runner has refused the others before."""
        return self.caller.principal

    def publish(self, event: Any) -> None:
        """Queue an event; it becomes a row of the transaction, and is heard if that commits and only then. Nothing is
        checked or sent now. After the method has returned, an event that the operation does not declare
        (`x-publishes`), or that is not of its type, makes the call `internal`, and nothing is committed. Events of one
        topic are heard in the order in which they were published."""
        self.events.append(event)


Method = Callable[[Context, Any], Any]
"""A handler's: it returns the typed result of the operation, or raises an ApiError that the operation declares; what is
neither is answered `internal`. Of a stream it is an asynchronous generator, whose `finally` runs however the stream ends. It may be
cancelled at each `await`: by the deadline, by the socket's cancel frame, by the end of the node and, a query, by the end of its
socket; a caller over HTTP who goes away cancels nothing but a stream. What it does outside of `context.db` has happened even where
the transaction is rolled back."""


@dataclass(slots=True)
class Call:
    """One request as a door hands it to the runner. `receive` and `decode` run after authorisation, in this order, so nobody
    learns of 422 before 401, and nothing is held for a caller who will be refused."""

    operation: Operation
    method: Method
    decode: Callable[[], Any]
    """Answers the typed request, or raises what `app.errors.decode` turns into a refusal."""
    caller: Caller
    trace_id: str
    timeout_s: float | None = None
    """What the caller asks for instead of the operation's own; None for that one. Never beyond 30 s (D14), of a stream never
    beyond the operation's own."""
    idempotency_key: str | None = None
    """Of use only where the contract says `x-idempotent: key` and the caller is known; elsewhere it is ignored. A
    socket's is its `req_id`."""
    receive: Callable[[], Awaitable[None]] | None = None
    """Reads the rest of the request, where the door has not read it yet; raises Abandoned or an `ApiError`."""
    peek: Callable[[], Mapping[str, object]] | None = None
    """The request's fields as they were sent, unjudged, for the row of a refusal; None where the door knows the object
    without. Raises what `decode` raises."""
    parent: Traceparent | None = None
    """The caller's span, as it says; for spans alone."""
    fault_of: Callable[[object], str | None] | None = None
    """What is wrong with a result; None for what the contract says of the operation's."""
    alternatives: Callable[[Any], Sequence[Any]] | None = None
    """Requests that stand for the one that was read where that is refused by its precondition (RFC 9110 §13.1.1)."""
    arrived_at: float = field(default_factory=time.monotonic)
    """On the monotonic clock; the deadline counts from here."""
    arrival: Arrival | None = None
    """Its place at the gate, where it has come through one; the runner says when it has come to its work."""
    permit: Permit | None = None
    """Set by the runner: what the limiter answered, for RateLimit headers."""
    bucket: Bucket | None = None
    """Set by the runner: whose answer that is. None is the operation's own."""
    object_id: str | None = None
    """The object that the request names: the door's where it knows without reading, else the runner's, from the request."""
    kept: dict[str, str] | None = None
    """Set by the runner: what the audit row keeps of the request."""
    context: Context | None = None
    """Set by the runner: what the handler saw, from when it runs."""
    status: int | None = None
    """Set by the runner: the status that the handler chose."""
    deliver: Callable[[Any], Awaitable[None]] | None = None
    """Takes one item of a stream, once its caller can take it; of other operations None."""
    replayed: bool = False
    """Set by the runner: the stored answer of an earlier call with this key was returned."""

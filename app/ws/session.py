"""The protocol of one socket without its I/O: a frame in; what to run, to answer or to close with out.

Promises: at most one request in flight per `req_id`; the 11th unreadable frame within 60 s closes; a frame of the wrong kind
is answered and closes. Does not run, authenticate or send, and knows no clock but the one handed in.
"""

from __future__ import annotations

import secrets
from asyncio import Task
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.errors import problem
from app.telemetry.traceparent import Traceparent
from app.ws.dialect import BoundPackage, Dialect
from app.ws.envelope import Authenticate, BadFrame, Cancel, Credit, Request, Subscribe, Unsubscribe, echo_pkg_id
from generated.errors import ApiError, CloseCode, Malformed, RequestInProgress, UnknownOperation

MAX_IN_FLIGHT = 32
"""Of one socket (D14)."""
MAX_BAD_FRAMES = 10
"""Answered within a window of BAD_FRAMES_WINDOW_S; the next one closes (D15)."""
BAD_FRAMES_WINDOW_S = 60.0
UNSUPPORTED_DATA = 1003


@dataclass(slots=True)
class Invoke:
    """A request to run. Nothing of its `data` is read yet, and nobody has asked for its roles."""

    package: BoundPackage
    pkg_id: int
    req_id: str
    data: bytes
    timeout_s: float | None
    parent: Traceparent | None


@dataclass(slots=True)
class Reply:
    """A frame to send; nothing is to be run."""

    frame: bytes


@dataclass(slots=True)
class Close:
    """The socket has broken the protocol."""

    code: int
    reason: str
    frame: bytes | None = None
    """Sent before the close."""


Action = Invoke | Reply | Close | Authenticate | Cancel | Credit | Subscribe | Unsubscribe


@dataclass(slots=True)
class Running:
    """A request in flight, with what stops it."""

    task: Task[None]
    is_query: bool


class Session:
    """`in_flight` is by `req_id`; whoever runs an Invoke enters it there and removes it."""

    __slots__ = ("_bad_frames", "_clock", "_count", "_trace_prefix", "dialect", "in_flight")

    def __init__(self, dialect: Dialect, clock: Callable[[], float]) -> None:
        self.dialect = dialect
        self.in_flight: dict[str, Running] = {}
        self._clock = clock
        self._bad_frames: list[float] | None = None
        self._trace_prefix = secrets.token_hex(12)
        self._count = 0

    @property
    def is_full(self) -> bool:
        """As many requests are in flight as may; nothing more is to be read."""
        return len(self.in_flight) >= MAX_IN_FLIGHT

    def cancel_queries(self) -> None:
        """Nobody would hear any more what they find. Commands go on: what may have changed something is not torn apart."""
        for request in self.in_flight.values():
            if request.is_query:
                request.task.cancel()

    def next_trace_id(self) -> str:
        """32 hex digits: the socket's and a count."""
        self._count += 1
        return f"{self._trace_prefix}{self._count & 0xFFFFFFFF:08x}"

    def feed(self, frame: str | bytes) -> Action:
        """What one frame wants. Never raises, and runs nothing; a `req_id` that is in flight is answered as a conflict,
        by text."""
        if not isinstance(frame, self.dialect.frame_type):
            return self._close_wrong_kind()
        try:
            action = self.dialect.reader.read(frame)
        except BadFrame as bad:
            return self._refuse_bad(bad)
        if not isinstance(action, Request):
            return action
        package = self.dialect.packages.get(action.pkg_id)
        if package is None:
            return self._refuse_bad(BadFrame(UnknownOperation(), echo_pkg_id(action.pkg_id), action.req_id))
        if action.req_id in self.in_flight:
            return Reply(self.refuse(RequestInProgress(), action.pkg_id, action.req_id))
        return Invoke(package, action.pkg_id, action.req_id, action.data, action.timeout_s, action.parent)

    def reply(self, invoke: Invoke, result: Any) -> bytes:
        """Encodes the result by its operation's codec; raises what that raises. Of a stream it is the last frame."""
        if invoke.package.operation.is_stream:
            return self.dialect.writer.end(invoke.pkg_id, invoke.req_id)
        data, meta = invoke.package.frame(result)
        return self.dialect.writer.reply(invoke.pkg_id, invoke.req_id, data, meta)

    def item(self, invoke: Invoke, offset: int, value: Any) -> bytes:
        """One item of a stream as a frame; raises what its codec raises."""
        data, _ = invoke.package.frame(value)
        return self.dialect.writer.item(invoke.pkg_id, invoke.req_id, offset, data)

    def refuse(
        self, error: ApiError, pkg_id: int | None = None, req_id: str | None = None, trace_id: str | None = None
    ) -> bytes:
        """A problem as a frame, under the ids that could be read. Without `trace_id` it gets the next of the socket."""
        body = problem(error, trace_id or self.next_trace_id())
        return self.dialect.writer.refusal(pkg_id, req_id, int(error.rsp), body)

    def _refuse_bad(self, bad: BadFrame) -> Action:
        now = self._clock()
        recent = [at for at in self._bad_frames or () if at > now - BAD_FRAMES_WINDOW_S]
        self._bad_frames = [*recent, now]
        if len(recent) >= MAX_BAD_FRAMES:
            return Close(CloseCode.PROTOCOL_ABUSE, "protocol_abuse")
        return Reply(self.refuse(bad.error, bad.pkg_id, bad.req_id))

    def _close_wrong_kind(self) -> Close:
        expected = "text" if self.dialect.frame_type is str else "binary"
        frame = self.refuse(Malformed(f"This subprotocol has {expected} frames."))
        return Close(UNSUPPORTED_DATA, f"{expected} frames only", frame)

"""What a door needs of an encoding: a body and a result for HTTP, frames for the socket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from .operation import EventType, Operation


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` 0 is success; then `data` is read by the operation, else it is a problem. Without `request_id` it answers
    a frame that the server could not read."""

    request_id: str | None
    pkg_id: int | None
    status: int
    data: Any
    meta: Any = None
    offset: int | None = None
    """Of an item of a stream, from 0; what has none is the last frame of its request."""


@dataclass(frozen=True, slots=True)
class Push:
    pkg_id: int
    data: Any
    topic: str | None
    offset: int | None
    epoch: str | None


@dataclass(frozen=True, slots=True)
class Authenticated:
    expires_in_s: float


@dataclass(frozen=True, slots=True)
class Expiring:
    expires_in_s: float


@dataclass(frozen=True, slots=True)
class Position:
    """How far a topic was read: to the event with this offset, of this epoch."""

    epoch: str
    offset: int


@dataclass(frozen=True, slots=True)
class Start:
    """After which event of a topic the events come that are followed from now on; None where the server does not know yet."""

    topic: str
    position: Position | None
    recovered: bool
    """What was missed since the position that was asked for comes first, all of it."""


@dataclass(frozen=True, slots=True)
class TopicsChanged:
    starts: tuple[Start, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    """Events of the topic up to this position will never come."""

    topic: str
    position: Position


@dataclass(frozen=True, slots=True)
class Presence:
    """Who follows a topic, or since the last such frame has come or gone; `count` is of all who do now."""

    topic: str
    change: Literal["present", "joined", "left"]
    users: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Draining:
    """The node is about to end."""

    reconnect_after_s: float


Frame = Reply | Push | Authenticated | Expiring | TopicsChanged | Missed | Presence | Draining | None
"""None is a control frame of a newer server."""


class BadFrame(Exception):
    """A frame that is none of the contract's."""


class Codec(Protocol):
    """`read` raises BadFrame; `result` and `event` raise BadFrame for bytes that are no message."""

    content_type: str
    stream_type: str
    """What a stream is asked for as over HTTP."""
    frame_type: type[str] | type[bytes]

    def body(self, operation: Operation[Any], values: Mapping[str, Any]) -> bytes: ...
    def answer(self, operation: Operation[Any], body: bytes) -> object: ...
    def request(
        self, operation: Operation[Any], values: Mapping[str, Any], request_id: str, meta: Mapping[str, Any]
    ) -> str | bytes: ...
    def authenticate(self, token: str) -> str | bytes: ...
    def cancel(self, request_id: str) -> str | bytes: ...
    def credit(self, request_id: str, items: int) -> str | bytes: ...
    def subscribe(
        self, topics: Sequence[str], after: Mapping[str, Position], presence: Sequence[str]
    ) -> str | bytes: ...
    def unsubscribe(self, topics: Sequence[str]) -> str | bytes: ...
    def read(self, frame: str | bytes) -> Frame: ...
    def frames(self, message: str | bytes) -> Sequence[str | bytes]:
        """Of a message of the subprotocol whose messages may hold several, in order; raises BadFrame."""

    def result(self, operation: Operation[Any], reply: Reply) -> object: ...
    def event(self, event: EventType[Any], push: Push) -> object: ...

"""How a client is set, and what it tells while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .addresses import Addresses
from .operation import Encoding

Transport = Literal["auto", "http", "ws"]
Door = Literal["http", "ws"]


@dataclass(frozen=True, slots=True)
class AttemptInfo:
    """One attempt of a call; `number` counts from 1."""

    operation: str
    request_id: str
    door: Door
    number: int


@dataclass(frozen=True, slots=True)
class Hooks:
    """Called where the work is done, so they should be quick; what they raise is the call's failure.

    Times are seconds. No hook is given a token, a request's or an answer's content.
    """

    on_request: Callable[[AttemptInfo], None] | None = None
    on_response: Callable[[AttemptInfo, float], None] | None = None
    """The attempt and what it took."""
    on_retry: Callable[[AttemptInfo, BaseException, float], None] | None = None
    """The attempt that failed, why, and the pause before the next one."""
    on_connect: Callable[[int], None] | None = None
    """The socket is open, for the n-th time."""
    on_disconnect: Callable[[int, float], None] | None = None
    """The socket's close code, and the pause before it is opened again; below zero if it is not."""
    on_resubscribe: Callable[[str, bool], None] | None = None
    """After a reconnect: a topic that is followed again, and whether every event that was missed comes now."""
    on_missed: Callable[[str], None] | None = None
    """A topic of which events were missed that will never come; the next event of each stream has `after_gap`."""


@dataclass(frozen=True, slots=True)
class Options:
    """`timeout_s` is a call's own time, all attempts included."""

    addresses: Addresses
    transport: Transport = "auto"
    encoding: Encoding = "json"
    timeout_s: float = 30.0
    max_retries: int = 6
    max_queued_events: int = 1000
    heartbeat_s: float = 20.0
    hooks: Hooks = Hooks()
    websocket_options: Mapping[str, Any] = field(default_factory=dict)
    """For `websockets.connect`, beside and before what the client says itself."""
    traceparent: Callable[[], str | None] | None = None
    """Asked once for each call: the span that it belongs to, as W3C Trace Context writes it."""

"""What all sockets of a node share, and the port of the pipeline that their requests go through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.admission.gate import Gate
from app.execution.context import Call
from app.limits.limiter import Limiter
from app.telemetry.metrics.sockets import Traffic
from app.ws.handshake import Verifier
from app.ws.refusals import OnPassage, OnRefusal
from app.ws.subscriptions import Feed


class Runner(Protocol):
    """`app.execution.runner`, as a socket needs it."""

    async def run(self, call: Call) -> Any:
        """Returns the typed result or raises ApiError."""


class UserSockets(Protocol):
    """`app.limits.user_sockets`, as a socket needs it."""

    async def enter(self, subject: str) -> bool:
        """Whether the user may have one more open. Who enters leaves once."""

    def leave(self, subject: str) -> None: ...
    def withdraw(self) -> None:
        """The node's sockets count no more."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all sockets of a node share. `clock` is the wall clock, in which tokens state their `exp`; it is asked once
    for each token."""

    runner: Runner
    verifier: Verifier
    limiter: Limiter
    feed: Feed
    on_refusal: OnRefusal
    on_passage: OnPassage
    gate: Gate
    user_sockets: UserSockets
    traffic: Mapping[str, Traffic]
    """By format."""
    clock: Callable[[], float]

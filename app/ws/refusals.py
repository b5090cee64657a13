"""What the socket's door tells of what is no operation: who was let in, renewed and gone, and who was refused what, and why.

The runner records operations. Here are only the ports; the service logs and audits behind them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from app.auth.principal import Principal
from generated.errors import ApiError


class Attempt(StrEnum):
    """What was done or refused, as the audit row names the action."""

    HANDSHAKE = "ws.handshake"
    CONNECT = "ws.connect"
    AUTHENTICATE = "ws.authenticate"
    REFRESH = "ws.refresh"
    SUBSCRIBE = "ws.subscribe"
    CLOSE = "ws.close"


class OnRefusal(Protocol):
    def __call__(
        self,
        action: str,
        code: str,
        reason: str,
        ip: str,
        user_agent: str,
        principal: Principal | None,
        trace_id: str,
    ) -> None:
        """Must neither wait nor raise, however often it is called. `reason` is for people who look after the service."""


class OnPassage(Protocol):
    def __call__(
        self,
        action: str,
        principal: Principal,
        ip: str,
        user_agent: str,
        trace_id: str,
        reason: str | None,
        lasted_s: float,
    ) -> None:
        """Must neither wait nor raise. `reason` is the code of a close, and `lasted_s` for how long the socket was open then."""


def reason_of(error: ApiError) -> str:
    """A credential's reason where there is one; never a part of what the caller sent."""
    reason: str | None = getattr(error, "reason", None)
    return reason or error.detail or error.code

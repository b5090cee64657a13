"""What the socket's door tells when it refuses something before an operation runs: who, what, and why.

The runner records what operations refuse. Here is only the port; the service logs and audits behind it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from app.auth.principal import Principal
from generated.errors import ApiError


class Attempt(StrEnum):
    """What was refused, as the audit row names the action."""

    HANDSHAKE = "ws.handshake"
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


def reason_of(error: ApiError) -> str:
    """A credential's reason where there is one; never a part of what the caller sent."""
    reason: str | None = getattr(error, "reason", None)
    return reason or error.detail or error.code

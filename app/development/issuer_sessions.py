"""The development issuer's sessions: whose they are, which refresh tokens were used, and which sessions have ended.

Promises: what could still be used is never forgotten; all of it is in memory, so that a restart forgets who was logged out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

MAX_REMEMBERED = 100_000
"""From so many on what has expired is forgotten."""
FOREVER = 2**53
"""The end of a session whose refresh token has none."""


class Refused(Exception):
    """An answer in Keycloak's words."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    user_id: str
    client_id: str
    expires_at: int


class Sessions:
    """Each fact is kept for as long as its tokens could live."""

    def __init__(self) -> None:
        self._spent: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._begun: dict[str, Session] = {}

    def begin(self, session: Session) -> None:
        """Again with each refresh, whose tokens live longer."""
        if len(self._begun) >= MAX_REMEMBERED:
            now = time.time()
            self._begun = {key: one for key, one in self._begun.items() if one.expires_at >= now}
        self._begun[session.id] = session

    def of_user(self, user_id: str) -> list[Session]:
        """Those that have not ended."""
        return [one for one in self._begun.values() if one.user_id == user_id and one.id not in self._ended]

    def find(self, session_id: str) -> Session | None:
        """None for one that has ended or never was."""
        return None if session_id in self._ended else self._begun.get(session_id)

    def spend(self, claims: dict[str, Any]) -> None:
        """Raises Refused for a token used before, and ends its session: one of the two users is a thief."""
        if claims["sid"] in self._ended:
            raise Refused("invalid_grant", "Session not active")
        if claims["jti"] in self._spent:
            self.end(claims["sid"], claims.get("exp", FOREVER))
            raise Refused("invalid_grant", "Maximum allowed refresh token reuse exceeded")
        _remember(self._spent, claims["jti"], claims.get("exp", FOREVER))

    def end(self, session_id: str, until: int) -> None:
        """Its access tokens are taken until they expire, by services that verify alone and hear of nothing."""
        _remember(self._ended, session_id, until)

    def has_ended(self, session_id: str) -> bool:
        return session_id in self._ended


def _remember(kept: dict[str, int], name: str, expires_at: int) -> None:
    if len(kept) >= MAX_REMEMBERED:
        now = time.time()
        for old in [key for key, until in kept.items() if until < now]:
            del kept[old]
    kept[name] = max(expires_at, kept.get(name, 0))

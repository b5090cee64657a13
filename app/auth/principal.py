"""Who calls: the identity and the roles that one verified token proves, until it expires."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """A subject is `iss` + `sub` (ACCEPTANCE D5); `username` is for people to read, never for a decision."""

    iss: str
    sub: str
    username: str
    sid: str | None
    roles: frozenset[str]
    expires_at: float
    """Seconds since the epoch, from `exp`."""

    @property
    def subject(self) -> str:
        return f"{self.iss}:{self.sub}"

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
    """The issuer's session; None where the token names none."""
    roles: frozenset[str]
    """Of our own client alone, as the token had them when it was issued."""
    expires_at: float
    """Seconds since the epoch, from `exp`."""
    issued_at: float = 0.0
    """From `iat`: what ends all sessions of a subject ends the tokens of before."""

    @property
    def identity(self) -> tuple[str, str, str | None]:
        """What a refresh may not change (ACCEPTANCE D9)."""
        return self.iss, self.sub, self.sid

    @property
    def subject(self) -> str:
        """Who it is, on every node and by every token: the key of limits, stored answers and owned rows. It changes
        with the issuer's address."""
        return f"{self.iss}:{self.sub}"

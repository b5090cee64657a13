"""Proves a logout token: the issuer says that a session of ours has ended (OpenID Connect Back-Channel Logout 1.0 §2.6).

Promises: one exception type for every refusal. That a token is told once (`jti`) is for who stores it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.signed_tokens import SignedTokens, require
from app.auth.verifier import LEEWAY_S, audiences_of, name_of, seconds_of

KINDS = frozenset({"logout+jwt", "application/logout+jwt", "jwt"})
"""Of the header's `typ`; issuers of before the last draft wrote `JWT`, and `events` tells them from other tokens."""
EVENT = "http://schemas.openid.net/event/backchannel-logout"
YOUNG_S = 120
"""Since `iat`, where there is no `exp`, as in earlier drafts."""


@dataclass(frozen=True, slots=True)
class LogoutToken:
    """At least one of `sid` and `sub` is there."""

    sid: str | None
    sub: str | None
    jti: str


class LogoutTokens:
    """`issuer` is asked for each token, since a realm may announce another one; `client_id` is who we are to it. `clock` is the
    wall clock."""

    def __init__(
        self,
        tokens: SignedTokens,
        *,
        issuer: Callable[[], str],
        client_id: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tokens = tokens
        self._issuer = issuer
        self._client_id = client_id
        self._clock = clock

    async def verify(self, token: str) -> LogoutToken:
        """Raises CredentialRefused, and Unavailable when no keys are at hand."""
        claims = (await self._tokens.read(token, KINDS)).claims
        require(claims.get("iss") == self._issuer(), Reason.ISSUER)
        require(self._client_id in audiences_of(claims.get("aud")), Reason.AUDIENCE)
        self._check_times(claims)
        events = claims.get("events")
        is_logout = isinstance(events, dict) and isinstance(events.get(EVENT), dict)
        require(is_logout and "nonce" not in claims, Reason.TYPE)
        sid, sub = (name_of(claims, name) if claims.get(name) is not None else None for name in ("sid", "sub"))
        if sid is None and sub is None:
            raise CredentialRefused(Reason.CLAIMS)
        return LogoutToken(sid, sub, name_of(claims, "jti"))

    def _check_times(self, claims: dict[str, Any]) -> None:
        now, issued_at = self._clock(), seconds_of(claims, "iat")
        expires_at = seconds_of(claims, "exp") if "exp" in claims else issued_at + YOUNG_S
        require(now < expires_at + LEEWAY_S, Reason.EXPIRED)
        require(issued_at <= now + LEEWAY_S, Reason.ISSUED_LATER)

"""Proves a bearer token locally and makes a principal of it: every rule of ACCEPTANCE D5, in one place.

Promises: one exception type for every refusal, at most 4,096 verified tokens remembered for at most 60 s, and none of a session
that is known to have ended.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.ended_sessions import nobody_s
from app.auth.principal import Principal
from app.auth.signed_tokens import KeySource, SignedTokens, require

HEADER_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""Of the header's `typ`, whatever its case; none is `JWT`."""
ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
LEEWAY_S = 10
"""For clocks that differ, of `exp`, `nbf` and `iat`."""
MAX_NAME_CHARS = 255
LAST_SECOND = 253_402_300_799
"""The last second of the year 9999: what no clock or database can hold is no time."""
MAX_CACHED = 4096
"""Verified tokens; the one that was used least lately is forgotten first."""
CACHED_S = 60.0
"""How long a verification is believed, never beyond `exp` nor a change of keys (D6)."""


@dataclass(frozen=True, slots=True)
class _Verified:
    principal: Principal
    generation: int
    until: float
    """On the monotonic clock, so that a wall clock set back lengthens nothing."""


class TokenVerifier:
    """`clock` is the wall clock, which alone judges `exp`, `nbf` and `iat`, with 10 s of leeway; `monotonic` ages the
    cache. `has_ended` is asked for every token, so it must be cheap. `issuer` and `audience` are compared as text; roles are those of `client_id`.
    One per worker, one event loop."""

    def __init__(
        self,
        keys: KeySource,
        *,
        issuer: str,
        audience: str,
        azp: frozenset[str],
        client_id: str,
        has_ended: Callable[[Principal], bool] = nobody_s,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._tokens = SignedTokens(keys)
        self._has_ended = has_ended
        self._issuer = issuer
        self._audience = audience
        self._azp = azp
        self._client_id = client_id
        self._clock = clock
        self._monotonic = monotonic
        self._cache: OrderedDict[bytes, _Verified] = OrderedDict()

    def expect(self, issuer: str) -> None:
        """Another issuer from now on; what was proven before is proven anew."""
        self._issuer = issuer
        self._cache.clear()

    def cached(self, token: str) -> Principal | None:
        """Whom a token verified lately proves; never past `exp`, nor after the issuer's keys have changed."""
        digest = _digest(token)
        entry = self._cache.get(digest)
        if entry is None:
            return None
        if self._is_over(entry):
            del self._cache[digest]
            return None
        self._cache.move_to_end(digest)
        return entry.principal

    async def verify(self, token: str) -> Principal:
        """Raises CredentialRefused for any token that does not pass, Unavailable when no keys are at hand. The first
        time a token costs one signature, in the loop's thread, and perhaps a fetch of keys; then, for at most 60 s, a
        hash."""
        if (known := self.cached(token)) is not None:
            return known
        signed = await self._tokens.read(token, HEADER_TYPES)
        principal = self._judge(signed.claims, signed.kind)
        if self._has_ended(principal):
            raise CredentialRefused(Reason.ENDED)
        self._remember(token, principal)
        return principal

    def _is_over(self, entry: _Verified) -> bool:
        return (
            entry.generation != self._keys.generation
            or self._monotonic() >= entry.until
            or self._clock() >= entry.principal.expires_at
            or self._has_ended(entry.principal)
        )

    def _remember(self, token: str, principal: Principal) -> None:
        left_s = min(CACHED_S, principal.expires_at - self._clock())
        if left_s <= 0:
            return
        until = self._monotonic() + left_s
        self._cache[_digest(token)] = _Verified(principal, self._keys.generation, until)
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)

    def _judge(self, claims: dict[str, Any], header_type: str) -> Principal:
        """The signature is the issuer's; is the token meant for us, and now?"""
        require(claims.get("iss") == self._issuer, Reason.ISSUER)
        require(_is_access_token(claims.get("typ"), header_type), Reason.TYPE)
        require(self._audience in audiences_of(claims.get("aud")), Reason.AUDIENCE)
        party = claims.get("azp")
        require(isinstance(party, str) and party in self._azp, Reason.PARTY)
        expires_at = _judge_times(claims, self._clock())
        subject = name_of(claims, "sub")
        return Principal(
            iss=self._issuer,
            sub=subject,
            username=name_of(claims, "preferred_username", subject),
            sid=name_of(claims, "sid") if claims.get("sid") is not None else None,
            roles=self._roles(claims),
            expires_at=float(expires_at),
            issued_at=float(claims["iat"]),
        )

    def _roles(self, claims: dict[str, Any]) -> frozenset[str]:
        """Only our own client's roles: neither another client's nor the realm's mean anything here."""
        access = claims.get("resource_access", {})
        ours = access.get(self._client_id, {}) if isinstance(access, dict) else None
        roles = ours.get("roles", []) if isinstance(ours, dict) else None
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            raise CredentialRefused(Reason.CLAIMS)
        return frozenset(roles)


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def _is_access_token(kind: Any, header_type: str) -> bool:
    """Keycloak writes `typ: Bearer`; by RFC 9068 the header says it. That the two contradict is refused."""
    return kind == "Bearer" or (kind is None and header_type in ACCESS_TOKEN_TYPES)


def audiences_of(audience: Any) -> tuple[str, ...]:
    """Text, or a list of texts (RFC 7519 §4.1.3); what is neither names nobody."""
    entries = audience if isinstance(audience, list) else [audience]
    return tuple(entries) if all(isinstance(entry, str) for entry in entries) else ()


def _judge_times(claims: dict[str, Any], now: float) -> int:
    """`exp`, with all three times judged; Keycloak's tokens have no `nbf`, so that one may be absent."""
    expires_at, issued_at = seconds_of(claims, "exp"), seconds_of(claims, "iat")
    starts_at = seconds_of(claims, "nbf") if "nbf" in claims else issued_at
    require(now < expires_at + LEEWAY_S, Reason.EXPIRED)
    require(starts_at <= now + LEEWAY_S, Reason.NOT_YET if "nbf" in claims else Reason.ISSUED_LATER)
    require(issued_at <= now + LEEWAY_S, Reason.ISSUED_LATER)
    return expires_at


def seconds_of(claims: dict[str, Any], name: str) -> int:
    """A moment; raises CredentialRefused for what is none."""
    value = claims.get(name)
    if type(value) is not int or not 0 <= value <= LAST_SECOND:
        raise CredentialRefused(Reason.TIMES)
    return value


def name_of(claims: dict[str, Any], claim: str, default: str = "") -> str:
    """1 to 255 characters; raises CredentialRefused for what is none."""
    value = claims.get(claim, default)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME_CHARS:
        raise CredentialRefused(Reason.CLAIMS)
    return value

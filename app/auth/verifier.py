"""Proves a bearer token locally and makes a principal of it: every rule of ACCEPTANCE D5, in one place.

Promises: one exception type for every refusal, no cryptography before the header has passed, one meaning of every header and
claim, at most 4,096 verified tokens remembered for at most 60 s. Does not ask whether a session was revoked.
"""

from __future__ import annotations

import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.principal import Principal
from app.auth.strict_json import read_object

ALGORITHMS = ("RS256", "ES256", "PS256")
"""Asymmetric ones alone (RFC 8725 §3.1): a key that verifies cannot sign."""
HEADER_MEMBERS = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
"""What issuers write into tokens like ours; the rest either names keys to trust (RFC 8725, 3.10) or changes how the token is to be
read: `crit`, `b64`, `zip`, `cty`. The two thumbprints only say which key it is, which `kid` has said."""
HEADER_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""Of the header's `typ`, whatever its case; none is `JWT`."""
ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
LEEWAY_S = 10
"""For clocks that differ, of `exp`, `nbf` and `iat`."""
MAX_TOKEN_BYTES = 8 * 1024
"""More is refused before anything of it is read (D5)."""
MAX_KEY_ID_CHARS = 128
MAX_NAME_CHARS = 255
LAST_SECOND = 253_402_300_799
"""The last second of the year 9999: what no clock or database can hold is no time."""
MAX_CACHED = 4096
"""Verified tokens; the one that was used least lately is forgotten first."""
CACHED_S = 60.0
"""How long a verification is believed, never beyond `exp` nor a change of keys (D6)."""


class KeySource(Protocol):
    """As `app.auth.jwks`."""

    generation: int
    """Grows whenever a key was added, changed or taken away: what was proven by the earlier ones is proven anew."""

    async def find(self, key_id: str) -> RSAKey | ECKey | None:
        """None for an id that the issuer does not have; raises Unavailable where that cannot be known."""


@dataclass(frozen=True, slots=True)
class _Verified:
    principal: Principal
    generation: int
    until: float
    """On the monotonic clock, so that a wall clock set back lengthens nothing."""


class TokenVerifier:
    """`clock` is the wall clock, which alone judges `exp`, `nbf` and `iat`, with 10 s of leeway; `monotonic` ages the
    cache. `issuer` and `audience` are compared as text; roles are those of `client_id`. One per worker, one event loop."""

    def __init__(
        self,
        keys: KeySource,
        *,
        issuer: str,
        audience: str,
        azp: frozenset[str],
        client_id: str,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._azp = azp
        self._client_id = client_id
        self._clock = clock
        self._monotonic = monotonic
        self._registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
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
        signed = self._read(token)
        header = _read_header(token)
        key_id = _check_header(header)
        key = await self._keys.find(key_id)
        if key is None:
            raise CredentialRefused(Reason.UNKNOWN_KEY)
        self._check_signature(signed, key)
        principal = self._judge(_read_claims(signed.payload), str(header.get("typ", "")).casefold())
        self._remember(token, principal)
        return principal

    def _is_over(self, entry: _Verified) -> bool:
        return (
            entry.generation != self._keys.generation
            or self._monotonic() >= entry.until
            or self._clock() >= entry.principal.expires_at
        )

    def _remember(self, token: str, principal: Principal) -> None:
        left_s = min(CACHED_S, principal.expires_at - self._clock())
        if left_s <= 0:
            return
        until = self._monotonic() + left_s
        self._cache[_digest(token)] = _Verified(principal, self._keys.generation, until)
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)

    def _read(self, token: str) -> jws.CompactSignature:
        if not token.isascii():
            raise CredentialRefused(Reason.MALFORMED)
        if len(token) > MAX_TOKEN_BYTES:
            raise CredentialRefused(Reason.TOO_LONG)
        try:
            return jws.extract_compact(token.encode(), registry=self._registry)
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise CredentialRefused(Reason.MALFORMED) from error

    def _check_signature(self, signed: jws.CompactSignature, key: RSAKey | ECKey) -> None:
        try:
            good = jws.validate_compact(signed, key, registry=self._registry)
        except (JoseError, ValueError, TypeError) as error:
            raise CredentialRefused(Reason.SIGNATURE) from error
        if not good:
            raise CredentialRefused(Reason.SIGNATURE)

    def _judge(self, claims: dict[str, Any], header_type: str) -> Principal:
        """The signature is the issuer's; is the token meant for us, and now?"""
        _require(claims.get("iss") == self._issuer, Reason.ISSUER)
        _require(_is_access_token(claims.get("typ"), header_type), Reason.TYPE)
        _require(self._audience in _audiences(claims.get("aud")), Reason.AUDIENCE)
        party = claims.get("azp")
        _require(isinstance(party, str) and party in self._azp, Reason.PARTY)
        expires_at = _judge_times(claims, self._clock())
        subject = _name(claims, "sub")
        return Principal(
            iss=self._issuer,
            sub=subject,
            username=_name(claims, "preferred_username", subject),
            sid=_name(claims, "sid") if claims.get("sid") is not None else None,
            roles=self._roles(claims),
            expires_at=float(expires_at),
        )

    def _roles(self, claims: dict[str, Any]) -> frozenset[str]:
        """Only our own client's roles: neither another client's nor the realm's mean anything here."""
        access = claims.get("resource_access", {})
        ours = access.get(self._client_id, {}) if isinstance(access, dict) else None
        roles = ours.get("roles", []) if isinstance(ours, dict) else None
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            raise CredentialRefused(Reason.CLAIMS)
        return frozenset(roles)


def _require(holds: bool, reason: Reason) -> None:
    if not holds:
        raise CredentialRefused(reason)


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def _read_header(token: str) -> dict[str, Any]:
    """The same text that the signature covers, with a single meaning."""
    encoded = token.partition(".")[0]
    try:
        return read_object(b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True))
    except ValueError as error:
        raise CredentialRefused(Reason.MALFORMED) from error


def _check_header(header: dict[str, Any]) -> str:
    """The key id, from a header that names an allowed algorithm and asks for nothing unusual."""
    _require(header.get("alg") in ALGORITHMS, Reason.ALGORITHM)
    _require(header.keys() <= HEADER_MEMBERS, Reason.HEADER)
    kind = header.get("typ", "JWT")
    _require(isinstance(kind, str) and kind.casefold() in HEADER_TYPES, Reason.TYPE)
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= MAX_KEY_ID_CHARS:
        raise CredentialRefused(Reason.KEY_ID)
    return key_id


def _read_claims(payload: bytes) -> dict[str, Any]:
    try:
        return read_object(payload)
    except ValueError as error:
        raise CredentialRefused(Reason.CLAIMS) from error


def _is_access_token(kind: Any, header_type: str) -> bool:
    """Keycloak writes `typ: Bearer`; by RFC 9068 the header says it. That the two contradict is refused."""
    return kind == "Bearer" or (kind is None and header_type in ACCESS_TOKEN_TYPES)


def _audiences(audience: Any) -> tuple[str, ...]:
    entries = audience if isinstance(audience, list) else [audience]
    return tuple(entries) if all(isinstance(entry, str) for entry in entries) else ()


def _judge_times(claims: dict[str, Any], now: float) -> int:
    """`exp`, with all three times judged; Keycloak's tokens have no `nbf`, so that one may be absent."""
    expires_at, issued_at = _seconds(claims, "exp"), _seconds(claims, "iat")
    starts_at = _seconds(claims, "nbf") if "nbf" in claims else issued_at
    _require(now < expires_at + LEEWAY_S, Reason.EXPIRED)
    _require(starts_at <= now + LEEWAY_S, Reason.NOT_YET if "nbf" in claims else Reason.ISSUED_LATER)
    _require(issued_at <= now + LEEWAY_S, Reason.ISSUED_LATER)
    return expires_at


def _seconds(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 <= value <= LAST_SECOND:
        raise CredentialRefused(Reason.TIMES)
    return value


def _name(claims: dict[str, Any], claim: str, default: str = "") -> str:
    value = claims.get(claim, default)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME_CHARS:
        raise CredentialRefused(Reason.CLAIMS)
    return value

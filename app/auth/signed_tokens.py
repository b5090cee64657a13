"""Reads what the issuer has signed: the checks of a JWS that are the same whatever it says (ACCEPTANCE D5, RFC 8725).

Promises: one exception type for every refusal, no cryptography before the header has passed, one meaning of every header and claim.
Judges no claim: an access token and a logout token have other rules.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import Any, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.strict_json import read_object

ALGORITHMS = ("RS256", "ES256", "PS256")
"""Asymmetric ones alone (RFC 8725 §3.1): a key that verifies cannot sign."""
HEADER_MEMBERS = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
"""What issuers write into tokens like ours; the rest either names keys to trust (RFC 8725, 3.10) or changes how the token is to be
read: `crit`, `b64`, `zip`, `cty`. The two thumbprints only say which key it is, which `kid` has said."""
MAX_TOKEN_BYTES = 8 * 1024
"""More is refused before anything of it is read (D5)."""
MAX_KEY_ID_CHARS = 128


class KeySource(Protocol):
    """As `app.auth.jwks`."""

    generation: int
    """Grows whenever a key was added, changed or taken away: what was proven by the earlier ones is proven anew."""

    async def find(self, key_id: str) -> RSAKey | ECKey | None:
        """None for an id that the issuer does not have; raises Unavailable where that cannot be known."""


@dataclass(frozen=True, slots=True)
class Signed:
    """`kind` is the header's `typ`, in lower case; empty where there is none."""

    kind: str
    claims: dict[str, Any]


class SignedTokens:
    """One per worker, one event loop."""

    def __init__(self, keys: KeySource) -> None:
        self._keys = keys
        self._registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)

    async def read(self, token: str, kinds: frozenset[str]) -> Signed:
        """What a token says that the issuer has signed, and whose header's `typ` is one of `kinds`; none is `JWT`. Raises
        CredentialRefused, and Unavailable when no keys are at hand."""
        signed = self._parse(token)
        header = _read_header(token)
        key = await self._keys.find(_check_header(header, kinds))
        if key is None:
            raise CredentialRefused(Reason.UNKNOWN_KEY)
        self._check_signature(signed, key)
        return Signed(str(header.get("typ", "")).casefold(), _read_claims(signed.payload))

    def _parse(self, token: str) -> jws.CompactSignature:
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


def require(holds: bool, reason: Reason) -> None:
    """Raises CredentialRefused where it does not hold."""
    if not holds:
        raise CredentialRefused(reason)


def _read_header(token: str) -> dict[str, Any]:
    """The same text that the signature covers, with a single meaning."""
    encoded = token.partition(".")[0]
    try:
        return read_object(b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True))
    except ValueError as error:
        raise CredentialRefused(Reason.MALFORMED) from error


def _check_header(header: dict[str, Any], kinds: frozenset[str]) -> str:
    """The key id, from a header that names an allowed algorithm and asks for nothing unusual."""
    require(header.get("alg") in ALGORITHMS, Reason.ALGORITHM)
    require(header.keys() <= HEADER_MEMBERS, Reason.HEADER)
    kind = header.get("typ", "JWT")
    require(isinstance(kind, str) and kind.casefold() in kinds, Reason.TYPE)
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= MAX_KEY_ID_CHARS:
        raise CredentialRefused(Reason.KEY_ID)
    return key_id


def _read_claims(payload: bytes) -> dict[str, Any]:
    try:
        return read_object(payload)
    except ValueError as error:
        raise CredentialRefused(Reason.CLAIMS) from error

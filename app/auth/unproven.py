"""What a token says that nobody here has proven: only for tokens that the issuer has just given or accepted.

Promises: what cannot be read says nothing, and raises nothing. Decides about nobody's rights.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from app.auth.principal import Principal
from app.auth.strict_json import read_object


@dataclass(frozen=True, slots=True)
class TokenSession:
    """Whose token it is; None for what it does not say."""

    sid: str | None
    sub: str | None
    issued_at: int


def session_of(token: str) -> TokenSession:
    """One that is no JWT, as other issuers have them, says nothing."""
    claims = _claims(token)
    issued_at = claims.get("iat")
    return TokenSession(_text(claims, "sid"), _text(claims, "sub"), issued_at if type(issued_at) is int else 0)


def actor_of(access_token: str) -> Principal | None:
    """Who has logged in, for the audit row: without roles, since nothing is granted by it."""
    claims = _claims(access_token)
    issuer, subject = _text(claims, "iss"), _text(claims, "sub")
    if issuer is None or subject is None:
        return None
    name = _text(claims, "preferred_username") or subject
    return Principal(issuer, subject, name, _text(claims, "sid"), frozenset(), 0.0)


def _claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        return read_object(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value else None

"""Finds the one credential that an HTTP request or a socket's handshake carries (ACCEPTANCE D8).

Promises: two credentials, an unknown scheme or none behind it are refused like bad tokens; `repr` shows none.
Does not judge the credential, nor whether a handshake may go without one and authenticate in its first frame.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl

from app.auth.credential_refused import CredentialRefused, Reason
from generated.errors import Malformed

Headers = Iterable[tuple[bytes, bytes]]

TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
"""The b64token of RFC 6750 §2.1."""
SUBPROTOCOL_PREFIX = "bearer."
MAX_ENCODED_CHARS = 11_000
"""8 KiB of token in base64; what is longer is no token."""
MAX_QUERY_FIELDS = 32


class CredentialKind(StrEnum):
    """Where it was found; a handshake has one of these (D8), an HTTP request the header alone."""

    HEADER = "header"
    """`Authorization: Bearer` (RFC 6750 §2.1); what programs use."""
    SUBPROTOCOL = "subprotocol"
    """`bearer.<base64url of the token>` among the offers, never echoed; what pages can do."""
    TICKET = "ticket"
    """`?ticket=`, for one socket of one page."""
    QUERY = "query"
    """`?Authorization=Bearer …`, where the settings accept it."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A ticket's value is for `Tickets.redeem`, every other kind's is a token for the verifier."""

    kind: CredentialKind
    value: str = field(repr=False)


def extract_token(headers: Headers) -> str:
    """The bearer token of an HTTP request; raises CredentialRefused without exactly one."""
    token = _header_token(headers)
    if token is None:
        raise CredentialRefused(Reason.MISSING)
    return token


def extract_handshake(headers: Headers, query: bytes, *, accepts_query_token: bool) -> Credential | None:
    """The credential of a socket's handshake, None where there is none.

    Raises CredentialRefused for more than one and for a token in the query where none is accepted, Malformed
    for a `bearer.` subprotocol that is not base64url.
    """
    kept = list(headers)
    found = [Credential(CredentialKind.SUBPROTOCOL, token) for token in _subprotocol_tokens(kept)]
    found += _query_credentials(query, accepts_query_token)
    if (token := _header_token(kept)) is not None:
        found.append(Credential(CredentialKind.HEADER, token))
    if len(found) > 1:
        raise CredentialRefused(Reason.AMBIGUOUS)
    return found[0] if found else None


def parse_bearer(text: str) -> str:
    """The token of `Bearer <token>`, as a header, the query or a first frame writes it, in any case of the scheme (RFC
    9110 §11.1). Raises CredentialRefused; that the token is one of ours is not asked."""
    scheme, _, token = text.strip(" \t").partition(" ")
    if scheme.casefold() != "bearer":
        raise CredentialRefused(Reason.SCHEME if scheme else Reason.EMPTY)
    token = token.strip(" ")
    if not token:
        raise CredentialRefused(Reason.EMPTY)
    if TOKEN.fullmatch(token) is None:
        raise CredentialRefused(Reason.MALFORMED)
    return token


def _values(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def _header_token(headers: Headers) -> str | None:
    values = _values(headers, b"authorization")
    if len(values) > 1:
        raise CredentialRefused(Reason.AMBIGUOUS)
    return parse_bearer(values[0]) if values else None


def _subprotocol_tokens(headers: Headers) -> list[str]:
    values = _values(headers, b"sec-websocket-protocol")
    offers = [offer.strip() for value in values for offer in value.split(",")]
    return [_decode(offer.removeprefix(SUBPROTOCOL_PREFIX)) for offer in offers if offer.startswith(SUBPROTOCOL_PREFIX)]


def _decode(encoded: str) -> str:
    text = encoded.rstrip("=")
    try:
        if not 0 < len(text) <= MAX_ENCODED_CHARS:
            raise ValueError
        token = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except ValueError as error:
        raise Malformed("The bearer subprotocol is not a token in base64url.") from error
    if TOKEN.fullmatch(token) is None:
        raise CredentialRefused(Reason.MALFORMED)
    return token


def _query_credentials(query: bytes, accepts_query_token: bool) -> list[Credential]:
    """`?ticket=` always; `?Authorization=` only where accepted; `?access_token=` never (RFC 9700)."""
    try:
        fields = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS)
    except ValueError as error:
        raise Malformed("The query cannot be read.") from error
    found = []
    for name, value in fields:
        match name.casefold():
            case "ticket":
                found.append(Credential(CredentialKind.TICKET, value))
            case "authorization" if accepts_query_token:
                found.append(Credential(CredentialKind.QUERY, parse_bearer(value)))
            case "authorization" | "access_token":
                raise CredentialRefused(Reason.QUERY_TOKEN)
    return found

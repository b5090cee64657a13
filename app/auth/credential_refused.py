"""Why a credential was refused: one exception for every failure, with a reason code (ACCEPTANCE D5).

The reason is for the log and the audit row (`auth.denied`); the caller only hears that a token is needed.
"""

from __future__ import annotations

from enum import StrEnum

from generated.errors import Unauthenticated


class Reason(StrEnum):
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    SCHEME = "scheme"
    EMPTY = "empty"
    QUERY_TOKEN = "query_token"
    TOO_LONG = "too_long"
    MALFORMED = "malformed"
    HEADER = "header"
    ALGORITHM = "algorithm"
    KEY_ID = "key_id"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    TYPE = "type"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    PARTY = "party"
    TIMES = "times"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    ISSUED_LATER = "issued_later"
    TICKET = "ticket"
    OTHER_SESSION = "other_session"


class CredentialRefused(Unauthenticated):
    """The one exception for a credential that proves nothing; it carries no part of the token."""

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason

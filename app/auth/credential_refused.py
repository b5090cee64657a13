"""Why a credential was refused: one exception for every failure, with a reason code (ACCEPTANCE D5).

The reason is for the log and the audit row (`auth.denied`); the caller only hears that a token is needed.
"""

from __future__ import annotations

from enum import StrEnum

from generated.errors import CredentialsInvalid, Unauthenticated


class Reason(StrEnum):
    """For the log and the audit row, at both doors; names stay, since people search by them."""

    MISSING = "missing"
    """There is none, and the operation or the handshake needs one."""
    AMBIGUOUS = "ambiguous"
    """There are two or more, even equal ones."""
    SCHEME = "scheme"
    """Another scheme than Bearer (RFC 6750 §2.1)."""
    EMPTY = "empty"
    """Nothing behind the scheme, or nothing at all."""
    QUERY_TOKEN = "query_token"
    """A token in the query of a handshake, where none is accepted (RFC 9700 §4.3.2)."""
    TOO_LONG = "too_long"
    """More than 8 KiB."""
    MALFORMED = "malformed"
    """No token by its characters, or no JWS in three parts."""
    HEADER = "header"
    """A header member that is not on the list, such as `crit`, `jku` or `jwk`."""
    ALGORITHM = "algorithm"
    """None of RS256, ES256 and PS256; `none` too."""
    KEY_ID = "key_id"
    """No `kid`, or one of more than 128 characters."""
    UNKNOWN_KEY = "unknown_key"
    """The issuer's keys are at hand, and this one is not among them."""
    SIGNATURE = "signature"
    CLAIMS = "claims"
    """No JSON with one meaning, or a claim that is not of its type."""
    TYPE = "type"
    """No access token: an ID or refresh token, for example."""
    ISSUER = "issuer"
    AUDIENCE = "audience"
    PARTY = "party"
    """`azp` is none of the clients whose tokens are taken."""
    TIMES = "times"
    """`exp` or `iat` is missing, or one of them or `nbf` is no whole number of seconds up to the year 9999."""
    EXPIRED = "expired"
    """Over for 10 s or more."""
    NOT_YET = "not_yet"
    """`nbf` is more than 10 s ahead."""
    ISSUED_LATER = "issued_later"
    """`iat` is more than 10 s ahead."""
    ENDED = "ended"
    """Its session has ended, or all of the subject's have (D7)."""
    TICKET = "ticket"
    """Unknown, used, older than 30 s, or another page's."""
    REPLAYED = "replayed"
    """A logout token that was told before."""
    OTHER_SESSION = "other_session"
    """A refresh of a socket by another user, or of another session (D9)."""


class CredentialRefused(Unauthenticated):
    """The one exception for a credential that proves nothing; it carries no part of the token. Where `Unauthenticated`
    is caught, it is, too."""

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason


class IssuerReason(StrEnum):
    """Why the issuer gave no tokens, as far as it says; for the audit row alone."""

    PASSWORD = "password"
    """The name or the password is wrong, and the issuer does not say which."""
    DISABLED = "disabled"
    NOT_SET_UP = "not_set_up"
    """The user has to do something at the issuer first."""
    SESSION_OVER = "session_over"
    REUSED = "reused"
    """A refresh token that was good once: somebody else may have it."""
    UNREADABLE = "unreadable"
    """What no issuer can read as a name, a password or a token."""
    OTHER = "other"


class IssuerRefused(CredentialsInvalid):
    """The credentials were refused; the caller hears nothing of why."""

    def __init__(self, reason: IssuerReason) -> None:
        super().__init__()
        self.reason = reason

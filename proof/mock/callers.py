"""Who calls the mock: names with roles, and the tokens and tickets that it gives them.

Whoever logs in is let in, with any password. Its own tokens are sealed, so that a changed one is refused; a token of another issuer is
taken as it stands, which no service that guards anything may do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proof.callers import Roles, claims_of, roles_of

ISSUER = "proof-mock"
ACCESS_S, REFRESH_S, TICKET_S = 3600, 86_400, 30
MAX_TICKETS = 1000
BEARER = re.compile(r"bearer +([A-Za-z0-9\-._~+/]+=*) *", re.IGNORECASE)
"""RFC 6750 §2.1; letter case of the scheme does not count (RFC 9110 §11.1)."""


@dataclass(frozen=True, slots=True)
class User:
    name: str
    roles: Roles


class Callers:
    """`every` are the contract's roles. Without `named` there are `admin`, who has all of them, and `nobody`, who has none, and any
    other name may log in with all; with `named`, only these. `takes_any` takes every text for a token of somebody with all roles."""

    def __init__(
        self, every: Roles, named: Mapping[str, Roles] | None = None, *, takes_any: bool = False, seed: int = 0
    ) -> None:
        self._every = every
        self._is_open = not named
        self._users = dict(named or {"admin": every, "nobody": frozenset()})
        self._takes_any = takes_any
        self._key = hashlib.sha256(f"{ISSUER} {seed}".encode()).digest()
        self._tickets: OrderedDict[str, tuple[User, float]] = OrderedDict()

    def named(self, name: str) -> User | None:
        """Who logs in by that name."""
        if name in self._users:
            return User(name, self._users[name])
        return User(name, self._every) if self._is_open else None

    def proving(self, credential: str) -> User | None:
        """Of `Bearer <token>`, as a header or a first frame has it."""
        found = BEARER.fullmatch(credential)
        return self.bearer(found[1]) if found else None

    def bearer(self, text: str) -> User | None:
        """Of a token of ours or of another issuer, or of the bare name of a user."""
        if text in self._users:
            return self.named(text)
        claims = claims_of(text)
        if claims.get("iss") == ISSUER:
            return self._proven(text, claims, "access")
        if claims:
            return User(str(claims.get("preferred_username", claims.get("sub", "")))[:255], roles_of(text))
        return User(text[:255], self._every) if self._takes_any else None

    def refreshed(self, text: str) -> User | None:
        """Of a refresh token that we gave."""
        return self._proven(text, claims_of(text), "refresh")

    def tokens(self, user: User) -> dict[str, Any]:
        """What a login answers, by the names of its members."""
        return {
            "access_token": self._sealed(user, "access", ACCESS_S),
            "refresh_token": self._sealed(user, "refresh", REFRESH_S),
            "token_type": "Bearer",
            "expires_in": ACCESS_S,
            "refresh_expires_in": REFRESH_S,
        }

    def ticket(self, user: User) -> str:
        """Opens one socket within TICKET_S."""
        if len(self._tickets) >= MAX_TICKETS:
            self._tickets.popitem(last=False)
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = user, time.monotonic() + TICKET_S
        return ticket

    def redeem(self, ticket: str) -> User | None:
        user, until = self._tickets.pop(ticket, (None, 0.0))
        return user if time.monotonic() < until else None

    def _sealed(self, user: User, kind: str, lasts_s: int) -> str:
        """A JWT (RFC 7519) with roles where Keycloak has them."""
        claims = {
            "iss": ISSUER,
            "azp": ISSUER,
            "sub": user.name,
            "preferred_username": user.name,
            "typ": kind,
            "jti": secrets.token_hex(8),
            "exp": int(time.time()) + lasts_s,
            "resource_access": {ISSUER: {"roles": sorted(user.roles)}},
        }
        head = ".".join(_part(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, claims))
        return f"{head}.{self._signature(head)}"

    def _signature(self, head: str) -> str:
        return _part(hmac.digest(self._key, head.encode(), "sha256"))

    def _proven(self, text: str, claims: dict[str, Any], kind: str) -> User | None:
        head, _, signature = text.rpartition(".")
        if claims.get("typ") != kind or not text.isascii() or not hmac.compare_digest(self._signature(head), signature):
            return None
        name = str(claims["sub"])
        return User(name, roles_of(text)) if claims["exp"] > time.time() else None


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

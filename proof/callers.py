"""Who calls: a name, a token that is alive, and the roles that it has."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from proof.documents import DocumentError

TIMEOUT_S = 10.0
ANONYMOUS = "anonymous"
USERS = ("admin", "editor", "nobody")
"""Of the development issuer, whose passwords are their names."""
Roles = frozenset[str]


@dataclass(slots=True)
class Caller:
    """`fetch` answers a new token and for how many seconds it lives; None is nobody at all."""

    name: str
    fetch: Callable[[], tuple[str, float]] | None = None
    _token: str = ""
    _until: float = 0.0

    def token(self) -> str | None:
        """One with at least half of its life before it."""
        if self.fetch is None:
            return None
        if time.monotonic() >= self._until:
            self._token, lasts_s = self.fetch()
            self._until = time.monotonic() + lasts_s / 2
        return self._token

    @property
    def roles(self) -> Roles:
        """As the token says: of the client that it was issued to, as Keycloak has it, and `roles` where it has them at its top."""
        token = self.token()
        return roles_of(token) if token else frozenset()


def claims_of(token: str) -> dict[str, Any]:
    """Of a JWT in its compact form (RFC 7519 §3), not verified: whoever asks has it from the issuer, or only wants to know what it says.
    Empty for what is none."""
    parts = token.split(".")
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))) if len(parts) == 3 else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def roles_of(token: str) -> Roles:
    """Empty where the token says none."""
    claims = claims_of(token)
    try:
        client = claims.get("azp", "")
        return frozenset(
            map(str, claims.get("resource_access", {}).get(client, {}).get("roles", claims.get("roles", [])))
        )
    except (AttributeError, TypeError):
        return frozenset()


def user(text: str) -> tuple[str, str | None]:
    """`anonymous`, who has no password, `NAME`, whose password is the name as users of development have it, or `NAME:PASSWORD`."""
    name, _, password = text.partition(":")
    return name, None if text == ANONYMOUS else password or name


def bearer(text: str) -> tuple[str, str]:
    """`NAME=VARIABLE`: the token is in that variable of the environment. DocumentError where it is not."""
    name, _, variable = text.partition("=")
    if variable not in os.environ:
        raise DocumentError(f"--token {text}: the environment has no {variable or 'variable: write NAME=VARIABLE'}")
    return name, os.environ[variable]


def named(base_url: str, users: Sequence[str], tokens: Sequence[str]) -> dict[str, Caller]:
    """Users and tokens as `user` and `bearer` read them; without any, the users of development."""
    login = Login(base_url.rstrip("/"))
    out: dict[str, Caller] = {}
    for name, password in map(user, users or (() if tokens else USERS)):
        out[name] = Caller(name) if password is None else login.caller(name, password)
    return out | {name: with_token(name, token) for name, token in map(bearer, tokens)}


def with_token(name: str, token: str) -> Caller:
    return Caller(name, lambda: (token, float("inf")))


@dataclass(frozen=True, slots=True)
class Login:
    """How a service gives tokens: as the platform's own feature does, by a POST of `username` and `password` to `/auth/login`."""

    base_url: str

    def caller(self, name: str, password: str) -> Caller:
        """Logs in when a token is first asked for; DocumentError where that fails."""
        return Caller(name, lambda: self._tokens(name, password))

    def _tokens(self, name: str, password: str) -> tuple[str, float]:
        url = f"{self.base_url}/auth/login"
        try:
            with httpx2.Client(trust_env=False, timeout=TIMEOUT_S) as client:
                answer = client.post(url, json={"username": name, "password": password})
        except httpx2.HTTPError as error:
            raise DocumentError(f"{url}: {error or type(error).__name__}; does the service run?") from None
        if answer.status_code != 200:
            raise DocumentError(f"{url}: {name} cannot log in: status {answer.status_code}: {answer.text[:200]}")
        try:
            told = answer.json()
            return str(told["access_token"]), float(told["expires_in"])
        except (ValueError, KeyError, TypeError) as error:
            raise DocumentError(f"{url}: expected access_token and expires_in: {error!r}") from None

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


def roles_of(token: str) -> Roles:
    """Not verified: whoever asks has the token from the issuer. Empty for a token that cannot be read."""
    try:
        part = token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        client = claims.get("azp", "")
        found = claims.get("resource_access", {}).get(client, {}).get("roles", claims.get("roles", []))
        return frozenset(map(str, found))
    except (ValueError, IndexError, AttributeError):
        return frozenset()


def named(base_url: str, users: Sequence[str], tokens: Sequence[str]) -> dict[str, Caller]:
    """Users as `NAME` (the password too), `NAME:PASSWORD` or `anonymous`; tokens as `NAME=VARIABLE` of the environment.

    Without any, the users of development. DocumentError for a token that the environment has not.
    """
    login = Login(base_url.rstrip("/"))
    out: dict[str, Caller] = {}
    for one in users or (() if tokens else USERS):
        name, _, password = one.partition(":")
        out[name] = Caller(name) if one == ANONYMOUS else login.caller(name, password or name)
    for one in tokens:
        name, _, variable = one.partition("=")
        if variable not in os.environ:
            raise DocumentError(f"--token {one}: the environment has no {variable or 'variable: write NAME=VARIABLE'}")
        out[name] = with_token(name, os.environ[variable])
    return out


def with_token(name: str, token: str) -> Caller:
    return Caller(name, lambda: (token, float("inf")))


@dataclass(frozen=True, slots=True)
class Login:
    """How a service gives tokens: the operation that its OpenAPI marks with `x-session: login`, else `/auth/login`."""

    base_url: str
    path: str = "/auth/login"

    def caller(self, name: str, password: str) -> Caller:
        """Logs in when a token is first asked for; DocumentError where that fails."""
        return Caller(name, lambda: self._tokens(name, password))

    def _tokens(self, name: str, password: str) -> tuple[str, float]:
        url = f"{self.base_url}{self.path}"
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

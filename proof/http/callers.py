"""Who asks: nobody known, a user who logs in by the service's own operation, or the bearer of a token.

Secrets reach schemathesis through its environment, never through a command line or a file.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

import httpx2

from proof.documents import DocumentError, Json, at
from proof.http.openapi import bearer_scheme, operation

ANONYMOUS = "anonymous"
USERNAME, PASSWORD, TOKEN = "PROOF_USERNAME", "PROOF_PASSWORD", "PROOF_TOKEN"
LOGIN = "PROOF_LOGIN"
"""The variable that says how to log in: operation, field of the name, field of the password."""

LOGIN_S = 30.0


@dataclass(frozen=True)
class Login:
    """How a user gets a token: a POST of two texts, and where the token stands in the answer (JSON pointer)."""

    operation: str
    username: str
    password: str
    token: str


@dataclass(frozen=True)
class Caller:
    """With a password, a token, or neither."""

    name: str
    password: str | None = None
    token: str | None = None

    def environment(self) -> dict[str, str]:
        if self.token is not None:
            return {TOKEN: self.token}
        return {} if self.password is None else {USERNAME: self.name, PASSWORD: self.password}

    def configuration(self, document: Json, login: Login) -> list[str]:
        """The lines of schemathesis.toml that authenticate. A token that has ended is fetched again."""
        if self.token is not None:
            return [f"[auth.openapi.{_quoted(bearer_scheme(document))}]", f'bearer = "${{{TOKEN}}}"']
        if self.password is None:
            return []
        return [
            f"[auth.dynamic.openapi.{_quoted(bearer_scheme(document))}]",
            f"path = {_quoted(operation(document, login.operation).path)}",
            f"extract_selector = {_quoted(login.token)}",
            f'payload = {{{_quoted(login.username)} = "${{{USERNAME}}}", {_quoted(login.password)} = "${{{PASSWORD}}}"}}',
        ]

    def bearer(self, url: str, document: Json, login: Login) -> str | None:
        """A token for what schemathesis does not send; None for nobody. DocumentError where it is refused."""
        if self.password is None:
            return self.token
        place = url + operation(document, login.operation).path
        with httpx2.Client(timeout=LOGIN_S, trust_env=False) as client:
            answer = client.post(place, json={login.username: self.name, login.password: self.password})
        if not answer.is_success:
            raise DocumentError(f"{place}: {self.name} cannot log in: {answer.status_code} {answer.text[:200]}")
        return str(at(answer.json(), f"#{login.token}"))


def named(text: str) -> Caller:
    """`anonymous`, `USER` whose password is its name, as users in development have it, or `USER:PASSWORD`."""
    name, _, password = text.partition(":")
    return Caller(name) if text == ANONYMOUS else Caller(name, password=password or name)


def bearing(text: str) -> Caller:
    """`NAME=VARIABLE`: the token is in that variable of the environment. Raises DocumentError where it is not."""
    name, _, variable = text.partition("=")
    if variable not in os.environ:
        raise DocumentError(f"--token {text}: the environment has no {variable or 'variable: write NAME=VARIABLE'}")
    return Caller(name, token=os.environ[variable])


def _quoted(text: str) -> str:
    """A JSON string is a string of TOML too."""
    return json.dumps(text)

"""Says a recorded request and handshake to today's service: new ids for old ones, new credentials for aliases, and the rest as it was."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from proof.callers import Caller as Person
from proof.traffic.bodies import Bodies, Taken, media_type
from proof.traffic.contract import Contract, Operation
from proof.traffic.identity import BEARER, IN_QUERY
from proof.traffic.lines import HIDDEN, Answer, Body, Credential, Exchange, Frame, Opened
from proof.traffic.matching import SEALED, Kinds, Matches, Translation, secret_of
from proof.traffic.recorder import SELF
from proof.traffic.schema import Schema

ANSWER_S, OPEN_S = 40.0, 15.0
MAX_BYTES = 64 * 1024 * 1024
REFUSED = "refused"
"""A token that no service takes."""
REFUSED_UNREAD = (413, 415)
"""Statuses of a body that nobody looked into."""
MAX_STAND_IN = 8 * 1024 * 1024
TAGGED = ("if-match", "if-none-match", "if-range")


class LeftOut(Exception):
    """Why something of the recording cannot be played."""


@dataclass(slots=True)
class Asking:
    """`people` are the callers of today by alias, `passwords` those of users by name."""

    url: str
    contract: Contract
    kinds: Kinds
    matches: Matches
    people: Mapping[str, Person]
    passwords: Mapping[str, str]

    def translation(self) -> Translation:
        return Translation(self.kinds, self.matches)

    def token(self, credential: Credential) -> str:
        if not credential.usable or not credential.caller:
            return REFUSED
        return self.people[credential.caller].token() or REFUSED

    def request(self, line: Exchange, translation: Translation) -> httpx2.Request:
        """Raises LeftOut and Inexpressible."""
        operation = self.contract.operations.get(line.operation)
        if operation and line.operation in self.contract.sessions and line.answer and line.answer.status < 400:
            self._know_secrets(line)
        target = self._path(line, operation, translation) + self._query(
            line.query, line.credential, operation, translation
        )
        body = replace(line.body, value=self._value(line.body, operation, translation))
        content = Bodies(self.contract).written(operation, body)
        if content is None and line.answer and line.answer.status in REFUSED_UNREAD and line.body.size <= MAX_STAND_IN:
            content = b"a" * line.body.size
        if content is None:
            raise LeftOut("its body was not kept")
        headers = self._headers(line.headers, line.credential)
        has_body = line.body.form != "none" or line.method in ("POST", "PUT", "PATCH")
        return httpx2.Request(
            line.method,
            self.url,
            headers=headers,
            content=content if has_body else None,
            extensions={"target": target.encode(), "timeout": httpx2.Timeout(ANSWER_S).as_dict()},
        )

    def _value(self, body: Body, operation: Operation | None, translation: Translation) -> Any:
        if body.form not in ("json", "protobuf"):
            return body.value
        schema = operation.body if operation else Schema({})
        return translation.value(body.value, schema, schema)

    def _know_secrets(self, line: Exchange) -> None:
        """Of what hands out sessions: a password by its user. Raises LeftOut where a secret is needed that nobody told."""
        value = line.body.value if isinstance(line.body.value, dict) else {}
        password = self.passwords.get(str(value.get("username")))
        for one in value.values():
            secret = secret_of(one)
            if secret and not self.matches.is_known(secret):
                if password is None:
                    raise LeftOut("it needs a secret that was made before the recording, or that nobody gives (--as)")
                self.matches.learn_secret(secret, password)

    def _path(self, line: Exchange, operation: Operation | None, translation: Translation) -> str:
        path = line.path
        for name, text in line.parameters.items():
            schema = operation.parameters.get(("path", name), Schema({})) if operation else Schema({})
            path = path.replace(f"{{{name}}}", quote(str(translation.value(text, schema, schema, name)), safe=""))
        return path

    def _query(
        self,
        query: list[tuple[str, Any]],
        credential: Credential,
        operation: Operation | None,
        translation: Translation,
    ) -> str:
        out: list[tuple[str, str]] = []
        owner = Schema({}, names=self.contract.records(operation.name)) if operation else Schema({})
        for name, then in query:
            schema = operation.parameters.get(("query", name), Schema({})) if operation else Schema({})
            if name.lower() in IN_QUERY and credential.by == "query":
                out.append((name, f"Bearer {self.token(credential)}"))
            else:
                out.append((name, str(translation.value(then, schema, owner, name))))
        return f"?{urlencode(out, errors='surrogateescape')}" if out else ""

    def _headers(self, headers: list[tuple[str, str]], credential: Credential) -> list[tuple[str, str]]:
        out = [(name, self._header(name, value)) for name, value in headers if value != HIDDEN]
        if credential.by == "header":
            out.append(("authorization", f"Bearer {self.token(credential)}"))
        return out

    def _header(self, name: str, value: str) -> str:
        if name == "idempotency-key":
            return self.matches.fresh(value)
        if name in TAGGED:
            return str(self.matches.now(SEALED, value))
        return self.url if name == "origin" and value == SELF else value

    async def open(self, line: Opened) -> ClientConnection:
        """Raises InvalidStatus, InvalidHandshake, OSError and TimeoutError."""
        offers = list(line.encodings)
        if line.credential.by == "subprotocol":
            coded = base64.urlsafe_b64encode(self.token(line.credential).encode()).decode().rstrip("=")
            offers.append(f"{BEARER}{coded}")
        headers = self._headers([one for one in line.headers if one[0] != "origin"], line.credential)
        origin = next((self._header("origin", value) for name, value in line.headers if name == "origin"), None)
        target = line.path + self._query(line.query, line.credential, None, self.translation())
        return await connect(
            f"ws{self.url.removeprefix('http')}{target}",
            subprotocols=[Subprotocol(one) for one in offers] or None,
            additional_headers=headers,
            origin=Origin(origin) if origin else None,
            user_agent_header="stele-proof",
            compression=None,
            ping_interval=None,
            open_timeout=OPEN_S,
            max_size=MAX_BYTES,
            proxy=None,
        )

    def frame(self, line: Frame, name: str, correlation: str, translation: Translation) -> Any:
        """Of a frame that could be read, as JSON."""
        then = line.body.value
        if line.credential.by == "frame":
            return {**then, "token": f"Bearer {self.token(line.credential)}"}
        schema = self.contract.frame(then, is_sent=True) or Schema({})
        return translation.frame(then, schema, self.contract.records(name), correlation)

    def answered(self, operation: Operation | None, response: httpx2.Response) -> Answer:
        headers = [(name.lower(), value) for name, value in response.headers.items()]
        data = response.content
        body = Bodies(self.contract).answered(
            operation, response.status_code, media_type(headers), Taken(len(data), data, len(data))
        )
        return Answer(response.status_code, headers, body)

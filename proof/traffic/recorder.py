"""Makes lines of what a proxy saw: finds the operation, hides the secrets, names the caller, and writes.

Nothing is kept but the aliases. A header, a parameter or a part of a path that neither the contract nor HTTP's standards name keeps its
name at most.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

from proof.traffic.bodies import Bodies, Taken, media_type, shape
from proof.traffic.contract import Contract, Operation
from proof.traffic.file import TrafficFile
from proof.traffic.frames import Frames
from proof.traffic.identity import BEARER, IN_QUERY, Callers
from proof.traffic.lines import HIDDEN, Answer, Begin, Body, Closed, Credential, Exchange, Frame, Opened
from proof.traffic.matching import UUID
from proof.traffic.schema import Schema
from proof.traffic.secrets import Secrets, is_secret_name

SELF = "self"
"""The origin of the service itself, wherever it runs."""
Headers = list[tuple[str, str]]
ASKED = frozenset(
    [
        "accept",
        "accept-language",
        "content-type",
        "content-encoding",
        "idempotency-key",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "origin",
        "prefer",
        "range",
        "request-timeout-ms",
        "x-correlation-id",
        "x-stele-client",
        "access-control-request-headers",
        "access-control-request-method",
    ]
)
"""Headers that bear no credential."""
ANSWERED = frozenset(
    [
        "accept",
        "accept-encoding",
        "accept-ranges",
        "allow",
        "content-disposition",
        "content-range",
        "content-type",
        "etag",
        "idempotent-replayed",
        "last-modified",
        "location",
        "retry-after",
        "vary",
        "www-authenticate",
        "x-correlation-id",
    ]
)
PASSED_OVER = frozenset(
    [
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "keep-alive",
        "te",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "accept-encoding",
        "sec-websocket-key",
        "sec-websocket-version",
        "sec-websocket-extensions",
        "sec-websocket-protocol",
    ]
)
"""Of the connection, or said elsewhere in the line."""
NAME = re.compile(r"[A-Za-z_.\[\]-]{1,32}")
SERVED = frozenset({"openapi.json", "asyncapi.json", "client.json", "console", "docs", "metrics"})
"""Beside the contract's own paths."""
ENVELOPE = frozenset({"pkg_id", "status_code", "topic", "offset", "epoch"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came. `path` and `query` are the raw text of its target."""

    method: str
    path: str
    query: str
    headers: Headers
    encodings: tuple[str, ...] = ()
    """Subprotocols, of a handshake."""


class Recorder:
    """`service` is the service's own origin."""

    def __init__(self, contract: Contract, file: TrafficFile, secrets: Secrets, service: str) -> None:
        self.contract = contract
        self.secrets = secrets
        self.callers = Callers(secrets, file.write)
        self.file = file
        self._bodies = Bodies(contract, secrets)
        self._service = service
        self._began = time.monotonic()
        self._sockets = 0
        paths = (contract.openapi or {}).get("paths", {})
        self._segments = SERVED | {part for path in paths for part in path.split("/") if "{" not in part}
        info = (contract.openapi or (contract.socket.document if contract.socket else {})).get("info", {})
        now = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(Begin(f"{info.get('title', '')} {info.get('version', '')}".strip(), now))

    def now(self) -> float:
        """Seconds from the beginning."""
        return round(time.monotonic() - self._began, 6)

    def exchange(self, at_s: float, asked: Asked, sent: Taken, status: int, headers: Headers, came: Taken) -> None:
        found = self.contract.find(asked.method, asked.path)
        operation, parameters = found if found else (None, {})
        credential = self._credential(asked)
        if status == 401:
            credential = replace(credential, usable=False)
        body = self._bodies.asked(operation, media_type(asked.headers), sent, was_read=status != 400)
        line = Exchange(
            at_s,
            round(self.now() - at_s, 6),
            asked.method,
            operation.path if operation else self._path(asked.path),
            operation.name if operation else "",
            {name: self._text("path", name, unquote(text), operation) for name, text in parameters.items()},
            self._query(asked.query, operation),
            self._asked_headers(asked.headers, operation),
            credential if credential.by else Credential(),
            body,
            self._answer(operation, status, headers, came) if status else None,
        )
        self.file.write(line)

    def opened(
        self, at_s: float, asked: Asked, encoding: str, refused: tuple[int, Headers, bytes] | None = None
    ) -> SocketRecord:
        """A handshake that succeeded, or was `refused`."""
        self._sockets += 1
        name = f"socket-{self._sockets}"
        credential = self._credential(asked)
        answer = None
        if refused is not None:
            status, headers, data = refused
            answer = self._answer(None, status, headers, Taken(len(data), data, len(data)))
            credential = (
                replace(credential, usable=credential.usable and status != 401) if credential.by else credential
            )
        path = (
            asked.path
            if self.contract.socket and asked.path == self.contract.socket.address
            else self._path(asked.path)
        )
        known = self.contract.socket.encodings if self.contract.socket else {}
        encodings = [one if one in known else HIDDEN for one in asked.encodings if not one.startswith(BEARER)]
        self.file.write(
            Opened(
                at_s,
                round(self.now() - at_s, 6),
                name,
                path,
                self._query(asked.query, None, kept=("format", "auth")),
                self._asked_headers(asked.headers, None),
                encodings,
                credential,
                encoding,
                answer,
            )
        )
        return SocketRecord(self, name, Frames(self.contract, encoding))

    def _credential(self, asked: Asked) -> Credential:
        """The first that a service would look at; the others are searched for all the same."""
        found: list[Credential] = []
        for name, value in asked.headers:
            if name.lower() == "authorization":
                found.append(self.callers.by_authorization(value))
            elif is_secret_name(name):
                self.secrets.search_for(value)
        found += [self.callers.by_subprotocol(one) for one in asked.encodings if one.startswith(BEARER)]
        for name, value in parse_qsl(asked.query, keep_blank_values=True):
            if name == "ticket":
                self.secrets.name(value)
                found.append(Credential("ticket"))
            elif name.lower() in IN_QUERY:
                found.append(self.callers.by_authorization(value, "query"))
        return found[0] if found else Credential()

    def _text(self, place: str, name: str, text: str, operation: Operation | None) -> Any:
        """Of a path or a query, where everything is text."""
        schema = operation.parameters.get((place, name)) if operation else None
        if schema is None:
            return self.secrets.name(text, is_sure=is_secret_name(name))
        return self.secrets.hidden(text, schema, name)

    def _query(self, query: str, operation: Operation | None, kept: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
        out: list[tuple[str, Any]] = []
        for name, text in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
            is_known = name in kept or (operation is not None and ("query", name) in operation.parameters)
            told = name if is_known or NAME.fullmatch(name) else HIDDEN
            value = text if name in kept and NAME.fullmatch(text) else self._text("query", name, text, operation)
            out.append((told, value))
        return out

    def _path(self, path: str) -> str:
        parts = unquote(path).split("/")
        return "/".join(one if not one or one in self._segments else HIDDEN for one in parts)

    def _asked_headers(self, headers: Headers, operation: Operation | None) -> Headers:
        declared = {name for place, name in operation.parameters if place == "header"} if operation else set()
        out: Headers = []
        for name, value in headers:
            low = name.lower()
            if low in PASSED_OVER:
                continue
            schema = operation.parameters.get(("header", low), Schema({})) if operation else Schema({})
            is_kept = low in ASKED or (low in declared and not is_secret_name(low) and not schema.says("x-sensitive"))
            out.append((low, self._origin(low, value) if is_kept else HIDDEN))
        return out

    def _origin(self, name: str, value: str) -> str:
        return SELF if name == "origin" and value == self._service else value

    def _answer(self, operation: Operation | None, status: int, headers: Headers, came: Taken) -> Answer:
        declared = self.contract.response(operation, status) if operation else None
        names = ANSWERED | {name.lower() for name in (declared or {}).get("headers", {}) if not is_secret_name(name)}
        told = [(name.lower(), self._told(name.lower(), value)) for name, value in headers if name.lower() in names]
        return Answer(status, told, self._bodies.answered(operation, status, media_type(headers), came))

    def _told(self, name: str, value: str) -> str:
        """A place that is none of the contract's may be a link that lets in whoever has it."""
        return value if name != "location" or self.contract.find("GET", value) else HIDDEN


class SocketRecord:
    """One open socket. Frames are written as they pass, before the other side has them."""

    def __init__(self, recorder: Recorder, name: str, frames: Frames) -> None:
        self._recorder = recorder
        self._name = name
        self._frames = frames
        self._is_over = False

    def sent(self, raw: str | bytes, max_bytes: int) -> None:
        frame = self._frames.sent(raw) if len(raw) <= max_bytes else None
        credential = Credential()
        if frame is not None and isinstance(frame.get("token"), str) and "type" in frame:
            credential = self._recorder.callers.by_authorization(frame["token"], "frame")
            frame = {name: one for name, one in frame.items() if name != "token"}
        self._write(raw, frame, max_bytes, credential, is_sent=True)

    def came(self, raw: str | bytes, max_bytes: int) -> None:
        frame = self._frames.came(raw) if len(raw) <= max_bytes else None
        self._write(raw, frame, max_bytes, Credential(), is_sent=False)

    def _write(self, raw: str | bytes, frame: Any, max_bytes: int, credential: Credential, *, is_sent: bool) -> None:
        if len(raw) > max_bytes:
            body = Body("left-out", size=len(raw))
        elif frame is None:
            body = shape(raw)
        else:
            body = Body("json" if isinstance(raw, str) else "protobuf", self._hidden(frame, is_sent=is_sent))
        self._recorder.file.write(Frame(self._recorder.now(), self._name, is_sent, body, credential))

    def _hidden(self, frame: Any, *, is_sent: bool) -> Any:
        """A frame of no operation keeps its numbers and the id by which it is answered."""
        secrets, schema = self._recorder.secrets, self._recorder.contract.frame(frame, is_sent=is_sent)
        if schema is not None:
            return secrets.hidden(frame, schema)
        told = {name: one for name, one in frame.items() if name in ENVELOPE and not isinstance(one, str | dict | list)}
        if isinstance(frame.get("req_id"), str) and UUID.fullmatch(frame["req_id"]):
            told["req_id"] = frame["req_id"]
        rest = {name: one for name, one in frame.items() if name not in told}
        return {**told, **secrets.hidden(rest, Schema({}), whole=True)}

    def closed(self, by: Literal["client", "service"], code: int) -> None:
        """Once: who was first."""
        if not self._is_over:
            self._is_over = True
            self._recorder.file.write(Closed(self._recorder.now(), self._name, by, code))

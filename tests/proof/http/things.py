"""A small service that is not ours, with its OpenAPI document and, if wanted, one bug: what the engine is tried on."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

USER, PASSWORD, TOKEN = "keeper", "a good secret", "the-token"
NAME = re.compile(r"[a-z]{1,12}")
JSON, PROBLEM = "application/json", "application/problem+json"


class Bug(StrEnum):
    NONE = "none"
    CRASH = "a long name is 500"
    LAX = "a name may have any length"
    STRICT = "a name with an x is refused"
    UNDECLARED = "a name that is known is answered 418"
    OPEN = "nobody is asked for a token"
    SHAPE = "what is answered has no id"
    BARREN = "no thing is ever found"


def _answers(schema: dict[str, Any] | None = None, *, success: str = "200", **others: str) -> dict[str, Any]:
    problem = {PROBLEM: {"schema": {"type": "object", "required": ["code"]}}}
    refused = {status[1:]: {"description": text, "content": problem} for status, text in others.items()}
    return {success: {"description": "Done.", "content": {JSON: {"schema": schema or {}}}}} | refused


def _takes(**properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": [*properties], "properties": properties, "additionalProperties": False}
    return {"required": True, "content": {JSON: {"schema": schema}}}


TEXT = {"type": "string", "minLength": 1}
NAMED = {"type": "string", "pattern": "^[a-z]+$", "maxLength": 12}
THING = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}
REFUSED = {"_400": "No JSON.", "_401": "No token.", "_415": "No JSON.", "_422": "Invalid."}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/session": {
            "post": {
                "operationId": "log_in",
                "requestBody": _takes(user=TEXT, word=TEXT),
                "responses": _answers({"type": "object", "required": ["token"]}, **REFUSED),
            }
        },
        "/things": {
            "post": {
                "operationId": "create_thing",
                "security": [{"token": []}],
                "x-errors": ["thing_exists"],
                "requestBody": _takes(name=NAMED),
                "responses": _answers(THING, success="201", **REFUSED)
                | {"412": {"description": "It exists.", "content": {PROBLEM: {"schema": {}}}}},
            }
        },
        "/things/{name}": {
            "get": {
                "operationId": "get_thing",
                "security": [{"token": []}],
                "parameters": [
                    {
                        "name": "name",
                        "in": "path",
                        "required": True,
                        "schema": NAMED,
                    }
                ],
                "responses": _answers(THING, _401="No token.", _404="None such.", _422="Invalid."),
            }
        },
    },
}
DOCUMENT["paths"]["/things"]["post"]["responses"]["201"]["links"] = {
    "get_thing": {"operationId": "get_thing", "parameters": {"name": "$response.body#/name"}}
}


class Refused(Exception):
    def __init__(self, status: int, code: str, **headers: str) -> None:
        self.status, self.code, self.headers = status, code, headers


class Things(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    bug: ClassVar[Bug]
    known: ClassVar[dict[str, int]]

    def handle_one_request(self) -> None:
        """Every method is answered, known or not, and the body is always read."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            self._say(*self._answer(body), JSON)
        except Refused as refused:
            self._say(refused.status, {"code": refused.code}, PROBLEM, **refused.headers)

    def log_message(self, format: str, *arguments: Any) -> None: ...

    def _answer(self, body: bytes) -> tuple[int, Any]:
        path = self.path.partition("?")[0]
        if path == "/openapi.json":
            return 200, DOCUMENT
        if path == "/session":
            return self._log_in(self._read("POST", body))
        if path == "/things":
            self._authenticate()
            return self._create(self._read("POST", body))
        if path.startswith("/things/"):
            return self._get(path.removeprefix("/things/"))
        raise Refused(404, "unknown")

    def _allow(self, method: str) -> None:
        if self.command != method:
            raise Refused(405, "method", Allow=method)

    def _read(self, method: str, body: bytes) -> dict[str, Any]:
        self._allow(method)
        if self.headers.get("content-type", "").partition(";")[0] != JSON:
            raise Refused(415, "media_type")
        try:
            read = json.loads(body)
        except ValueError:
            raise Refused(400, "malformed") from None
        if not isinstance(read, dict) or not all(isinstance(one, str) and one for one in read.values()):
            raise Refused(422, "invalid_data")
        return read

    def _authenticate(self) -> None:
        if self.bug != Bug.OPEN and self.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refused(401, "unauthenticated", **{"WWW-Authenticate": "Bearer"})

    def _log_in(self, body: dict[str, Any]) -> tuple[int, Any]:
        if body.keys() != {"user", "word"}:
            raise Refused(422, "invalid_data")
        if body != {"user": USER, "word": PASSWORD}:
            raise Refused(401, "credentials", **{"WWW-Authenticate": "Bearer"})
        return 200, {"token": TOKEN}

    def _create(self, body: dict[str, Any]) -> tuple[int, Any]:
        name = body.get("name", "")
        if body.keys() != {"name"} or not NAME.fullmatch(name if self.bug != Bug.LAX else name[:12]):
            raise Refused(422, "invalid_data")
        if self.bug == Bug.STRICT and "x" in name:
            raise Refused(422, "invalid_data")
        if self.bug == Bug.CRASH and len(name) > 6:
            raise Refused(500, "internal")
        if name in self.known:
            raise Refused(418 if self.bug == Bug.UNDECLARED else 412, "thing_exists")
        self.known[name] = len(self.known) + 1
        return 201, self._thing(name)

    def _get(self, name: str) -> tuple[int, Any]:
        self._allow("GET")
        self._authenticate()
        if not NAME.fullmatch(name):
            raise Refused(422, "invalid_data")
        if name not in self.known or self.bug == Bug.BARREN:
            raise Refused(404, "none")
        return 200, self._thing(name)

    def _thing(self, name: str) -> dict[str, Any]:
        return {"name": name} | ({} if self.bug == Bug.SHAPE else {"id": self.known[name]})

    def _say(self, status: int, body: Any, media_type: str, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()


@contextmanager
def serving(bug: Bug = Bug.NONE) -> Iterator[str]:
    """The address of a service of its own, that knows nothing yet."""
    kind = type("ThingsHere", (Things,), {"bug": bug, "known": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

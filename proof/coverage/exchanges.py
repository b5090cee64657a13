"""What is seen of the contract over HTTP: each request and its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from proof.coverage.facts import STATUS
from proof.coverage.requests import Routes
from proof.coverage.writer import Writer, bearer_roles, code_of, headers_of
from proof.documents import PROTOBUF

MAX_BODY = 1024 * 1024
"""What is kept of a body, and of its answer, for as long as the exchange lasts."""
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Exchange:
    def __init__(self, scope: Any, routes: Routes, writer: Writer) -> None:
        self._found = routes.find(scope["method"], scope["path"])
        self._query = scope.get("query_string", b"").decode("latin-1")
        self._headers = headers_of(scope)
        self._routes = routes
        self._writer = writer
        self._asked = bytearray()
        self._told = bytearray()
        self._status = 0

    def receiving(self, receive: Receive) -> Receive:
        async def received() -> Message:
            message = await receive()
            _keep(self._asked, message)
            return message

        return received if self._found else receive

    def sending(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
            elif message["type"] == "http.response.body":
                _keep(self._told, message)
                if not message.get("more_body"):
                    self._note()
            await send(message)

        return sent if self._found else send

    def _note(self) -> None:
        assert self._found is not None
        operation, path = self._found
        code = "ok" if self._status < 400 else code_of(bytes(self._told))
        if code is None:
            return
        media = self._headers.get("accept") or self._headers.get("content-type", "")
        self._writer.notes.note(STATUS, operation.name, str(self._status))
        door = "REST-protobuf" if PROTOBUF in media else "REST-json"
        self._writer.answered(operation, door, code, bearer_roles(self._headers))
        fields = self._routes.fields(operation, path, self._query, self._headers, bytes(self._asked))
        if fields is not None:
            self._writer.took(operation, fields)


def _keep(kept: bytearray, message: Message) -> None:
    body = message.get("body", b"")
    if len(kept) + len(body) <= MAX_BODY:
        kept += body

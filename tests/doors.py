"""Four doors to a running service, one way to call them: the client that tests use until the SDKs exist.

A request is a dictionary of plain JSON values; an answer is the plain JSON value of the result, however it travelled.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote, urlencode

import httpx2
import msgspec
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from generated import wire
from generated.bindings import HttpBinding
from generated.http_routes import ROUTES
from generated.proto import audit_log_pb2, auth_pb2, authors_pb2, envelope_pb2, system_pb2
from generated.ws_packages import PACKAGES

PROTOBUF = "application/x-protobuf"
BINDINGS = {one.operation.name: one for one in ROUTES}
PKG_IDS = {package.operation.name: number for number, package in PACKAGES.items()}
MODULES = (authors_pb2, audit_log_pb2, auth_pb2, system_pb2, envelope_pb2)


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is `ok` or a code of the catalogue; `value` the result as JSON says it; `status` HTTP's, or the RSPCode."""

    code: str
    value: Any = None
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)


class DoorClient(Protocol):
    name: str

    async def call(self, operation: str, **fields: Any) -> Answer: ...


def message_class(name: str) -> type[Message]:
    found = next(getattr(module, name) for module in MODULES if hasattr(module, name))
    assert isinstance(found, type)
    return found


def request_message(operation: str, fields: dict[str, Any]) -> Message:
    """The typed request; an explicit null is an absent field."""
    camel = "".join(part.capitalize() for part in operation.split("_"))
    given = {key: value for key, value in fields.items() if value is not None}
    return ParseDict(given, message_class(f"{camel}Request")())


def result_of(operation: str, data: bytes, meta: Message | None = None) -> Any:
    """A binary result as plain JSON values, read by the generated converters."""
    names = {
        "get_authors": "author_list",
        "get_paginated_authors": "author_page",
        "delete_author": None,
        "logout": None,
    }
    names |= {
        "get_audit_logs": "audit_log_page",
        "get_audit_log": "audit_log",
        "health": "health",
        "create_ws_ticket": "ws_ticket",
    }
    name = names.get(operation, "tokens" if operation in ("login", "refresh") else "author")
    if name is None:
        return None
    message = message_class("".join(part.capitalize() for part in name.split("_")))()
    message.ParseFromString(data)
    if meta is not None:
        message.meta.CopyFrom(meta)  # type: ignore[attr-defined]  # only list messages have meta, and only they get one
    return msgspec.to_builtins(getattr(wire, f"read_{name}")(message), str_keys=True)


class Rest:
    """HTTP in JSON or protobuf."""

    def __init__(self, base_url: str, token: str | None, *, binary: bool) -> None:
        self.name = "REST-protobuf" if binary else "REST-JSON"
        self._binary = binary
        headers = {"accept": PROTOBUF if binary else "application/json"}
        self._client = httpx2.AsyncClient(base_url=base_url, headers=headers, timeout=30, trust_env=False)
        if token is not None:
            self._client.headers["authorization"] = f"Bearer {token}"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def call(self, operation: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
        binding = BINDINGS[operation]
        url, sent, rest = _address(binding, fields)
        sent |= headers or {}
        body = b""
        if binding.has_body:
            sent["content-type"] = PROTOBUF if self._binary else "application/json"
            body = request_message(operation, fields).SerializeToString() if self._binary else json.dumps(rest).encode()
        response = await self._client.request(binding.verb, url, headers=sent, content=body)
        return self._answer(operation, response)

    def _answer(self, operation: str, response: httpx2.Response) -> Answer:
        headers = dict(response.headers)
        if response.status_code >= 400:
            return Answer(response.json()["code"], response.json(), response.status_code, headers)
        if response.status_code == 204:
            return Answer("ok", None, 204, headers)
        value = result_of(operation, response.content) if self._binary else response.json()
        return Answer("ok", value, response.status_code, headers)


def _address(binding: HttpBinding, fields: dict[str, Any]) -> tuple[str, dict[str, str], dict[str, Any]]:
    """The URL, the headers that carry fields, and the fields that are left for the body."""
    rest, path, headers = dict(fields), binding.path, {}
    for one in binding.path_parameters:
        path = path.replace(f"{{{one.carrier}}}", quote(str(rest.pop(one.field)), safe=""))
    for one in binding.header_parameters:
        if (version := rest.pop(one.field, None)) is not None:
            headers[one.carrier] = f'"{version}"'
    query = {one.carrier: rest.pop(one.field) for one in binding.query_parameters if one.field in rest}
    return path + (f"?{urlencode(query)}" if query else ""), headers, rest


class Socket:
    """WebSocket in JSON or protobuf; one call at a time."""

    def __init__(self, base_url: str, token: str | None, *, binary: bool) -> None:
        self.name = "WS-protobuf" if binary else "WS-JSON"
        self._binary = binary
        self._url = base_url.replace("http", "ws", 1) + "/web"
        self._token = token
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        protocol = Subprotocol("stele.v1.protobuf" if self._binary else "stele.v1.json")
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        self._socket = await connect(
            self._url, subprotocols=[protocol], additional_headers=headers, proxy=None, compression=None
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def call(self, operation: str, *, req_id: str | None = None, **fields: Any) -> Answer:
        wanted = req_id or str(uuid.uuid4())
        await self.send(request_frame(operation, wanted, fields, binary=self._binary))
        while True:
            answer_id, answer = read_answer(operation, await self.receive())
            if answer_id == wanted:
                return answer

    async def send(self, frame: str | bytes) -> None:
        assert self._socket is not None
        await self._socket.send(frame)

    async def receive(self) -> str | bytes:
        assert self._socket is not None
        return await self._socket.recv()


def request_frame(operation: str, req_id: str, fields: dict[str, Any], *, binary: bool) -> str | bytes:
    if not binary:
        return json.dumps({"pkg_id": PKG_IDS[operation], "req_id": req_id, "data": fields})
    data = request_message(operation, fields).SerializeToString()
    return envelope_pb2.Request(pkg_id=PKG_IDS[operation], req_id=req_id, data=data).SerializeToString()


def read_answer(operation: str, frame: str | bytes) -> tuple[str, Answer]:
    """The req_id and the answer of one frame; a list comes together again from data and meta."""
    if isinstance(frame, str):
        return _read_json(operation, json.loads(frame))
    response = envelope_pb2.Response.FromString(frame)
    if response.status_code != envelope_pb2.RSP_CODE_OK:
        problem = msgspec.to_builtins(wire.read_problem(envelope_pb2.Problem.FromString(response.data)))
        return response.req_id, Answer(problem["code"], problem, response.status_code)
    meta = response.meta if response.HasField("meta") else None
    return response.req_id, Answer("ok", result_of(operation, response.data, meta), 0)


def _read_json(operation: str, frame: dict[str, Any]) -> tuple[str, Answer]:
    if frame["status_code"] != 0:
        return frame["req_id"], Answer(frame["data"]["code"], frame["data"], frame["status_code"])
    is_list = operation in ("get_authors", "get_paginated_authors", "get_audit_logs")
    value = {"items": frame["data"], "meta": frame["meta"]} if is_list else frame["data"]
    return frame["req_id"], Answer("ok", value, 0)


def all_doors(base_url: str, token: str | None) -> tuple[Rest, Rest, Socket, Socket]:
    return (
        Rest(base_url, token, binary=False),
        Rest(base_url, token, binary=True),
        Socket(base_url, token, binary=False),
        Socket(base_url, token, binary=True),
    )

"""The doors of one contract, each in front of a service of its own: a call goes in as plain JSON values, and its outcome comes out as such.

A door says only what a caller can see. What a door has no words for (a text where its form has a number) is Inexpressible.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import httpx2
from google.protobuf.message import DecodeError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from codegen.emit.documents.asyncapi import emit as asyncapi
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Bool, Float, Int, ListOf, Type
from proof.callers import Caller
from proof.documents import JSON, PROTOBUF, Json
from proof.protobuf import Inexpressible, Protobuf
from proof.ws.codec import Codec, JsonFrames, ProtobufFrames, Unreadable
from proof.ws.contract import Controls, read_socket

ANSWER_S = 40.0
"""Longer than any deadline of a service."""
UNREADABLE = (ValueError, KeyError, TypeError, RecursionError)
"""What comes of an answer that is not of the contract's shape."""
IDEMPOTENCY_KEY = "Idempotency-Key"
VERSION = re.compile("[1-9][0-9]{0,15}")
MAX_VERSION = 2**53 - 1
"""Integers above it are not exact in JSON (RFC 8259 §6), and nothing has such a version."""
MAX_FRAME = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` is `ok` or a code of the catalogue; `value` the result; `faults` the pointers of a refusal, sorted."""

    code: str
    value: Any = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One call. `key` makes it idempotent where its operation is so by a key."""

    operation: str
    fields: Json
    caller: str
    key: str = ""


class Door(Protocol):
    name: str
    media: str
    service: Service

    def has(self, operation: Operation, caller: str) -> bool:
        """Whether the caller finds the operation there."""

    def can(self, operation: Operation, fields: Json) -> bool:
        """Whether a door that has the operation has words for the fields."""

    async def call(self, asked: Asked) -> Outcome:
        """What the caller sees; a Broken where that is no answer of the contract."""

    def beside(self) -> Sequence[Door]:
        """The other doors of the same service, which are closed as this one is."""

    async def close(self) -> None: ...


class Broken(Exception):
    """The service gave no answer that could be read."""


@dataclass(slots=True)
class Service:
    """`callers` log in at this service. One HTTP client, and one socket for each caller and encoding."""

    url: str
    contract: Contract
    callers: Mapping[str, Caller]
    operations: dict[str, Operation] = field(init=False)
    protobuf: Protobuf | None = field(init=False)
    statuses: dict[str, tuple[int, int | None]] = field(init=False)
    """Of each code, over HTTP and in a frame."""
    _controls: Controls | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.operations = {one.name: one for one in self.contract.operations}
        numbers = dict(self.contract.rsp_codes)
        self.statuses = {one.code: (one.status, numbers.get(one.rsp)) for one in self.contract.errors}
        self.protobuf = Protobuf(self.contract) if self.contract.proto else None

    def token(self, caller: str) -> str | None:
        return self.callers[caller].token()

    def codec(self, media: str) -> Codec:
        """Of the socket's frames."""
        if media == JSON or self.protobuf is None:
            return JsonFrames()
        if self._controls is None:
            self._controls = read_socket(json.loads(asyncapi(self.contract)[0].data)).controls
        return ProtobufFrames(self.protobuf, self._controls)


class RestDoor:
    """Path, query, headers and body as OpenAPI binds the fields."""

    def __init__(self, service: Service, media: str) -> None:
        self.name = f"REST-{'json' if media == JSON else 'protobuf'}"
        self.service = service
        self.media = media
        self._client = httpx2.AsyncClient(base_url=service.url, timeout=ANSWER_S, trust_env=False)

    def has(self, operation: Operation, caller: str) -> bool:
        is_there = operation.http is not None and not operation.has_bytes
        return is_there and (self.media == JSON or (operation.has_rpc and self.service.protobuf is not None))

    def can(self, operation: Operation, fields: Json) -> bool:
        try:
            self._request(operation, fields)
        except Inexpressible:
            return False
        return True

    async def call(self, asked: Asked) -> Outcome:
        operation = self.service.operations[asked.operation]
        target, headers, body = self._request(operation, asked.fields)
        if token := self.service.token(asked.caller):
            headers["Authorization"] = f"Bearer {token}"
        if asked.key:
            headers[IDEMPOTENCY_KEY] = asked.key
        method = operation.http.method if operation.http else "GET"
        try:
            answer = await self._client.request(method, target, headers=headers, content=body)
        except httpx2.HTTPError as error:
            raise Broken(f"{self.name}: {error or type(error).__name__}") from None
        return self._outcome(operation, answer)

    def _request(self, operation: Operation, fields: Json) -> tuple[str, dict[str, str], bytes | None]:
        assert operation.http is not None
        rest, path = dict(fields), operation.http.path
        query: list[tuple[str, str]] = []
        headers = {"Accept": self.media}
        for one in operation.http.parameters:
            declared = operation.request.field(one.field)
            member = declared.member if declared else one.field
            if member not in rest:
                if one.location == "path":
                    raise Inexpressible(f"{one.carrier} is part of the path")
                continue
            texts = _texts(declared.type if declared else None, rest.pop(member))
            if one.location == "path":
                if texts[0] in ("", ".", ".."):
                    raise Inexpressible("a path has no such segment")
                path = path.replace(f"{{{one.carrier}}}", quote(texts[0], safe=""))
            elif one.location == "query":
                query += [(one.carrier, text) for text in texts]
            else:
                headers[one.carrier] = _in_header(one.carrier, texts)
        body = self._body(operation, fields, rest)
        if body is not None:
            headers["Content-Type"] = self.media
        return f"{path}{'?' if query else ''}{urlencode(query)}", headers, body

    def _body(self, operation: Operation, fields: Json, rest: Json) -> bytes | None:
        """A message has the fields of the path as well: they are a part of it in proto."""
        assert operation.http is not None
        if operation.http.body is None:
            if rest:
                raise Inexpressible(f"there is no place for {min(rest)}")
            return None
        if self.media == JSON:
            return json.dumps(rest, ensure_ascii=False).encode()
        assert self.service.protobuf is not None
        carried = {one.field for one in operation.http.parameters if one.location != "path"}
        beside = {one.member for one in operation.request.fields if one.name in carried}
        return self.service.protobuf.request(
            operation, {name: one for name, one in fields.items() if name not in beside}
        )

    def _outcome(self, operation: Operation, answer: httpx2.Response) -> Outcome:
        media = answer.headers.get("content-type", "")
        try:
            if answer.status_code >= 400:
                return self._refusal(answer.json(), answer.status_code)
            if operation.http and answer.status_code not in operation.http.statuses:
                raise Broken(f"{self.name}: {operation.name} declares no status {answer.status_code}")
            if not answer.content:
                return Outcome("ok")
            if media == JSON:
                found = answer.json()
            else:
                assert self.service.protobuf is not None
                found = self.service.protobuf.value(operation.result.record or "", answer.content)
            if operation.result.is_list and operation.result.has_meta:
                return Outcome("ok", {"items": found["items"], "meta": found["meta"]})
            return Outcome("ok", found["items"] if operation.result.is_list else found)
        except (*UNREADABLE, DecodeError) as error:
            raise Broken(f"{self.name} {answer.status_code} {media}: {type(error).__name__}: {error}") from None

    def _refusal(self, problem: Json, status: int) -> Outcome:
        due = self.service.statuses.get(problem["code"], (0, None))[0]
        if not status == due == problem["status"]:
            raise Broken(f"{self.name}: {problem['code']} has status {status} and says {problem['status']}, not {due}")
        return _refusal(problem)

    def beside(self) -> Sequence[Door]:
        return _beside(self)

    async def close(self) -> None:
        await self._client.aclose()


class SocketDoor:
    """One socket for each caller, opened when it first calls, and anew with each new token: none is open when its token ends."""

    def __init__(self, service: Service, media: str) -> None:
        self.name = f"WS-{'json' if media == JSON else 'protobuf'}"
        self.service = service
        self._subprotocol = next(name for name, one in service.contract.frames.encodings if one == media)
        self.media = media
        self._is_json = media == JSON
        self._codec = service.codec(media)
        self._sockets: dict[str, tuple[ClientConnection, str | None]] = {}

    def has(self, operation: Operation, caller: str) -> bool:
        """To who is nobody no socket opens, whatever is public behind it."""
        is_there = operation.pkg_id is not None and (self._is_json or operation.has_rpc)
        return is_there and (operation.roles is not None or self.service.callers[caller].fetch is not None)

    def can(self, operation: Operation, fields: Json) -> bool:
        try:
            self._codec.write(self._frame(operation, fields, str(uuid.uuid4())))
        except Inexpressible:
            return False
        return True

    def _frame(self, operation: Operation, fields: Json, req_id: str) -> Json:
        return {"pkg_id": operation.pkg_id, "req_id": req_id, "data": fields}

    async def call(self, asked: Asked) -> Outcome:
        operation = self.service.operations[asked.operation]
        req_id = asked.key or str(uuid.uuid4())
        try:
            async with asyncio.timeout(ANSWER_S):
                socket = await self._socket(asked.caller)
                if socket is None:
                    return Outcome("unauthenticated")
                await socket.send(self._codec.write(self._frame(operation, asked.fields, req_id)))
                return await self._outcome(operation, socket, req_id)
        except (ConnectionClosed, OSError, TimeoutError, Unreadable, *UNREADABLE) as error:
            self._sockets.pop(asked.caller, None)
            raise Broken(f"{self.name}: {error or type(error).__name__}") from None

    async def _socket(self, caller: str) -> ClientConnection | None:
        """None for who may open none."""
        token = self.service.token(caller)
        known, its_token = self._sockets.get(caller, (None, None))
        if known is not None and its_token == token:
            return known
        if known is not None:
            await known.close()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"ws{self.service.url.removeprefix('http')}{self.service.contract.frames.address}"
        try:
            opened = await connect(
                address,
                subprotocols=[Subprotocol(self._subprotocol)],
                additional_headers=headers,
                compression=None,
                ping_interval=None,
                max_size=MAX_FRAME,
                proxy=None,
            )
        except InvalidHandshake:
            return None
        self._sockets[caller] = opened, token
        return opened

    async def _outcome(self, operation: Operation, socket: ClientConnection, req_id: str) -> Outcome:
        while True:
            frame = self._codec.read(await socket.recv())
            if frame.get("req_id") != req_id:
                continue
            if (status := frame.get("status_code")) != 0:
                code = frame["data"]["code"]
                due = self.service.statuses.get(code, (0, None))[1]
                if status != due:
                    raise Broken(f"{self.name}: {code} has status_code {status}, not {due}")
                return _refusal(frame["data"])
            if operation.result.is_list and operation.result.has_meta:
                return Outcome("ok", {"items": frame["data"], "meta": frame.get("meta")})
            return Outcome("ok", frame["data"])

    def beside(self) -> Sequence[Door]:
        return _beside(self)

    async def close(self) -> None:
        for socket, _ in self._sockets.values():
            await socket.close()


def kinds_of(contract: Contract) -> list[Callable[[Service], Door]]:
    """REST-JSON, REST-protobuf, and the socket in each of its encodings."""
    kinds: list[Callable[[Service], Door]] = [partial(RestDoor, media=JSON), partial(RestDoor, media=PROTOBUF)]
    if contract.socket_info:
        found = [media for _, media in sorted(contract.frames.encodings) if media in (JSON, PROTOBUF)]
        kinds += [partial(SocketDoor, media=media) for media in found]
    return kinds


def _beside(door: Door) -> Sequence[Door]:
    doors = [kind(door.service) for kind in kinds_of(door.service.contract)]
    return [one for one in doors if one.name != door.name]


def _refusal(problem: Json) -> Outcome:
    return Outcome(problem["code"], None, tuple(sorted(one["pointer"] for one in problem.get("errors") or ())))


def _texts(kind: Type | None, value: Any) -> list[str]:
    """A value outside of a body: a list is there once for each item."""
    if isinstance(kind, ListOf):
        if not isinstance(value, list):
            raise Inexpressible("outside of a body everything is text")
        return [_text(kind.item, item) for item in value]
    return [_text(kind, value)]


def _text(kind: Type | None, value: Any) -> str:
    due = (
        bool if isinstance(kind, Bool) else int if isinstance(kind, Int) else float if isinstance(kind, Float) else str
    )
    if type(value) is not due and not (due is float and type(value) is int):
        raise Inexpressible("outside of a body everything is text")
    return value if isinstance(value, str) else json.dumps(value)


def _in_header(name: str, texts: list[str]) -> str:
    """A version travels as an entity tag, and one that was never a version matches nothing (RFC 9110 §13.1.1), where other doors
    refuse it as unfit; else printable ASCII alone is sure to arrive."""
    text = ", ".join(texts)
    if name.lower() == "if-match" and not (VERSION.fullmatch(text) and int(text) <= MAX_VERSION):
        raise Inexpressible("a tag that was never a version is no fault")
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise Inexpressible("a header has no such text")
    return f'"{text}"' if name.lower() == "if-match" else text

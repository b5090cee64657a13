"""Runs in a process of its own, on the `generated` of one case: round trips, and calls through the doors that it declares.

`main` is told what to call with and what the handlers answer, and says nothing where all is well; the doors and the runner are the service's own, with
nothing behind them.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from copy import copy
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

import generated.handlers
from app.admission.gate import Gate
from app.admission.shares import Shares
from app.admission.transfers import Transfers
from app.auth.principal import Principal
from app.broadcast.hub import Hub
from app.db.statement_clock import StatementClock
from app.execution.deadlines import Deadlines
from app.execution.runner import Runner
from app.http.door import HttpDoor
from app.http.spool import Spool
from app.http.table import RouteTable
from app.limits.limiter import Permit
from app.readings import known
from app.telemetry.metrics.metrics import Metrics
from app.ws.endpoint import SocketDoor
from generated import wire
from generated.bindings import HttpBinding
from generated.handlers import Handlers
from generated.http_routes import ROUTES
from generated.operations import EVENTS, OPERATIONS, ROLES
from generated.proto import envelope_pb2
from generated.ws_packages import GUARDS, PACKAGES
from tests.codegen.served_sdk import check_clients

JSON, PROTOBUF = "application/json", "application/x-protobuf"
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Connections:
    """A pool and its one connection in one: every lock is had, and no row is found."""

    def take_at_once(self) -> Connections:
        return self

    def recover(
        self, _: Any, restore: Callable[[Any], Awaitable[None]], *, within_s: float = 1.0
    ) -> asyncio.Task[None]:
        async def run() -> None:
            await restore(self)

        return asyncio.create_task(run())

    def is_closed(self) -> bool:
        return False

    async def fetch(self, sql: str, *_: object) -> list[dict[str, object]]:
        return [{"locked": True}] if "advisory" in sql else []

    async def execute(self, sql: str) -> None: ...


class Behind:
    """Stands for the database, the limiter, the audit log and the broker: all is well, and nothing is kept."""

    def __init__(self) -> None:
        self.pool: Any = Connections()
        self.clock = StatementClock()

    async def take(self, bucket: Any, subject: str) -> Permit:
        return Permit(True, bucket.limit, bucket.limit - 1, 1, int(bucket.window_s))

    def offer(self, record: Any) -> None: ...

    async def write(self, executor: Any, record: Any, *, beside: Any = None) -> None: ...

    def rows_of(self, operation: Any, events: Any) -> None: ...

    def wake(self, events: Any) -> None: ...

    def note(self, *_: object, **__: object) -> None: ...

    def cached(self, token: str) -> Principal:
        return Principal("iss", "sub", "case", None, frozenset(ROLES), time.time() + 600)

    async def verify(self, token: str) -> Principal:
        return self.cached(token)

    async def enter(self, subject: str) -> bool:
        return True

    def leave(self, subject: str) -> None: ...

    def withdraw(self) -> None: ...


class Case:
    """`behind` answers what no route has; handlers return `wrong` where it is set, else `answer`."""

    def __init__(self, behind: Callable[..., Awaitable[None]] | None = None) -> None:
        self.answer: bytes | None = None
        self.wrong: object = msgspec.UNSET
        self.status: int | None = None
        self.request: Any = None
        stand_in: Any = Behind()
        nobody: Any = SimpleNamespace(covers=lambda topic: False)
        metrics = Metrics(known())
        runner = Runner(
            database=stand_in, limiter=stand_in, audit=stand_in, outbox=stand_in, metrics=metrics.requests, deadlines=Deadlines(),
            shares=Shares(10), gate=Gate(),
        )  # fmt: skip
        handlers = self._handlers()
        self.http = HttpDoor(
            table=RouteTable(ROUTES), runner=runner, handlers=handlers, verifier=stand_in, trusted_proxies=0,
            refusals=stand_in, spool=Spool(1 << 30), transfers=Transfers(Gate()), behind=behind or _nobody,
        )  # fmt: skip
        self.socket = SocketDoor(
            runner=runner, handlers=handlers, packages=PACKAGES, guards=GUARDS, verifier=stand_in, tickets=stand_in, limiter=stand_in,
            hub=Hub(), history=stand_in, reading=stand_in, metrics=metrics.sockets, settings=SimpleNamespace(origins=(), trusted_proxies=0, accepts_query_token=False),
            on_refusal=stand_in.note, on_passage=stand_in.note, gate=Gate(), user_sockets=stand_in, presence=nobody,
        )  # fmt: skip

    def _handlers(self) -> Handlers[Any]:
        """Every method answers what the test says, and keeps what it was asked."""
        found: dict[str, Any] = {}
        for name in Handlers.__dataclass_fields__:
            base = getattr(generated.handlers, "".join(part.capitalize() for part in name.split("_")) + "Handler")
            methods = {method: self._method(method) for method in base.__abstractmethods__}
            found[name] = type("Stub", (base,), methods)()
        return Handlers(**found)

    def _method(self, operation: str) -> Callable[..., Awaitable[Any]]:
        async def method(_: Any, context: Any, request: Any) -> Any:
            self.request = request
            context.status = self.status
            if self.wrong is not msgspec.UNSET:
                return self.wrong
            return None if self.answer is None else wire.CODECS[operation].restore(self.answer)

        return method


async def _nobody(scope: Any, receive: Any, send: Send) -> None:
    raise AssertionError(f"no route for {scope['path']}")


def same(left: object, right: object, what: str) -> None:
    assert left == right, f"{what}\n  left  {left!r}\n  right {right!r}"


def check_round_trips(call: dict[str, Any]) -> None:
    """The laws: JSON → model → protobuf → model, and JSON → struct → protobuf → struct → JSON, change nothing."""
    codec, name = wire.CODECS[call["operation"]], call["operation"]
    model = codec.decode_json(json.dumps(call["request"]).encode())
    if codec.values_protobuf is not None:
        same(codec.decode_protobuf(request_bytes(name, model)), model, f"{name}: request through protobuf")
    if call["result"] is None:
        return
    data = json.dumps(call["result"]).encode()
    result = codec.restore(data)
    same(json.loads(codec.encode_json(result)), call["expected"], f"{name}: result through JSON")
    if codec.encode_protobuf is not None:
        same(read_result(call["record"], codec.encode_protobuf(result)), result, f"{name}: result through protobuf")


def request_bytes(operation: str, model: Any) -> bytes:
    write = getattr(wire, f"fill_{operation}_request")
    message = message_class(write)()
    write(message, model)
    return bytes(message.SerializeToString())


def read_result(record: str, data: bytes) -> Any:
    read = getattr(wire, f"read_{record}")
    return read(message_class(read).FromString(data))


def message_class(function: Any) -> Any:
    """The message that a converter takes, by its annotation `module_pb2.Message`."""
    module, _, name = function.__annotations__["message"].partition(".")
    return getattr(getattr(wire, module), name)


async def ask_http(
    case: Case, binding: HttpBinding, call: dict[str, Any], media: str
) -> tuple[int, dict[bytes, bytes], bytes]:
    path, query, headers, inside = address(binding, call["request"])
    body = b""
    if binding.has_body:
        headers.append((b"content-type", media.encode()))
        model = binding.codec.decode_json(json.dumps(call["request"]).encode())
        is_binary = media == PROTOBUF
        body = request_bytes(call["operation"], model) if is_binary else json.dumps(inside).encode()
    headers += [(b"accept", media.encode()), (b"authorization", b"Bearer a.b.c")]
    return await asgi(case.http, binding.verb, path, query, headers, body)


async def call_http(case: Case, call: dict[str, Any], media: str) -> None:
    binding = route_of(call)
    codec, path = binding.codec, binding.path
    if media == PROTOBUF and codec.encode_protobuf is None:
        return
    model = codec.decode_json(json.dumps(call["request"]).encode())
    for chosen in (None, *binding.statuses):
        case.status = chosen
        status, answered, data = await ask_http(case, binding, call, media)
        same(status, chosen or binding.statuses[0], f"{binding.verb} {path} {media}: {data[:600]!r}")
    for name, field in binding.response_headers:
        expected = text_of(call["expected"][field]).encode()
        same(answered.get(name.encode()), expected, f"{binding.verb} {path}: the header {name}")
    same(case.request, model, f"{binding.verb} {path} {media}: what the handler saw")
    if call["result"] is not None:
        found = json.loads(data) if media == JSON else read_result(call["record"], data)
        expected = call["expected"] if media == JSON else codec.restore(json.dumps(call["result"]).encode())
        same(found, expected, f"{binding.verb} {path} {media}: the answer")


def route_of(call: dict[str, Any]) -> HttpBinding:
    return next(one for one in ROUTES if one.operation.name == call["operation"])


def address(binding: HttpBinding, fields: dict[str, Any]) -> tuple[str, str, list[tuple[bytes, bytes]], dict[str, Any]]:
    rest, path, query, headers = dict(fields), binding.path, list[tuple[str, str]](), list[tuple[bytes, bytes]]()
    for one in binding.path_parameters:
        path = path.replace(f"{{{one.carrier}}}", quote(text_of(rest.pop(one.field)), safe=""))
    for one in binding.header_parameters:
        if one.field in rest:
            value = rest.pop(one.field)
            items = value if isinstance(value, list) else [value]
            text = f'"{value}"' if one.carrier == "If-Match" else ", ".join(map(text_of, items))
            if items:
                headers.append((one.carrier.lower().encode(), text.encode()))
    for one in binding.query_parameters:
        value = rest.pop(one.field, None)
        query += [
            (one.carrier, text_of(item)) for item in (value if isinstance(value, list) else [value]) if item is not None
        ]
    return path, urlencode(query), headers, rest


def text_of(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


async def asgi(
    application: Any, verb: str, path: str, query: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http", "method": verb, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": headers, "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1].get("body", b"")


async def ask_socket(case: Case, number: int, call: dict[str, Any], *, binary: bool) -> dict[str, Any]:
    req_id = str(uuid.uuid4())
    if binary:
        model = wire.CODECS[call["operation"]].decode_json(json.dumps(call["request"]).encode())
        data = request_bytes(call["operation"], model)
        frame: dict[str, Any] = {
            "bytes": envelope_pb2.Request(pkg_id=number, req_id=req_id, data=data).SerializeToString(),
            "text": None,
        }
    else:
        frame = {"bytes": None, "text": json.dumps({"pkg_id": number, "req_id": req_id, "data": call["request"]})}
    return await talk(case.socket, frame, "stele.v1.protobuf" if binary else "stele.v1.json")


def number_of(call: dict[str, Any]) -> int | None:
    return next((number for number, one in PACKAGES.items() if one.operation.name == call["operation"]), None)


async def call_socket(case: Case, call: dict[str, Any], *, binary: bool) -> None:
    if (number := number_of(call)) is None:
        return
    codec = wire.CODECS[call["operation"]]
    model = codec.decode_json(json.dumps(call["request"]).encode())
    reply = await ask_socket(case, number, call, binary=binary)
    what = f"{call['operation']} over the socket, {'protobuf' if binary else 'JSON'}"
    same(case.request, model, f"{what}: what the handler saw")
    expected = call["expected"]
    if not binary:
        answer = json.loads(reply["text"])
        same(answer["status_code"], 0, f"{what}: {answer}")
        if "meta" in answer:
            same({"items": answer["data"], "meta": answer["meta"]}, expected, what)
        else:
            same(answer["data"], expected["items"] if call["is_list"] else expected, what)
        return
    response = envelope_pb2.Response.FromString(reply["bytes"])
    same(response.status_code, 0, f"{what}: {response}")
    if expected is not None:
        message = message_class(getattr(wire, f"read_{call['record']}")).FromString(response.data)
        if response.HasField("meta"):
            message.meta.CopyFrom(response.meta)
        found = getattr(wire, f"read_{call['record']}")(message)
        same(found, codec.restore(json.dumps(call["result"]).encode()), what)


async def talk(application: Any, frame: dict[str, Any], subprotocol: str) -> dict[str, Any]:
    """One frame in, one frame out."""
    answered = asyncio.Event()
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    replies: list[dict[str, Any]] = []
    scope = {
        "type": "websocket", "path": "/web", "query_string": b"", "subprotocols": [subprotocol], "extensions": {},
        "headers": [(b"authorization", b"Bearer a.b.c")], "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            replies.append(message)
            answered.set()

    incoming.put_nowait({"type": "websocket.connect"})
    incoming.put_nowait({"type": "websocket.receive", **frame})
    task = asyncio.create_task(application(scope, incoming.get, send))
    await asyncio.wait_for(answered.wait(), 5)
    incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await task
    return replies[0]


async def check_wrong_results(case: Case, call: dict[str, Any]) -> None:
    """What is not the declared result is `internal` at every door, and each field of a result is looked at."""
    codec = wire.CODECS[call["operation"]]
    right = None if call["result"] is None else codec.restore(json.dumps(call["result"]).encode())
    for wrong in ({"id": 3}, [right], "text" if right is None else None):
        case.wrong = wrong
        same(await codes(case, call), {"internal"}, f"{call['operation']} that answers {wrong!r}")
    case.wrong = msgspec.UNSET
    members = getattr(right, "__struct_encode_fields__", ())
    for field, member in zip(getattr(right, "__struct_fields__", ()), members, strict=True):
        changed = copy(right)
        setattr(changed, field, object())
        fault = codec.fault_of(changed) or ""
        same(
            fault.startswith(f"/{member}: object where "), True, f"{call['operation']}: {field} is no object: {fault!r}"
        )


async def codes(case: Case, call: dict[str, Any]) -> set[str]:
    """The codes of the problems that the operation's doors answer."""
    found, is_binary = set(), wire.CODECS[call["operation"]].encode_protobuf is not None
    for media in (JSON, *((PROTOBUF,) if is_binary else ())) if call["http"] else ():
        _, _, data = await ask_http(case, route_of(call), call, media)
        found.add(json.loads(data)["code"])
    if (number := number_of(call)) is not None:
        text = await ask_socket(case, number, call, binary=False)
        found.add(json.loads(text["text"])["data"]["code"])
        reply = await ask_socket(case, number, call, binary=True)
        refused = envelope_pb2.Response.FromString(reply["bytes"])
        found.add(envelope_pb2.Problem.FromString(refused.data).code)
    return found


def check_event(event: dict[str, Any]) -> None:
    codec = wire.EVENT_CODECS[event["pkg_id"]]
    value = codec.decode_json(json.dumps(event["value"]).encode())
    same(json.loads(codec.encode_json(value)), event["expected"], f"{event['name']} through JSON")
    same(read_result(event["record"], codec.encode_protobuf(value)), value, f"{event['name']} through protobuf")


async def check_service(case: Case, asked: dict[str, Any]) -> None:
    """The service alone; `expected` is its canonical text."""
    for event in asked["events"]:
        check_event(event)
    for call in asked["calls"]:
        check_round_trips(call)
        case.answer = None if call["result"] is None else json.dumps(call["result"]).encode()
        for media in (JSON, PROTOBUF) if call["http"] else ():
            await call_http(case, call, media)
        for binary in (False, True):
            await call_socket(case, call, binary=binary)
        await check_wrong_results(case, call)


async def main(line: Connection) -> None:
    asked = json.loads(line.recv())
    same(
        sorted(OPERATIONS),
        sorted({*(call["operation"] for call in asked["calls"]), *asked.get("skipped", ())}),
        "operations",
    )
    same(sorted(EVENTS), sorted({event["name"] for event in asked["events"]}), "events")
    msgspec.json.encode(asked)
    case = Case()
    if not asked.get("is_drawn"):
        await check_service(case, asked)
    await check_clients(case, asked, same)
    line.send("")

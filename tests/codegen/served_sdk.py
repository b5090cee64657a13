"""The generated clients against the service of the same contract, over loopback, through every door in every encoding.

The laws: the handler sees what was asked, and the caller gets what the handler answered. Both are judged by the
service's own converters. Runs in the process of `served_case.py`.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, get_type_hints

import uvicorn
from pydantic import BaseModel, ConfigDict, TypeAdapter

import generated
from generated import wire

Same = Callable[[object, object, str], None]
DOORS = tuple(product(("http", "ws"), ("json", "protobuf")))
BASE64 = ConfigDict(val_json_bytes="base64")


class Stub(Protocol):
    """What the handlers answer, what they saw, and the service's two applications."""

    answer: bytes | None
    status: int | None
    request: Any
    http: Any
    socket: Any


async def check_clients(case: Stub, asked: dict[str, Any], same: Same) -> None:
    package = client_package()
    async with serving(case) as url:
        for transport, encoding in DOORS:
            options = {"token": "a.b.c", "transport": transport, "encoding": encoding, "max_retries": 0}
            async with package.AsyncClient(url, **options) as client:
                for call in asked["calls"]:
                    await _check_call(package, client, case, call, f"{transport} {encoding}", same)
        await _check_blocking(package, case, asked, url, same)
    _check_events(package, asked["events"], same)


async def _check_blocking(package: ModuleType, case: Stub, asked: dict[str, Any], url: str, same: Same) -> None:
    """Its lines are those of the other, so that one door and encoding each is enough."""
    for transport, encoding in (DOORS[0], DOORS[-1]):
        client = package.Client(url, token="a.b.c", transport=transport, encoding=encoding, max_retries=0)
        for call in asked["calls"]:
            await _check_call(package, client, case, call, f"blocking {transport} {encoding}", same)
        await asyncio.to_thread(client.close)  # Its socket waits for an answer from this loop.


def client_package() -> ModuleType:
    """The client in `generated/`, whatever the contract's title calls it."""
    (folder,) = (Path(generated.__path__[0]) / "sdk_python").glob("*_client")
    return import_module(f"generated.sdk_python.{folder.name}")


@asynccontextmanager
async def serving(case: Stub) -> AsyncIterator[str]:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await (case.socket if scope["type"] == "websocket" else case.http)(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(application, lifespan="off", log_level="error", ws="websockets-sansio")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


async def _check_call(
    package: ModuleType, client: Any, case: Stub, call: dict[str, Any], door: str, same: Same
) -> None:
    operation = import_module(f"{package.__name__}._contract").CONTRACT.operations[call["operation"]]
    if "ws" in door and operation.pkg_id is None:
        return
    what = f"{operation.name} of the client, {door}"
    codec = wire.CODECS[operation.name]
    case.status, case.request = None, None
    case.answer = None if call["result"] is None else json.dumps(call["result"]).encode()
    method = method_of(package, client, operation)
    found = await _result(method, keywords(method, call["request"], call["names"]))
    same(case.request, codec.decode_json(json.dumps(call["request"]).encode()), f"{what}: what the handler saw")
    if call["result"] is None:
        same(found, None, f"{what}: the answer")
        return
    plain = import_module(f"{package.__name__}.runtime.json_codec").plain
    answered = codec.restore(json.dumps(plain(found)).encode())
    same(answered, codec.restore(case.answer or b""), f"{what}: the answer")
    same(found, operation.result().validate_python(call["expected"]), f"{what}: the answer through JSON")


async def _result(method: Callable[..., Any], given: dict[str, Any]) -> Any:
    if inspect.iscoroutinefunction(method):
        return await method(**given)
    return await asyncio.to_thread(method, **given)


def method_of(package: ModuleType, client: Any, operation: Any) -> Callable[..., Awaitable[Any]]:
    """The method that calls the operation, as a user finds it; the first that names it in its code."""
    feature = getattr(client, f"{operation.feature}_", None) or getattr(client, operation.feature)
    for name, method in inspect.getmembers(feature, inspect.ismethod):
        if not name.startswith("_") and operation.name.upper() in method.__code__.co_names:
            found: Callable[..., Awaitable[Any]] = method
            return found
    raise AssertionError(f"no method calls {operation.name}")


def keywords(method: Callable[..., Any], request: Mapping[str, object], names: Mapping[str, str]) -> dict[str, Any]:
    """The fields as the annotations want them, each under its keyword; `names` are code's, by those of JSON."""
    hints = get_type_hints(method, include_extras=True)
    given: dict[str, Any] = {}
    for member, value in request.items():
        name = names[member]
        keyword = name if name in inspect.signature(method).parameters else f"{name}_"
        given[keyword] = typed(hints[keyword], value)
    return given


def typed(hint: Any, value: object) -> Any:
    is_model = isinstance(hint, type) and issubclass(hint, BaseModel)
    adapter: TypeAdapter[Any] = TypeAdapter(hint) if is_model else TypeAdapter(hint, config=BASE64)
    return adapter.validate_json(json.dumps(value))


def _check_events(package: ModuleType, events: list[dict[str, Any]], same: Same) -> None:
    """An event as the service writes it is read by the client, from both encodings alike."""
    contract = import_module(f"{package.__name__}._contract").CONTRACT
    runtime = f"{package.__name__}.runtime"
    plain = import_module(f"{runtime}.json_codec").plain
    json_codec = import_module(f"{runtime}.json_frames").JsonCodec()
    protobuf_codec = import_module(f"{runtime}.proto_frames").ProtobufCodec(contract)
    push = import_module(f"{runtime}.codec").Push
    for event in events:
        kind, codec = contract.events[event["pkg_id"]], wire.EVENT_CODECS[event["pkg_id"]]
        sent = codec.decode_json(json.dumps(event["value"]).encode())
        written = {json_codec: json.loads(codec.encode_json(sent)), protobuf_codec: codec.encode_protobuf(sent)}
        for reader, data in written.items():
            came = push(kind.pkg_id, data, None, None, None)
            found = kind.result().validate_python(reader.event(kind, came))
            same(isinstance(found, kind.record), True, f"{event['name']}: the class of the event")
            back = codec.decode_json(json.dumps(plain(found)).encode())
            same(back, sent, f"{event['name']} read by the client, {reader.content_type}")

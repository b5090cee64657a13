"""Runs in a process of its own, on the `generated` of one side: the service's own doors, with handlers that answer what they are told.

A text of JSON that comes is a request as it is on the wire, with what its handler is to answer, or an event to push; the one that goes is
what came back, and what the handler saw.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from pydantic import BaseModel

from app.broadcast.broker import Delivery
from app.ws.frames import JsonWriter, ProtobufWriter
from generated import wire
from tests.codegen.served_case import Case, asgi, talk

Json = dict[str, Any]


class Side(Case):
    """Keeps which operation was called, too."""

    def __init__(self) -> None:
        self.called: str | None = None
        super().__init__(behind=nothing_here)

    def _method(self, operation: str) -> Callable[..., Awaitable[Any]]:
        answer = super()._method(operation)

        async def method(handler: Any, context: Any, request: Any) -> Any:
            self.called = operation
            return await answer(handler, context, request)

        return method

    async def http_call(self, asked: Json) -> Json:
        headers = [(name.encode(), value.encode()) for name, value in asked["headers"]]
        status, answered, body = await asgi(
            self.http, asked["verb"], asked["path"], asked["query"], headers, bytes.fromhex(asked["body"])
        )
        media = answered.get(b"content-type", b"").decode()
        return {"status": status, "media": media, "body": body.hex()}

    async def socket_call(self, asked: Json) -> Json:
        is_binary = asked["bytes"] is not None
        frame = {"bytes": bytes.fromhex(asked["bytes"]) if is_binary else None, "text": asked["text"]}
        return plain_frame(await talk(self.socket, frame, f"stele.v1.{'protobuf' if is_binary else 'json'}"))

    async def call(self, asked: Json) -> Json:
        self.called, self.request, self.status = None, None, asked["status"]
        self.answer = None if asked["answer"] is None else json.dumps(asked["answer"]).encode()
        found = await (self.http_call(asked) if "verb" in asked else self.socket_call(asked))
        return found | {"called": self.called, "seen": None if self.request is None else self.request.model_dump()}


async def nothing_here(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def push(asked: Json) -> Json:
    """The event as both formats push it."""
    number = asked["pkg_id"]
    event = wire.EVENT_CODECS[number].decode_json(json.dumps(asked["value"]).encode())
    delivery = Delivery(asked["topic"], 1, "epoch", number, event)
    writers = JsonWriter(wire.EVENT_CODECS), ProtobufWriter(wire.EVENT_CODECS)
    text, binary = (plain_frame(writer.push(delivery, delivery.name, writer.data(delivery))[0]) for writer in writers)
    return {"text": text["text"], "bytes": binary["bytes"]}


def store(asked: Json) -> Json:
    """The event as its topic's history keeps it."""
    codec = wire.EVENT_CODECS[asked["store"]]
    return {"entry": codec.encode_json(codec.decode_json(json.dumps(asked["event"]).encode())).hex()}


def recall(asked: Json) -> Json:
    """Why a relay cannot read an entry, or nothing."""
    try:
        wire.EVENT_CODECS[asked["recall"]].decode_json(bytes.fromhex(asked["entry"]))
    except (ValueError, KeyError) as error:
        return {"fault": str(error)}
    return {"fault": ""}


def plain_frame(message: Any) -> Json:
    data = message.get("bytes")
    return {"text": message.get("text"), "bytes": None if data is None else data.hex()}


def plain(value: object) -> object:
    """What a request's model may hold, as JSON writes it."""
    match value:
        case BaseModel():
            return value.model_dump()
        case bytes():
            return base64.b64encode(value).decode()
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return f"PT{value.total_seconds()}S"
    return str(value)


async def main(line: Connection) -> None:
    """Until it is ended."""
    side = Side()
    while True:
        asked = json.loads(line.recv())
        kinds = (("value", push), ("store", store), ("recall", recall))
        answer = next((answer for word, answer in kinds if word in asked), None)
        found = answer(asked) if answer else await side.call(asked)
        line.send(json.dumps(found, default=plain))

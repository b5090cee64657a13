"""A socket that is not ours, for the fuzzer: its AsyncAPI document, sound or odd, and servers of it by a script, on real sockets.

A frame is the headers with the payload as `data`; `id` is a header, and a reply repeats it. Two operations, one event.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import jsonschema_rs
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from proof.documents import Json, judge
from proof.ws.contract import read_socket

ID = {"location": "$message.header#/id"}
SHELF = "#/channels/shelf"
TITLE = {"type": "string", "minLength": 1, "maxLength": 12}
BOOK = {
    "type": "object",
    "required": ["title", "pages"],
    "properties": {"title": TITLE, "pages": {"type": "integer", "minimum": 1, "maximum": 900}},
    "additionalProperties": False,
}
Answer = Callable[[ServerConnection, Json], Awaitable[None]]
Handler = Callable[[ServerConnection], Awaitable[None]]


def _message(kind: str, payload: Json) -> Json:
    headers = {
        "type": "object",
        "required": ["id", "kind"],
        "properties": {"id": {"type": "string", "minLength": 1, "maxLength": 64}, "kind": {"const": kind}},
        "additionalProperties": False,
    }
    return {"headers": headers, "payload": payload, "correlationId": ID}


def _operation(name: str, *replies: str) -> Json:
    return {
        "action": "receive",
        "channel": {"$ref": SHELF},
        "messages": [{"$ref": f"{SHELF}/messages/{name}"}],
        "reply": {"messages": [{"$ref": f"{SHELF}/messages/{reply}"} for reply in replies]},
    }


def headed() -> Json:
    """Header and payload apart, no word of ours."""
    length = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer", "minimum": 0}}}
    messages = {
        "add": _message("add", BOOK),
        "added": _message("added", BOOK),
        "count": _message("count", {"type": "object", "maxProperties": 0}),
        "counted": _message("counted", length),
        "refused": _message("refused", {"type": "object", "required": ["why"], "properties": {"why": TITLE}}),
        "burnt": {"payload": {"type": "object", "required": ["burnt"], "properties": {"burnt": TITLE}}},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Shelf", "version": "1"},
        "channels": {"shelf": {"address": "/shelf", "messages": messages}},
        "operations": {
            "add_book": _operation("add", "added", "refused"),
            "count_books": _operation("count", "counted", "refused"),
            "tell": {
                "action": "send",
                "channel": {"$ref": SHELF},
                "messages": [{"$ref": f"{SHELF}/messages/burnt"}],
            },
        },
    }


def bare() -> Json:
    """The payload is the whole frame, the id stands in it, and a reply has it at another place."""
    number = {"type": "integer", "minimum": 0}
    meta = {"type": "object", "required": ["id"], "properties": {"id": number}}
    asked = {"type": "object", "required": ["meta", "word"], "properties": {"meta": meta, "word": TITLE}}
    told = {"type": "object", "required": ["re"], "properties": {"re": number}}
    document = headed()
    document["channels"]["shelf"]["messages"] = {
        "ask": {"payload": asked, "correlationId": {"location": "$message.payload#/meta/id"}},
        "tell": {"payload": told, "correlationId": {"location": "$message.payload#/re"}},
    }
    document["operations"] = {"ask": _operation("ask", "tell")}
    return document


def sound() -> Answer:
    """What the document says, with a shelf of its own."""
    socket = read_socket(headed())
    asked = {one.frame["properties"]["kind"]["const"]: judge(socket.document, one.frame) for one in socket.operations}
    books: list[Json] = []

    async def answer(connection: ServerConnection, frame: Json) -> None:
        await connection.send(json.dumps(_answer(asked, books, frame)))

    return answer


def _answer(asked: dict[str, jsonschema_rs.Validator], books: list[Json], frame: Json) -> Json:
    judged = asked.get(str(frame.get("kind")))
    key = frame.get("id")
    key = key if isinstance(key, str) and 1 <= len(key) <= 64 else "none"
    if judged is None or not judged.is_valid(frame):
        return {"id": key, "kind": "refused", "data": {"why": "it is unfit"}}
    if frame["kind"] == "count":
        return {"id": key, "kind": "counted", "data": {"count": len(books)}}
    books.append(frame["data"])
    return {"id": key, "kind": "added", "data": frame["data"]}


def answering(answer: Answer) -> Handler:
    """Each frame that is an object is answered; what is none is not."""

    async def handle(connection: ServerConnection) -> None:
        async for raw in connection:
            try:
                frame: Any = json.loads(raw)
            except (ValueError, RecursionError):
                continue
            if isinstance(frame, dict):
                await answer(connection, frame)

    return handle


@contextmanager
def serving(handle: Handler) -> Iterator[str]:
    """The address of a server in a thread of its own."""
    started = threading.Event()
    found: list[Any] = []

    async def quiet(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await handle(connection)

    async def run() -> None:
        stop = asyncio.Event()
        async with serve(quiet, "127.0.0.1", 0, ping_interval=None, close_timeout=1) as server:
            found.extend([asyncio.get_running_loop(), stop, server.sockets[0].getsockname()[1]])
            started.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert started.wait(10), "the server did not start"
        yield f"ws://127.0.0.1:{found[2]}"
    finally:
        found[0].call_soon_threadsafe(found[1].set)
        thread.join(10)

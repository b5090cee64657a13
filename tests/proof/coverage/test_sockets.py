"""Frames of a socket pass as they are, and become facts in both encodings; what cannot be read is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from proof.coverage.exchanges import Message
from proof.coverage.facts import Fact, Notebook, read
from proof.coverage.goals import scope
from proof.coverage.sockets import Frames, Opened
from proof.coverage.writer import Writer
from proof.protobuf import Protobuf, compiled
from proof.ws.codec import ProtobufFrames
from tests.codegen.contracts import SHIPPED

SCOPE = scope(compiled(SHIPPED))
WIRE = Protobuf(SCOPE.contract)
FRAMES = Frames(SCOPE, WIRE)
assert SCOPE.socket
CODEC = ProtobufFrames(WIRE, SCOPE.socket.controls)
REQ = "00000000-0000-4000-8000-000000000001"
GET = SCOPE.socket.operation("get_artist").pkg_id


def problem(pkg_id: int | None, code: str) -> bytes:
    response, refusal = WIRE.new("Response"), WIRE.new("Problem")
    refusal.code, refusal.status = code, 404
    response.pkg_id, response.req_id, response.status_code, response.data = pkg_id, REQ, 5, refusal.SerializeToString()
    return bytes(response.SerializeToString())


async def spoken(folder: Path, subprotocol: str, *frames: tuple[str, Any], **scope_of: Any) -> frozenset[Fact]:
    """Each frame with the way that it goes: `in` or `out`."""
    socket = Opened({"headers": [], **scope_of}, FRAMES, Writer(SCOPE, Notebook(folder / "facts")))
    coming: list[Message] = []
    gone: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        gone.append(message)

    received, sent = socket.receiving(receive), socket.sending(send)
    await sent({"type": "websocket.accept", "subprotocol": subprotocol})
    for way, frame in frames:
        message = {"bytes" if isinstance(frame, bytes) else "text": frame}
        if way == "in":
            coming.append({"type": "websocket.receive", **message})
            assert (await received()).items() >= message.items()
        else:
            await sent({"type": "websocket.send", **message})
            assert gone[-1].items() >= message.items()
    await sent({"type": "websocket.close", "code": 4505})
    return read(folder / "facts")


async def test_replies_events_and_controls_are_told_apart_in_json(tmp_path: Path) -> None:
    facts = await spoken(
        tmp_path,
        "stele.v1.json",
        ("in", json.dumps({"pkg_id": GET, "req_id": REQ, "data": {"artist_id": 0}})),
        ("out", json.dumps({"pkg_id": GET, "req_id": REQ, "status_code": 2, "data": {"code": "invalid_data"}})),
        ("in", json.dumps({"type": "subscribe", "topics": ["artists"]})),
        ("out", json.dumps({"type": "subscribed", "topics": ["artists"]})),
        ("out", json.dumps({"pkg_id": SCOPE.socket.events[0].pkg_id if SCOPE.socket else 0, "data": {}})),
    )
    assert {
        ("answer", "get_artist", "WS-json", "invalid_data"),
        ("keyword", "get_artist", "/artist_id", "minimum", "broken"),
        ("message", "subscribe", "json"),
        ("message", "subscribed", "json"),
        ("message", "artist_created", "json"),
        ("event", "artist_created"),
        ("close", "4505"),
    } <= facts


@pytest.mark.parametrize("subprotocol", ["stele.v1.protobuf", ""])
async def test_the_same_is_told_of_protobuf_however_it_was_asked_for(tmp_path: Path, subprotocol: str) -> None:
    facts = await spoken(
        tmp_path,
        subprotocol,
        ("in", CODEC.write({"pkg_id": GET, "req_id": REQ, "data": {"artist_id": 7}})),
        ("out", problem(GET, "artist_not_found")),
        ("in", CODEC.write({"type": "subscribe", "topics": ["artists"]})),
        query_string=b"" if subprotocol else b"format=protobuf",
    )
    assert {
        ("answer", "get_artist", "WS-protobuf", "artist_not_found"),
        ("code", "get_artist", "artist_not_found"),
        ("keyword", "get_artist", "/artist_id", "minimum", "kept"),
        ("message", "subscribe", "protobuf"),
    } <= facts


@pytest.mark.parametrize("frame", ["{", "[]", '{"pkg_id": "x"}', '{"pkg_id": 65535, "req_id": "x"}', b"\xff\xff"])
@pytest.mark.parametrize("subprotocol", ["stele.v1.json", "stele.v1.protobuf"])
async def test_what_cannot_be_read_is_no_fact_and_no_error(tmp_path: Path, subprotocol: str, frame: Any) -> None:
    assert await spoken(tmp_path, subprotocol, ("in", frame), ("out", frame)) == {("close", "4505")}


async def test_a_reply_to_nothing_is_no_answer(tmp_path: Path) -> None:
    reply = json.dumps({"pkg_id": GET, "req_id": REQ, "status_code": 0, "data": {}})
    assert await spoken(tmp_path, "stele.v1.json", ("out", reply)) == {("close", "4505")}

"""The forms of a stream, and what becomes of an answer that is one. `tests/streams/tests/contract/streams.py` takes them over a wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.execution.context import Call, Caller, Door
from app.http.negotiation import NDJSON, PROTOBUF_STREAM, SSE
from app.http.stream import FORMS, StreamAnswer, delimited
from generated.errors import ArtistNotFound
from generated.operations import OPERATIONS
from generated.proto import artists_pb2, envelope_pb2
from generated.wire import CODECS
from tests.app.ws.fakes import artist

CODEC = CODECS["get_artist"]


class Answer:
    """A stream of artists, as a caller gets it who goes away when `gone` is set."""

    def __init__(self, media: str) -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        nothing: Any = None
        caller = Caller(None, "127.0.0.1", "", Door.HTTP)
        self.call = Call(OPERATIONS["get_artist"], nothing, nothing, caller, "trace")
        self.stream = StreamAnswer(self.send, CODEC, self.call, lambda: media)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def run(self, handler: Callable[[StreamAnswer], Awaitable[None]]) -> None:
        async def running() -> None:
            await handler(self.stream)

        await self.stream.run(running(), self.receive)

    @property
    def body(self) -> bytes:
        return b"".join(one["body"] for one in self.sent[1:])

    @property
    def is_whole(self) -> bool:
        return not self.sent[-1].get("more_body", False)


async def two(stream: StreamAnswer) -> None:
    for number in (1, 2):
        await stream.deliver(artist(number))


async def one_and_a_refusal(stream: StreamAnswer) -> None:
    await stream.deliver(artist(1))
    raise ArtistNotFound


async def test_lines() -> None:
    answer = Answer(NDJSON)
    await answer.run(two)
    assert ([json.loads(line)["id"] for line in answer.body.splitlines()], answer.is_whole) == ([1, 2], True)
    failed = Answer(NDJSON)
    await failed.run(one_and_a_refusal)
    assert json.loads(failed.body.splitlines()[-1])["error"]["code"] == "artist_not_found"
    assert not failed.is_whole


async def test_events() -> None:
    answer = Answer(SSE)
    await answer.run(two)
    assert answer.body.count(b"\n\n") == 3
    assert answer.body.endswith(b"event: end\ndata: null\n\n")
    failed = Answer(SSE)
    await failed.run(one_and_a_refusal)
    assert b'event: problem\ndata: {"type":' in failed.body
    assert failed.is_whole


async def test_messages() -> None:
    answer = Answer(PROTOBUF_STREAM)
    await answer.run(two)
    ok = envelope_pb2.RSP_CODE_OK
    frames = [envelope_pb2.Response(data=encoded(number), status_code=ok, offset=number - 1) for number in (1, 2)]
    end = envelope_pb2.Response(status_code=ok)
    assert answer.body == b"".join(delimited(one.SerializeToString()) for one in (*frames, end))
    assert artists_pb2.Artist.FromString(frames[1].data).id == 2


def encoded(number: int) -> bytes:
    assert CODEC.encode_protobuf is not None
    return CODEC.encode_protobuf(artist(number))


@pytest.mark.parametrize("media", FORMS)
async def test_what_is_refused_before_the_first_item_is_the_doors_to_answer(media: str) -> None:
    async def refused(stream: StreamAnswer) -> None:
        raise ArtistNotFound

    answer = Answer(media)
    with pytest.raises(ArtistNotFound):
        await answer.run(refused)
    assert answer.sent == []


async def test_a_caller_who_goes_away_ends_what_runs() -> None:
    answer, ended = Answer(SSE), asyncio.Event()

    async def endless(stream: StreamAnswer) -> None:
        try:
            await stream.deliver(artist(1))
            answer.gone.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    await asyncio.wait_for(answer.run(endless), 5)
    assert (ended.is_set(), answer.is_whole) == (True, False)


@pytest.mark.parametrize("media", FORMS)
async def test_the_end_of_the_server_is_told_to_a_stream_that_has_begun(media: str) -> None:
    """After its handler has ended; lines are cut behind it as behind any refusal."""
    answer = Answer(media)
    has_sent, has_ended = asyncio.Event(), asyncio.Event()

    async def endless(stream: StreamAnswer) -> None:
        await stream.deliver(artist(1))
        has_sent.set()
        try:
            await asyncio.Event().wait()
        finally:
            has_ended.set()

    task = asyncio.create_task(answer.run(endless))
    await has_sent.wait()
    task.cancel()
    await asyncio.wait_for(task, 5)
    assert has_ended.is_set()
    assert b"unavailable" in answer.body
    assert answer.is_whole == (media != NDJSON)


async def test_the_end_of_the_server_is_the_doors_to_tell_before_the_first_item() -> None:
    async def silent(stream: StreamAnswer) -> None:
        await asyncio.Event().wait()

    answer = Answer(SSE)
    task = asyncio.create_task(answer.run(silent))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert answer.sent == []


@pytest.mark.parametrize(
    ("length", "head"), [(0, b"\x00"), (127, b"\x7f"), (128, b"\x80\x01"), (16384, b"\x80\x80\x01")]
)
def test_a_length_is_a_varint(length: int, head: bytes) -> None:
    assert delimited(b"x" * length) == head + b"x" * length

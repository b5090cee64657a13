"""What a turn of the loop brings leaves as one message, in order, at its end; a peer that takes nothing makes its sender wait."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.ws.bundles import MAX_BYTES, Binder, Bundles, join_json, join_protobuf
from app.ws.outbox import ABNORMAL, Outbox
from generated.proto import stele_control_pb2


def text(frame: str) -> dict[str, Any]:
    return {"type": "websocket.send", "text": frame}


CLOSE = {"type": "websocket.close", "code": 1000, "reason": ""}


class Server:
    """Takes messages while `writable`, as uvicorn does."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.writable = asyncio.Event()
        self.writable.set()
        self.error: OSError | None = None

    async def send(self, message: Any) -> None:
        await self.writable.wait()
        if self.error is not None:
            raise self.error
        self.sent.append(message.get("text", message.get("code")))


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def outbox(server: Server) -> Outbox:
    return Outbox(server.send, asyncio.get_running_loop(), bind=Binder(join_json))


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def push(outbox: Outbox, *frames: str) -> None:
    for one in frames:
        outbox.push(text(one), len(one))


async def test_the_frames_of_a_turn_are_one_message_and_the_next_turn_s_another(server: Server, outbox: Outbox) -> None:
    push(outbox, "a", "b")
    outbox.reply(text("c"), 1)
    assert server.sent == []
    await settle()
    push(outbox, "d")
    await settle()
    assert server.sent == ["a\nb\nc", "d"]


async def test_a_message_of_several_frames_has_64_kib_and_larger_frames_go_alone(
    server: Server, outbox: Outbox
) -> None:
    half, large = "x" * (MAX_BYTES // 2), "y" * (2 * MAX_BYTES)
    push(outbox, half, half, "a", large, "b")
    await settle()
    assert server.sent == [f"{half}\n{half}", "a", large, "b"]


async def test_a_close_leaves_after_what_came_before_it(server: Server, outbox: Outbox) -> None:
    push(outbox, "a", "b")
    outbox.close(4000, "")
    await settle()
    assert server.sent == ["a\nb", 4000]


async def test_what_comes_while_the_peer_takes_nothing_waits_and_is_counted(server: Server, outbox: Outbox) -> None:
    server.writable.clear()
    push(outbox, "a")
    await settle()
    push(outbox, "b", "c")
    await settle()
    assert (outbox.is_idle, outbox.event_bytes) == (False, 2)
    server.writable.set()
    await settle()
    assert (outbox.is_idle, outbox.event_bytes, "\n".join(server.sent)) == (True, 0, "a\nb\nc")


async def test_a_close_waits_for_a_peer_that_takes_nothing(server: Server, outbox: Outbox) -> None:
    server.writable.clear()
    push(outbox, "a")
    await settle()
    outbox.close(4000, "")
    await settle()
    assert server.sent == []
    server.writable.set()
    await settle()
    assert server.sent == ["a", 4000]


@pytest.mark.parametrize("waits", [False, True])
async def test_a_peer_that_has_gone_is_noticed_by_the_next_frame(server: Server, outbox: Outbox, waits: bool) -> None:
    server.error = OSError()
    if waits:
        server.writable.clear()
    push(outbox, "a")
    await settle()
    server.writable.set()
    await settle()
    push(outbox, "b")
    await settle()
    assert outbox.close_code == ABNORMAL
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_sockets_that_are_sent_the_same_share_the_message() -> None:
    sent: list[list[Any]] = [[], []]
    bind = Binder(join_json)

    def sender(index: int) -> Bundles:
        async def send(message: Any) -> None:
            sent[index].append(message)

        return Bundles(send, bind, asyncio.get_running_loop())

    frames = [text("a"), text("b")]
    for one in map(sender, (0, 1)):
        for frame in frames:
            await one(frame)
    await settle()
    assert sent[0][0] is sent[1][0]
    assert bind([text("a"), text("b")]) is not sent[0][0], "equal frames that are others"


def test_one_json_frame_is_as_it_always_was() -> None:
    frame = text("a")
    assert join_json([frame]) is frame


@pytest.mark.parametrize("frames", [[b"a"], [b"a", b"", b"c" * 300]])
def test_protobuf_frames_are_a_message_of_the_protocol_s_own(frames: list[bytes]) -> None:
    joined = join_protobuf([{"type": "websocket.send", "bytes": one} for one in frames])
    assert list(stele_control_pb2.Frames.FromString(joined["bytes"]).frames) == frames

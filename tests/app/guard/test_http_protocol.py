"""The guarded HTTP protocol stays calm whatever bytes come, in whatever pieces; tests/faults has its rules one by one."""

from __future__ import annotations

import asyncio
import gc
import random

import pytest
from websockets.server import ServerProtocol

from app.guard.http_protocol import GuardedHttp
from app.guard.transport import GuardedTransport
from app.guard.websocket_protocol import GuardedWebSocket
from tests.faults.echo_process import EchoServer
from tests.faults.echo_server import in_this_process
from tests.faults.raw import Peer, chunked, handshake, request

GOOD = [
    request("GET /"),
    request("POST /", body=b"abc"),
    chunked("POST /", b"3\r\nabc\r\n0\r\nA: b\r\n\r\n"),
    request("GET /", "Connection: Upgrade", "Upgrade: h2c"),
    b"GET / HTTP/1.0\r\n\r\n",
]
NOISE = [b"\r\n", b"\0", b":", b" ", b"HTTP/1.1", b"Host: x\r\n", b"\xff" * 9, b"0\r\n\r\n", b"Content-Length: 5\r\n"]


def spoiled(chance: random.Random) -> bytes:
    data = bytearray(b"".join(chance.choices(GOOD, k=4)))
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(4)] = chance.choice(NOISE)
    return bytes(data)


@pytest.mark.parametrize("seed", range(40))
async def test_spoiled_requests_leave_no_line_in_the_log_and_the_server_alive(echo: EchoServer, seed: int) -> None:
    chance = random.Random(seed)
    data = spoiled(chance)
    async with await Peer.open(echo.port) as peer:
        while data and not peer.writer.transport.is_closing():
            size = chance.randrange(1, 60)
            peer.send(data[:size])
            data = data[size:]
            await peer.is_open(0.001)
    async with await Peer.open(echo.port, request("GET /")) as peer:
        assert (await peer.answer()).status == 200
    assert echo.text() == ""


async def test_the_gate_is_asked_for_the_caller_behind_the_proxy_and_not_for_the_proxy(echo: EchoServer) -> None:
    for forwarded, status in (("2001:db8::7", 503), ("2001:db8::7, 192.0.2.1", 200), ("2001:db8:0:1::7", 200)):
        async with await Peer.open(echo.port, request("GET /", f"X-Forwarded-For: {forwarded}")) as peer:
            assert (await peer.answer()).status == status


@pytest.mark.survives("D22", "L01")
async def test_a_request_for_which_there_is_no_room_is_told_its_own_trace_or_a_new_one(
    echo: EchoServer,
) -> None:
    """A full node refuses calls of one connection: each answer has the trace that the caller said, or a new one, and is the same otherwise but
    for the second. A call behind them that there is room for is served."""
    said = "0" * 31 + "1"
    async with await Peer.open(echo.port) as peer:
        answers = []
        for fields in ((), (f"X-Correlation-ID: {said}",), (), (f"x-correlation-id:{said}",)):
            peer.send(request("GET /busy?page=1", *fields))
            answers.append(await peer.answer())
        peer.send(request("GET /busy") + request("GET /"))
        assert [(await peer.answer()).status for _ in range(2)] == [503, 200]
    traces = [one.headers.pop("x-correlation-id") for one in answers]
    assert (traces[1], traces[3], len({*traces})) == (said, said, 3)
    bodies = [one.body.replace(trace.encode(), b"") for one, trace in zip(answers, traces, strict=True)]
    for one in answers:
        del one.headers["date"]
    assert bodies == bodies[:1] * 4
    assert [one.headers for one in answers] == [answers[0].headers] * 4
    assert answers[0].headers["retry-after"] == "7"


@pytest.mark.survives("D22", "L01")
async def test_what_was_turned_away_and_comes_again_is_judged_as_before_and_asks_for_room_anew(
    echo: EchoServer,
) -> None:
    """The same request comes again and again on a full node: each time it is answered with a trace of its own, a HEAD without a body, and as soon as
    there is room it is served. One that is malformed is told so each time."""
    async with await Peer.open(echo.port) as peer:
        again = []
        for _ in range(4):
            peer.send(request("GET /filled"))
            again.append(await peer.answer())
        for _ in range(3):
            peer.send(request("HEAD /busy") + request("GET /livez"))
            head = await peer.answer(has_body=False)
            assert (head.status, (await peer.answer()).status) == (503, 200)
    assert [one.status for one in again] == [503, 503, 503, 200]
    assert len({one.headers["x-correlation-id"] for one in again[:3]}) == 3
    for _ in range(2):
        async with await Peer.open(echo.port, request("GET /busy", "Host: y")) as peer:
            assert (await peer.answer()).status == 400


@pytest.mark.survives("D22", "L01")
async def test_a_short_body_of_what_is_turned_away_is_passed_over_and_the_connection_goes_on(echo: EchoServer) -> None:
    """A full node refuses writes of one connection, whose bodies come with the head, after it, or in pieces, and look like requests. Each is answered
    once, before its body if that is late, nothing in a body is served, and a call behind them is."""
    body = request("GET /")
    write = request("POST /busy", body=body)
    head, whole = write[: -len(body)], len(write)
    async with await Peer.open(echo.port) as peer:
        for pieces in (
            [write],
            [write],
            [head, body],
            [head + body[:9], body[9:20], body[20:]],
            [write + write[:-1], write[-1:]],
        ):
            for piece in pieces:
                peer.send(piece)
                await asyncio.sleep(0.02)
            answers = [await peer.answer() for _ in range(sum(map(len, pieces)) // whole)]
            assert {(one.status, "connection" in one.headers) for one in answers} == {(503, False)}
        peer.send(request("GET /livez"))
        assert (await peer.answer()).status == 200
        assert await peer.is_open(0.05)


@pytest.mark.parametrize(
    "asked",
    [
        request("POST /busy", "Content-Length: 16385"),
        request("POST /busy", "Content-Length: 3", "Expect: 100-continue"),
        chunked("POST /busy", b"3\r\nabc\r\n0\r\n\r\n"),
    ],
    ids=["large", "not sent yet", "chunked"],
)
async def test_another_body_of_what_is_turned_away_ends_the_connection(echo: EchoServer, asked: bytes) -> None:
    for _ in range(2):
        async with await Peer.open(echo.port, asked) as peer:
            answer = await peer.answer()
            assert (answer.status, answer.headers["connection"]) == (503, "close")
            assert await peer.ended_after() < 5.0


async def begun(echo: EchoServer) -> int:
    async with await Peer.open(echo.port, request("GET /begun")) as peer:
        return int((await peer.answer()).body)


@pytest.mark.survives("D22")
async def test_a_request_does_not_begin_while_answers_wait_for_their_peer(echo: EchoServer) -> None:
    """One connection asks for 20 answers of 4 MiB at once, each more than the system takes, and reads none: the node begins with
    one. Once that is taken the others follow."""
    before = await begun(echo)
    async with await Peer.open(echo.port) as peer:
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport reads
        peer.send(request("GET /large") * 20)
        seen, now = -1, before
        while now != seen or now == before:
            await asyncio.sleep(0.3)
            seen, now = now, await begun(echo)
        assert now - before == 1
        peer.writer.transport.resume_reading()  # type: ignore[attr-defined]  # likewise
        for _ in range(20):
            assert len((await peer.answer()).body) == 4 << 20


CONVERSATIONS = {
    "silent": b"",
    "read": request("GET /"),
    "written": request("POST /", body=b"abc"),
    "cut in its body": request("POST /", "Content-Length: 100") + b"abc",
    "turned away": request("GET /busy"),
    "turned away in its body": request("POST /busy", "Content-Length: 100") + b"abc",
    "malformed": b"GARBAGE\r\n\r\n",
    "socket": handshake("/web"),
}


@pytest.mark.survives("D13", "L05")
async def test_of_a_connection_that_ended_nothing_waits_for_the_collector() -> None:
    """L05 (D13): connections of every kind come and go while the collector rests: nothing of them is left, as it would be where parts refer to each
    other. The collector goes through all that lives only now and then, and a connection that lasted waits for that."""
    ours = (GuardedHttp, GuardedWebSocket, GuardedTransport, ServerProtocol)
    async with in_this_process() as (server, port):
        gc.collect()
        gc.disable()
        try:
            for said in CONVERSATIONS.values():
                async with await Peer.open(port, said) as peer:
                    await peer.is_open(0.05)
            async with asyncio.timeout(10):
                while server.server_state.connections or server.server_state.tasks or not server.started:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            left = [type(one).__name__ for one in gc.get_objects() if type(one) in ours]
        finally:
            gc.enable()
    assert left == []

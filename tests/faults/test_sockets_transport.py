"""What the guard does with frames: raw bytes to real processes."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Awaitable

import pytest

from tests.faults.echo_process import EchoServer
from tests.faults.raw import BINARY, CLOSE, PING, PONG, TEXT, Peer, frame, handshake
from tests.running_service import RunningService
from tests.spent import cpu_s, resident_kib

SIZE = 65_536
CONTINUATION = 0x0
ABUSE = 4505
TURNS_S = 0.05
"""CPU that an honest request may wait for, a few turns of the loop: one that takes in a whole flood at once spends several times that."""


def parts(size: int, count: int) -> bytes:
    """A message of so many bytes in so many fragments."""
    each, rest = divmod(size, count)
    first = frame(BINARY, b"a" * (each + rest), fin=False)
    return first + frame(CONTINUATION, b"a" * each, fin=False) * (count - 2) + frame(CONTINUATION, b"a" * each)


CLOSED = {
    "one byte too large": (frame(BINARY, b"a" * (SIZE + 1)), 1009),
    "too large in three fragments": (parts(SIZE + 1, 3), 1009),
    "2^62 declared": (b"\x82\xff" + struct.pack("!Q", 1 << 62), 1009),
    "2^63 declared": (b"\x82\xff" + struct.pack("!Q", 1 << 63), 1009),
    "65 fragments": (parts(SIZE, 65), 1008),
    "empty fragments": (frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) * 1000, 1008),
    "length in two bytes": (frame(TEXT, b"a" * 125, width=2), 1002),
    "length in eight bytes": (frame(TEXT, b"a" * 1000, width=8), 1002),
    "ping of 126 bytes": (frame(PING, b"a" * 126), 1002),
    "reason of 124 bytes": (frame(CLOSE, b"\x03\xe8" + b"a" * 124), 1002),
    "close of one byte": (frame(CLOSE, b"\x03"), 1002),
    "reserved code": (frame(CLOSE, struct.pack("!H", 1005)), 1002),
    "unmasked": (b"\x81\x01a", 1002),
    "reserved opcode": (frame(0x3), 1002),
    "reserved bit": (b"\xc1\x80\0\0\0\0", 1002),
    "fragmented ping": (frame(PING, fin=False), 1002),
    "continuation of nothing": (frame(CONTINUATION), 1002),
    "text within text": (frame(TEXT, b"a", fin=False) + frame(TEXT, b"a"), 1002),
    "invalid text": (frame(TEXT, b"\xff"), 1007),
    "invalid text in a fragment": (frame(TEXT, b"\xc3\x28", fin=False), 1007),
    "invalid over two fragments": (frame(TEXT, b"\xce", fin=False) + frame(CONTINUATION, b"\xce", fin=False), 1007),
    "text cut in a character": (frame(TEXT, b"\xce"), 1007),
    "pings": (frame(PING, b"a" * 125) * 1000, ABUSE),
    "pongs": (frame(PONG) * 1000, ABUSE),
    "pings within a message": (frame(TEXT, b"a", fin=False) + frame(PING) * 1000, ABUSE),
}


@pytest.mark.survives("W05", "W12")
@pytest.mark.parametrize("case", CLOSED)
async def test_a_violation_is_answered_by_its_code_at_once_and_without_a_line_in_the_log(
    echo: EchoServer, case: str
) -> None:
    """D13: messages beyond 64 KiB or 64 fragments, floods of control frames, lengths in too many bytes, invalid text in an
    unfinished message: a Close with the code, and TCP ends within 5 s."""
    data, code = CLOSED[case]
    async with await Peer.open_socket(echo.port, "/echo") as peer:
        peer.send(data)
        assert await peer.close_code() == code
        assert await peer.ended_after() < 5
    assert echo.text() == ""


FINE = {
    "largest": frame(BINARY, b"a" * SIZE),
    "64 fragments": parts(SIZE, 64),
    "text cut between fragments": frame(TEXT, b"\xce", fin=False) + frame(CONTINUATION, b"\xba"),
    "pings between fragments": frame(TEXT, b"a", fin=False) + frame(PING) * 5 + frame(CONTINUATION, b"b"),
    "many messages": frame(TEXT, b"a") * 1000,
}


@pytest.mark.survives("W05")
@pytest.mark.parametrize("case", FINE)
async def test_what_just_fits_is_echoed(echo: EchoServer, case: str) -> None:
    """W05: a message of 65,536 bytes is taken, whole or in 64 fragments, however the bytes come."""
    expected = 1000 if case == "many messages" else 1
    async with await Peer.open_socket(echo.port, "/echo") as peer:
        for start in range(0, len(FINE[case]), 4999):
            peer.send(FINE[case][start : start + 4999])
            await asyncio.sleep(0)
        echoed = 0
        while echoed < expected:
            echoed += (await peer.frame())[0] in (TEXT, BINARY)
        assert await peer.is_open()


async def test_a_close_within_a_fragmented_message_is_a_close(echo: EchoServer) -> None:
    """RFC 6455 §5.4: fault 15."""
    async with await Peer.open_socket(echo.port, "/echo") as peer:
        peer.send(frame(TEXT, b"a", fin=False) + frame(CLOSE, struct.pack("!H", 1000)))
        assert await peer.close_code() == 1000
        assert await peer.ended_after() < 5


async def test_data_after_a_close_is_ignored(echo: EchoServer) -> None:
    """W12."""
    async with await Peer.open_socket(echo.port, "/echo") as peer:
        peer.send(frame(CLOSE, struct.pack("!H", 1000)) + frame(TEXT, b"a") * 100 + b"\xff" * 1000)
        assert await peer.close_code() == 1000
        assert await peer.ended_after() < 5


@pytest.mark.survives("W12")
async def test_a_close_that_is_not_answered_ends_within_5_s(echo: EchoServer) -> None:
    """W12 (D13): the peer neither answers the Close nor goes; TCP ends within 5 s."""
    async with await Peer.open_socket(echo.port, "/close") as peer:
        peer.send(frame(TEXT, b"a"))
        begun = time.monotonic()
        assert await peer.close_code() == 4000
        assert await peer.reader.read() == b""
        assert time.monotonic() - begun < 5


@pytest.mark.survives("W12")
async def test_a_peer_that_floods_instead_of_closing_is_gone_within_5_s(echo: EchoServer) -> None:
    """W12 (D13): after our Close the peer sends empty messages as fast as it can; others are answered meanwhile."""
    async with await Peer.open_socket(echo.port, "/close") as peer:
        begun, spent = time.monotonic(), [0.0]
        flood = asyncio.create_task(pour(peer, frame(BINARY) * 10_000))
        while not flood.done():
            spent.append(await cpu_of(echo.pid, get_once(echo.port)))
        assert time.monotonic() - begun < 8
        assert max(spent) < TURNS_S


async def pour(peer: Peer, data: bytes) -> None:
    """Sends without end, until the connection does."""
    async with asyncio.timeout(20):
        try:
            while True:
                peer.send(data)
                await peer.writer.drain()
        except ConnectionError:
            return


async def get_once(port: int) -> None:
    async with await Peer.open(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as peer:
        assert (await peer.answer()).status == 200


async def cpu_of(pid: int, work: Awaitable[None]) -> float:
    """What the process spends until the work is done, for whomever: what others cost the one who waits."""
    before = cpu_s(pid)
    await work
    return cpu_s(pid) - before


@pytest.mark.survives("W10")
async def test_a_message_that_does_not_end_in_time_closes_the_socket(echo: EchoServer) -> None:
    """D13: a message has 10 s, however it trickles; pings do not prolong it."""
    begun = time.monotonic()
    async with (
        await Peer.open_socket(echo.port, "/echo") as fragments,
        await Peer.open_socket(echo.port, "/echo") as bytewise,
        await Peer.open_socket(echo.port, "/echo") as header,
    ):
        fragments.send(frame(TEXT, b"a", fin=False))
        bytewise.send(frame(TEXT, b"a" * 100)[:50])
        header.send(b"\x81")
        codes = asyncio.gather(*(one.close_code() for one in (fragments, bytewise, header)))
        while not codes.done() and time.monotonic() < begun + 12:
            fragments.send(frame(CONTINUATION, b"a", fin=False))
            bytewise.send(b"a")
            await asyncio.sleep(1)
        assert await codes == [1008, 1008, 1008]
        assert time.monotonic() - begun < 12


async def test_frames_that_come_before_the_handshake_is_answered_wait_for_it(echo: EchoServer) -> None:
    """RFC 6455 §4.1 forbids them; they neither get lost nor come between."""
    async with await Peer.open(echo.port, handshake("/echo") + frame(PING, b"early") + frame(TEXT, b"a")) as peer:
        assert (await peer.answer()).status == 101
        assert [await peer.frame() for _ in range(2)] == [(PONG, b"early"), (TEXT, b"a")]


async def test_a_handshake_that_the_application_does_not_answer_is_refused_in_10_s(echo: EchoServer) -> None:
    """D13: the upgrade is complete, or refused with 503, within 10 s; pings do not pass meanwhile."""
    async with await Peer.open(echo.port, handshake("/mute") + frame(PING) * 1000) as peer:
        answer = await peer.answer()
        assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
        assert 9 < await peer.ended_after() < 12
    assert echo.text() == ""


@pytest.mark.survives("W05")
async def test_what_the_application_does_not_take_stays_with_the_peer(echo: EchoServer) -> None:
    """W05 (D13): 50 sockets send a MiB each to an application that takes nothing: a few messages are taken, no more."""
    warm = [await Peer.open_socket(echo.port, "/deaf") for _ in range(50)]
    before = resident_kib(echo.pid)
    for peer in warm:
        peer.send(frame(BINARY, b"a" * 1000) * 1000)
    await asyncio.sleep(1.5)
    grown = resident_kib(echo.pid) - before
    for peer in warm:
        peer.writer.transport.abort()
    assert grown < 50 * 512


@pytest.mark.survives("W05")
async def test_a_peer_that_takes_nothing_is_not_read(service: RunningService) -> None:
    """Fault 5: a socket that pings and reads nothing, before authentication too: no memory for it, and others are answered."""
    before = resident_kib(service.process.pid)
    async with await Peer.open_socket(service.port, "/web?auth=frame") as peer:
        peer.send(frame(PING, b"a" * 125) * 300_000)
        spent = [await cpu_of(service.process.pid, get_health(service.port)) for _ in range(20)]
    assert max(spent) < TURNS_S
    assert resident_kib(service.process.pid) - before < 2048


async def get_health(port: int) -> None:
    async with await Peer.open(port, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n") as peer:
        assert (await peer.answer()).status == 204

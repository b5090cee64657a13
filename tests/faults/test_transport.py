"""What the guard does with heads, bodies and trailers: raw bytes to real processes."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from app.guard.turning_away import MAX_UNREAD_BODY
from tests.faults.echo_process import EchoServer
from tests.faults.raw import HOST, Answer, Peer, chunked, request
from tests.running_service import RunningService
from tests.spent import resident_kib

HEAD_BYTES, FIELDS = 16_384, 100
MIB = 1 << 20


def head_of(size: int) -> bytes:
    """A GET whose head has so many bytes."""
    empty = request("GET /", "A: ")
    return request("GET /", "A: " + "a" * (size - len(empty)))


REFUSED = {
    "head one byte too large": (head_of(HEAD_BYTES + 1), 431),
    "head without end": (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * HEAD_BYTES, 431),
    "target too long": (b"GET /" + b"a" * HEAD_BYTES, 414),
    "one field too many": (request("GET /", *["A: b"] * FIELDS), 431),
    "ten thousand fields": (request("GET /", *["A:"] * 10_000), 431),
    "no Host": (request("GET /", host=b""), 400),
    "two Hosts": (request("GET /", host=HOST * 2), 400),
    "two Hosts in HTTP/1.0": (b"GET / HTTP/1.0\r\n" + HOST * 2 + b"\r\n", 400),
    "empty Host": (request("GET /", host=b"Host:\r\n"), 400),
    "nonsense in Host": (request("GET /", host=b"Host: a b\r\n"), 400),
    "user in Host": (request("GET /", host=b"Host: a@b\r\n"), 400),
    "two lengths": (request("POST /", "Content-Length: 1", "Content-Length: 1"), 400),
    "length and chunked": (request("POST /", "Content-Length: 1", "Transfer-Encoding: chunked"), 400),
    "chunked twice": (request("POST /", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
    "unknown coding": (request("POST /", "Transfer-Encoding: gzip, chunked"), 400),
    "chunked in HTTP/1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "HTTP/2.0": (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 400),
    "folded field": (request("GET /", "A: b\r\n c"), 400),
    "space before colon": (request("GET /", "A : b"), 400),
    "bare LF in front": (b"GET / HTTP/1.1\nHost: x\r\n\r\n", 400),
    "no path": (request("GET http://x"), 400),
    "CONNECT": (request("CONNECT x:80"), 400),
    "POST opens no socket": (request("POST /echo", "Connection: Upgrade", "Upgrade: websocket", body=b"abc"), 400),
    "HTTP/1.0 opens no socket": (b"GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 400),
    "socket without a key": (request("GET /echo", "Connection: Upgrade", "Upgrade: websocket"), 400),
    "socket with a body": (request("GET /echo", "Connection: Upgrade", "Upgrade: websocket", body=b"abc"), 400),
    "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "bad chunk": (chunked("POST /", b"zz\r\n"), 400),
    "chunks of one byte": (chunked("POST /", b"1\r\na\r\n" * 100_000), 400),
    "extension without end": (chunked("POST /", b"1;" + b"a" * 200_000), 431),
    "trailer without end": (chunked("POST /", b"0\r\nA: " + b"a" * 200_000), 431),
    "trailers without end": (chunked("POST /", b"0\r\n" + b"A: b\r\n" * 5_000), 431),
    "body too large for any": (request("POST /", body=b"a" * (2 * MIB)), 413),
}


@pytest.mark.survives("W10", "I08")
@pytest.mark.parametrize("case", REFUSED)
async def test_what_breaks_a_bound_is_refused_by_a_problem_and_the_connection_ends(echo: EchoServer, case: str) -> None:
    """D13: heads beyond 16 KiB or 100 fields, ambiguous framing or Host, upgrades that open no socket, endless trailers:
    a problem, then the end, without a line in the log."""
    data, status = REFUSED[case]
    async with await Peer.open(echo.port, data) as peer:
        answer = await peer.answer()
        assert await peer.ended_after() < 5
    problem = json.loads(answer.body)
    assert (answer.status, problem["status"], problem["trace_id"]) == (
        status,
        status,
        answer.headers["x-correlation-id"],
    )
    assert answer.headers["connection"].lower() == "close"
    assert echo.text() == ""


async def test_a_refusal_has_the_headers_of_every_problem(echo: EchoServer, service: RunningService) -> None:
    async with await Peer.open(service.port, request("GET /api/artists/1")) as peer:
        expected = await peer.answer()
    async with await Peer.open(echo.port, request("GET /", host=b"")) as peer:
        refused = await peer.answer()
    assert set(expected.headers) - {"www-authenticate", "ratelimit", "ratelimit-policy"} == set(refused.headers) - {
        "connection"
    }
    assert refused.headers["content-type"] == expected.headers["content-type"]


@pytest.mark.parametrize("data", [head_of(HEAD_BYTES), request("GET /", *["A: b"] * (FIELDS - 1))])
async def test_what_just_fits_is_answered(echo: EchoServer, data: bytes) -> None:
    async with await Peer.open(echo.port, data) as peer:
        assert (await peer.answer()).status == 200
        assert await peer.is_open()


async def test_a_head_may_come_byte_by_byte(echo: EchoServer) -> None:
    async with await Peer.open(echo.port) as peer:
        for byte in request("POST /", body=b"abc"):
            peer.send(bytes((byte,)))
            await asyncio.sleep(0.001)
        assert json.loads((await peer.answer()).body)["size"] == 3


@pytest.mark.parametrize("upgrade", ["h2c", "foo/2, bar"])
async def test_an_upgrade_to_what_is_not_spoken_is_ignored(echo: EchoServer, upgrade: str) -> None:
    """RFC 9110 §7.8: the request is answered as any other, with its body, and the connection goes on."""
    first = request("POST /a", "Connection: Upgrade", f"Upgrade: {upgrade}", body=b"abc")
    async with await Peer.open(echo.port, first + request("GET /b")) as peer:
        seen = [json.loads((await peer.answer()).body) for _ in range(2)]
    assert [(one["path"], one["size"]) for one in seen] == [("/a", 3), ("/b", 0)]


async def test_pipelined_requests_are_answered_in_order(echo: EchoServer) -> None:
    paths = [f"/{number}" for number in range(50)]
    data = b"".join(request(f"POST {path}", body=b"abc") + b"\r\n" + request(f"GET {path}") for path in paths)
    async with await Peer.open(echo.port, data) as peer:
        seen = [json.loads((await peer.answer()).body) for _ in range(100)]
    assert [one["path"] for one in seen] == [path for path in paths for _ in range(2)]


async def test_what_is_pipelined_behind_an_answer_is_judged_after_it(echo: EchoServer) -> None:
    async with await Peer.open(echo.port, request("GET /slow") + request("GET /", host=b"")) as peer:
        assert [(await peer.answer()).status for _ in range(2)] == [200, 400]
        assert await peer.ended_after() < 5


TRAILER = chunked("POST /", b"3\r\nabc\r\n0\r\nAuthorization: Bearer x\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n")


async def test_trailers_reach_nobody_and_the_connection_goes_on(echo: EchoServer) -> None:
    """Fault 6: fields after the body are dropped, also where the application reads its headers late."""
    async with await Peer.open(echo.port, TRAILER) as peer:
        names = [name for name, _ in json.loads((await peer.answer()).body)["headers"]]
        peer.send(request("GET /"))
        after = json.loads((await peer.answer()).body)
    assert names == ["host", "transfer-encoding"]
    assert after["headers"] == [["host", "x"]]


async def test_a_request_behind_a_chunked_one_is_left_for_a_new_connection(echo: EchoServer) -> None:
    async with await Peer.open(echo.port, TRAILER + request("GET /admin")) as peer:
        answer = await peer.answer()
        assert (json.loads(answer.body)["size"], answer.headers["connection"]) == (3, "close")
        assert await peer.reader.read() == b""


async def test_a_credential_in_a_trailer_authenticates_nobody(service: RunningService) -> None:
    """Fault 6: a token that comes behind a chunked body is no token."""
    token = await service.token("editor")
    body = b'{"name":"Trailing"}'
    chunks = f"{len(body):x}\r\n".encode() + body + f"\r\n0\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    data = chunked("POST /api/artists", chunks, "Content-Type: application/json")
    async with await Peer.open(service.port, data) as peer:
        assert (await peer.answer()).status == 401


async def ends(peer: Peer) -> Answer:
    answer = await peer.answer()
    assert answer.headers["connection"] == "close"
    assert await peer.ended_after() < 5
    return answer


async def test_an_answer_before_the_body_is_the_last_and_can_be_read_while_sending(echo: EchoServer) -> None:
    """I08 (D13): 401 without reading 10 MiB: the answer says that the connection ends, and nothing more is swallowed."""
    data = request("POST /unread", body=b"a" * (10 * MIB))
    async with await Peer.open(echo.port, data) as peer:
        assert (await ends(peer)).status == 401
    async with await Peer.open(echo.port, request("POST /unread", "Content-Length: 1000")) as peer:
        assert (await ends(peer)).status == 401


async def send_until_cut(peer: Peer) -> float:
    """Seconds until a peer that goes on sending is cut; it gives up after 10."""
    begun = time.monotonic()
    while time.monotonic() < begun + 10:
        peer.send(b"a" * 1000)
        try:
            await peer.writer.drain()
        except ConnectionError:
            break
        await asyncio.sleep(0.01)
    return time.monotonic() - begun


async def test_a_peer_that_sends_on_after_the_answer_is_cut(echo: EchoServer) -> None:
    async with await Peer.open(echo.port, request("POST /unread", "Content-Length: 100000000")) as peer:
        assert (await peer.answer()).status == 401
        assert await send_until_cut(peer) < 5


async def test_a_body_that_has_come_keeps_the_connection(echo: EchoServer) -> None:
    async with await Peer.open(echo.port, request("POST /unread", body=b"abc")) as peer:
        assert (await peer.answer()).status == 401
        peer.send(request("GET /"))
        assert (await peer.answer()).status == 200


async def test_the_gate_answers_without_the_application_and_keeps_the_connection(echo: EchoServer) -> None:
    """D22: a refused request costs no task; 503 with Retry-After, for a handshake before the upgrade. A body that is to come is passed over if it
    is short, and ends the connection otherwise."""
    async with await Peer.open(echo.port, request("GET /busy?x") + request("HEAD /busy") + request("GET /")) as peer:
        refused, head = await peer.answer(), await asyncio.wait_for(peer.reader.readuntil(b"\r\n\r\n"), 5)
        assert (refused.status, refused.headers["retry-after"]) == (503, "7")
        assert b" 503 " in head
        assert (await peer.answer()).status == 200
    async with await Peer.open(echo.port, request("POST /busy", "Content-Length: 9")) as peer:
        assert (await peer.answer()).status == 503
        peer.send(b"nine byte" + request("GET /"))
        assert (await peer.answer()).status == 200
    for data in (
        request("POST /busy", f"Content-Length: {MAX_UNREAD_BODY + 1}"),
        request("GET /busy", "Connection: Upgrade", "Upgrade: websocket"),
    ):
        async with await Peer.open(echo.port, data) as peer:
            assert (await ends(peer)).status == 503


@pytest.mark.survives("I08")
async def test_bodies_that_are_not_what_they_say_cost_nothing(service: RunningService) -> None:
    """I08 (D13): ten MiB in chunks, lengths that lie, a compressed bomb, a form, no type: 400, 408, 413 or 415, and RSS stays."""
    token = f"Authorization: Bearer {await service.token('editor')}"
    json_type = "Content-Type: application/json"
    large = b"100000\r\n" + b" " * MIB + b"\r\n"
    cases = [
        (chunked("POST /api/artists", large * 10, token, json_type), 413),
        (request("POST /api/artists", token, json_type, f"Content-Length: {10 * MIB}"), 413),
        (request("POST /api/artists", token, json_type, "Content-Length: 3") + b'{"name":"x"}', 400),
        (
            request("POST /api/artists", token, json_type, "Content-Encoding: gzip", body=b"\x1f\x8b" + b"\0" * 1000),
            415,
        ),
        (request("POST /api/artists", token, "Content-Type: multipart/form-data; boundary=x", body=b"--x--"), 415),
        (request("POST /api/artists", token, body=b"{}"), 415),
        (request("POST /api/artists", token, json_type), 400),
        (chunked("POST /api/artists", b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", token, json_type), 422),
    ]
    for _ in range(2):
        before = resident_kib(service.process.pid)
        for data, status in cases:
            async with await Peer.open(service.port, data) as peer:
                answer = await peer.answer()
                assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert resident_kib(service.process.pid) - before <= 2048

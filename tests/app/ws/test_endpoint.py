"""The door over a real uvicorn and a real client: handshakes, many in flight, closes, pushes, slow readers."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import socket as sockets
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest
from google.protobuf.wrappers_pb2 import Int32Value
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.auth.principal import Principal
from app.broadcast.broker import Delivery
from app.ws.connection import Connection
from app.ws.dialect import Format
from app.ws.envelope import ControlId
from generated.errors import CloseCode
from generated.operations import CONTRACT_HASH, CONTRACT_VERSION
from generated.proto import artists_pb2, envelope_pb2
from generated.results import ArtistCreated
from tests.app.ws.conftest import OpenDoor
from tests.app.ws.fakes import OTHER_REQ_ID, REQ_ID, FakeLimiter, FakeSettings, artist, principal

GET = {"pkg_id": 4, "req_id": REQ_ID, "data": {"artist_id": 1}}
DELIVERY = Delivery("artists", 9, "e1", 1001, ArtistCreated(artist=artist()))


async def refused(door: OpenDoor, *args: Any, **rest: Any) -> tuple[int, dict[str, Any], Any]:
    with pytest.raises(InvalidStatus) as caught:
        await door.connect(*args, **rest)
    response = caught.value.response
    return response.status_code, json.loads(response.body), response.headers


async def closed(socket: Any) -> int:
    async with asyncio.timeout(8):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd is not None else 1006


def count_connections() -> int:
    gc.collect()
    return sum(type(one) is Connection for one in gc.get_objects())


async def test_an_admitted_socket_names_the_contract_and_echoes_only_the_format(door: OpenDoor) -> None:
    offer = "bearer." + urlsafe_b64encode(b"ann").decode().rstrip("=")
    socket = await door.connect(None, protocols=(offer, "stele.v1.protobuf", "stele.v1.json"))
    assert socket.subprotocol == "stele.v1.json"
    assert socket.response is not None
    assert socket.response.headers["Stele-Contract"] == f"{CONTRACT_VERSION};{CONTRACT_HASH}"
    assert offer not in str(socket.response.headers)
    await door.say(socket, **GET)
    assert (await door.hear(socket))["data"]["id"] == 1


@pytest.mark.parametrize("token", [None, "garbage"])
async def test_a_bad_credential_is_refused_before_the_upgrade(door: OpenDoor, token: str | None) -> None:
    status, body, headers = await refused(door, token)
    assert (status, body["code"], body["type"], body["status"]) == (
        401,
        "unauthenticated",
        "/problems/unauthenticated",
        401,
    )
    assert headers["WWW-Authenticate"] == "Bearer"
    assert headers["Content-Type"] == "application/problem+json"
    assert door.metrics.opened == 0


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ({"token": None, "Authorization": "Basic ann"}, 401),
        ({"Origin": "https://evil.test"}, 403),
        ({"protocols": ("other",)}, 400),
        ({"protocols": tuple(f"p{number}" for number in range(20))}, 400),
        ({"token": None, "protocols": ("bearer.A",)}, 400),
        ({"query": "?format=xml"}, 400),
        ({"token": None, "query": "?Authorization=Bearer%20ann"}, 401),
    ],
)
async def test_each_refusal_has_its_status_and_a_problem(door: OpenDoor, rest: dict[str, Any], status: int) -> None:
    code, body, _ = await refused(door, **rest)
    assert (code, body["status"]) == (status, status)


@pytest.mark.parametrize("limiter", [FakeLimiter(handshakes=0)])
async def test_a_rate_limited_address_is_told_when_to_come_again(door: OpenDoor) -> None:
    status, body, headers = await refused(door)
    assert (status, body["retry_after"], headers["Retry-After"]) == (429, 7, "7")


async def test_one_ticket_opens_one_of_two_simultaneous_sockets(door: OpenDoor) -> None:
    results = await asyncio.gather(*(door.connect(None, query="?ticket=t1") for _ in range(2)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["ClientConnection", "InvalidStatus"]


@pytest.mark.parametrize("settings", [FakeSettings(accepts_query_token=True)])
async def test_no_credential_reaches_the_server_s_log(door: OpenDoor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    logging.getLogger("uvicorn").propagate = True
    await door.connect(None, query="?Authorization=Bearer%20ann")
    await refused(door, None, query="?Authorization=Bearer%20secret-token")
    await refused(door, None, query="?ticket=secret-ticket")
    assert "[accepted]" in caplog.text
    assert not any(secret in caplog.text for secret in ("Bearer", "secret", "?ticket"))
    assert "ERROR" not in caplog.text


async def test_a_protobuf_socket_speaks_protobuf(door: OpenDoor) -> None:
    for socket in (await door.connect(protocols=("stele.v1.protobuf",)), await door.connect(query="?format=protobuf")):
        await socket.send(envelope_pb2.Request(pkg_id=4, req_id=REQ_ID, data=b"\x08\x03").SerializeToString())
        response = envelope_pb2.Response.FromString(bytes(await socket.recv(decode=False)))
        assert (response.req_id, artists_pb2.Artist.FromString(response.data).id) == (REQ_ID, 3)


async def test_the_wrong_kind_of_frame_is_answered_then_closed_1003(door: OpenDoor) -> None:
    text = await door.connect()
    await text.send(b"{}")
    assert (await door.hear(text))["data"]["code"] == "malformed"
    assert await closed(text) == 1003
    binary = await door.connect(query="?format=protobuf")
    await binary.send("{}")
    response = envelope_pb2.Response.FromString(bytes(await binary.recv(decode=False)))
    assert envelope_pb2.Problem.FromString(response.data).code == "malformed"
    assert await closed(binary) == 1003


async def test_bad_frames_are_answered_until_the_eleventh(door: OpenDoor) -> None:
    socket = await door.connect()
    for frame in ("{", "[1]", "5", "null", "", "{}", '{"pkg_id":4,"req_id":"x","data":{}}', json.dumps(GET | {"x": 1})):
        await socket.send(frame)
        assert (await door.hear(socket))["status_code"] == 2
    await door.say(socket, **GET | {"pkg_id": 999})
    assert (await door.hear(socket))["status_code"] == 5
    await door.say(socket, **GET)
    assert (await door.hear(socket))["status_code"] == 0
    for _ in range(2):
        await socket.send("[1]")
    assert await closed(socket) == CloseCode.PROTOCOL_ABUSE


async def test_the_frame_bound_is_65536_bytes(door: OpenDoor) -> None:
    socket = await door.connect()
    frame = json.dumps(GET)
    await socket.send(frame + " " * (65_536 - len(frame)))
    assert (await door.hear(socket))["status_code"] == 0
    await socket.send(frame + " " * (65_537 - len(frame)))
    assert await closed(socket) == 1009


async def test_a_hundred_pipelined_requests_get_a_hundred_replies_and_32_run_at_once(door: OpenDoor) -> None:
    socket = await door.connect()
    ids = [f"{number:08d}-1111-4222-8333-444444444444" for number in range(100)]
    for req_id in ids:
        await door.say(socket, pkg_id=4, req_id=req_id, data={"artist_id": 50})
    answers = [await door.hear(socket) for _ in ids]
    assert sorted(answer["req_id"] for answer in answers) == ids
    assert {answer["status_code"] for answer in answers} == {0}
    assert door.handlers.most == 32


async def test_a_req_id_in_flight_is_a_conflict_and_may_be_used_again_afterwards(door: OpenDoor) -> None:
    socket = await door.connect()
    slow = GET | {"data": {"artist_id": 100}}
    await door.say(socket, **slow)
    await door.say(socket, **slow)
    conflict, reply = await door.hear(socket), await door.hear(socket)
    assert (conflict["status_code"], conflict["data"]["code"], reply["status_code"]) == (6, "request_in_progress", 0)
    await door.say(socket, **GET)
    assert (await door.hear(socket))["status_code"] == 0


async def test_cancel_stops_a_request(door: OpenDoor) -> None:
    socket = await door.connect()
    await door.say(socket, **GET | {"data": {"artist_id": 5000}})
    await door.say(socket, type="cancel", req_id=REQ_ID)
    await door.say(socket, **GET | {"req_id": OTHER_REQ_ID})
    assert (await door.hear(socket))["req_id"] == OTHER_REQ_ID
    assert door.handlers.running == 0


async def test_a_client_that_goes_cancels_its_query_and_not_its_command(door: OpenDoor) -> None:
    socket = await door.connect()
    await door.say(socket, **GET | {"data": {"artist_id": 5000}})
    await door.say(socket, pkg_id=3, req_id=OTHER_REQ_ID, data={"name": "x"})
    await asyncio.sleep(0.05)
    assert door.handlers.running == 2
    socket.transport.abort()
    await asyncio.sleep(0.4)
    assert sorted(door.handlers.log) == ["create done", "get cancelled"]
    assert (door.metrics.opened, len(door.metrics.closed)) == (1, 1)


@pytest.mark.survives("L05")
async def test_of_a_socket_that_ended_nothing_waits_for_the_collector(door: OpenDoor) -> None:
    """L05: sockets that called and followed come and go while the collector rests. What served them refers to itself, and is taken apart at the end."""
    before = {id(one) for one in gc.get_objects() if type(one) is Connection}
    gc.disable()
    try:
        for is_cut in (False, True):
            socket = await door.connect()
            await door.say(socket, **GET)
            await door.hear(socket)
            await door.say(socket, type="subscribe", topics=["artists"])
            await door.hear(socket)
            if is_cut:
                socket.transport.abort()
            else:
                await socket.close()
        async with asyncio.timeout(5):
            while len(door.metrics.closed) < 2:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        left = [one for one in gc.get_objects() if type(one) is Connection and id(one) not in before]
    finally:
        gc.enable()
    assert left == []


async def test_a_token_that_ends_is_announced_then_refused_then_closed(
    door: OpenDoor, tokens: dict[str, Principal]
) -> None:
    tokens["short"] = principal(lasts_s=0.5)
    socket = await door.connect("short")
    assert (await door.hear(socket))["type"] == "auth.expiring"
    await asyncio.sleep(0.6)
    await door.say(socket, **GET)
    assert (await door.hear(socket))["status_code"] == 4
    assert await closed(socket) == CloseCode.TOKEN_EXPIRED
    assert door.metrics.closed == [CloseCode.TOKEN_EXPIRED]
    assert door.handlers.log == []


async def test_a_refresh_in_band_outlives_the_first_token(door: OpenDoor, tokens: dict[str, Principal]) -> None:
    tokens["short"] = principal(lasts_s=0.5)
    socket = await door.connect("short")
    await door.say(socket, type="auth", token="Bearer ann")
    assert [(await door.hear(socket))["type"] for _ in range(2)] == ["auth.expiring", "auth_ok"]
    await asyncio.sleep(2.7)
    await door.say(socket, **GET)
    assert (await door.hear(socket))["status_code"] == 0


async def test_the_first_frame_may_authenticate(door: OpenDoor) -> None:
    socket = await door.connect(None, query="?auth=frame")
    await door.say(socket, type="auth", token="Bearer ann")
    assert (await door.hear(socket))["type"] == "auth_ok"
    await door.say(socket, **GET)
    assert (await door.hear(socket))["status_code"] == 0


async def test_the_first_frame_may_authenticate_in_protobuf(door: OpenDoor) -> None:
    socket = await door.connect(None, query="?auth=frame&format=protobuf")
    request = envelope_pb2.Request(pkg_id=ControlId.AUTH, req_id=REQ_ID, data=b"Bearer ann")
    await socket.send(request.SerializeToString())
    response = envelope_pb2.Response.FromString(bytes(await socket.recv(decode=False)))
    assert (response.pkg_id, response.req_id, response.status_code) == (ControlId.AUTH, REQ_ID, 0)


async def test_a_socket_that_never_authenticates_is_closed_after_five_seconds(door: OpenDoor) -> None:
    socket = await door.connect(None, query="?auth=frame")
    started = asyncio.get_running_loop().time()
    assert await closed(socket) == CloseCode.AUTH_TIMEOUT
    assert 4.5 <= asyncio.get_running_loop().time() - started <= 6


async def test_at_most_20_sockets_of_an_address_wait_to_authenticate(door: OpenDoor) -> None:
    waiting = [await door.connect(None, query="?auth=frame") for _ in range(20)]
    status, _, _ = await refused(door, None, query="?auth=frame")
    assert status == 429
    await door.connect()
    await waiting[0].close()
    await door.say(waiting[1], type="auth", token="Bearer ann")
    await door.hear(waiting[1])
    for _ in range(2):
        await door.connect(None, query="?auth=frame")
    assert (await refused(door, None, query="?auth=frame"))[0] == 429


async def test_a_socket_that_ends_is_gone_from_memory_with_all_its_timers(door: OpenDoor) -> None:
    before = count_connections()
    for number in range(5):
        socket = await door.connect(None if number else "ann", query="?auth=frame")
        await socket.close()
    async with asyncio.timeout(3):
        while count_connections() > before:
            await asyncio.sleep(0.05)


async def test_each_refused_handshake_is_told_with_its_reason(door: OpenDoor) -> None:
    for query, headers in (("", {}), ("?ticket=t9", {}), ("?format=xml", {}), ("", {"Origin": "https://evil.test"})):
        await refused(door, None, query=query, **headers)
    assert [(action, code) for action, code, _ in door.denials.told] == [
        ("ws.handshake", "unauthenticated"),
        ("ws.handshake", "unauthenticated"),
        ("ws.handshake", "malformed"),
        ("ws.handshake", "forbidden"),
    ]
    assert [reason for *_, reason in door.denials.told][:2] == ["missing", "ticket"]
    assert door.denials.who == [("127.0.0.1", None)] * 4


@pytest.mark.parametrize("chosen", list(Format))
async def test_a_token_that_lasts_for_centuries_is_accepted_in_both_formats(
    door: OpenDoor, tokens: dict[str, Principal], chosen: Format
) -> None:
    tokens["ann"] = principal("ann", lasts_s=200 * 365 * 86_400.0)
    socket = await door.connect(query=f"?format={chosen}")
    if chosen is Format.JSON:
        await door.say(socket, type="auth", token="Bearer ann")
        left_s = (await door.hear(socket))["expires_in"]
    else:
        request = envelope_pb2.Request(pkg_id=ControlId.AUTH, req_id=REQ_ID, data=b"Bearer ann")
        await socket.send(request.SerializeToString())
        response = envelope_pb2.Response.FromString(bytes(await socket.recv(decode=False)))
        left_s = Int32Value.FromString(response.data).value
    assert left_s == 2**31 - 1


async def test_only_subscribed_sockets_get_a_push_each_in_its_format(door: OpenDoor) -> None:
    json_socket, binary, quiet = (
        await door.connect(),
        await door.connect(query="?format=protobuf"),
        await door.connect(),
    )
    await door.say(json_socket, type="subscribe", topics=["artists"])
    await door.hear(json_socket)
    subscribe = envelope_pb2.Request(pkg_id=ControlId.SUBSCRIBE, req_id=REQ_ID, data=b"\x0a\x07artists")
    await binary.send(subscribe.SerializeToString())
    await binary.recv()
    door.hub.deliver(DELIVERY)
    assert (await door.hear(json_socket))["offset"] == 9
    assert envelope_pb2.Response.FromString(bytes(await binary.recv(decode=False))).topic == "artists"
    await door.say(quiet, **GET)
    assert (await door.hear(quiet))["status_code"] == 0


async def test_a_topic_without_its_role_is_denied(door: OpenDoor) -> None:
    socket = await door.connect("bob")
    await door.say(socket, type="subscribe", topics=["artists"])
    assert (await door.hear(socket))["status_code"] == 3
    assert door.hub.count("artists") == 0


async def test_a_reader_that_stops_is_closed_as_slow_while_others_receive(door: OpenDoor) -> None:
    """Whoever reads again in time learns why: everything until the close arrives in order, then 4430."""
    fast = await door.connect()
    await door.say(fast, type="subscribe", topics=["artists"])
    await door.hear(fast)
    reader, writer = await _open_raw(door.port)
    writer.write(_masked(json.dumps({"type": "subscribe", "topics": ["artists"]}).encode()))
    async with asyncio.timeout(5):
        while door.hub.count("artists") < 2:
            await asyncio.sleep(0.01)
    big = Delivery("artists", 1, "e1", 1001, ArtistCreated(artist=artist(name="x" * 60_000)))
    for _ in range(200):
        door.hub.deliver(big)
        await door.hear(fast)
        await asyncio.sleep(0)
    received = b""
    async with asyncio.timeout(8):
        while not received.endswith((4430).to_bytes(2, "big") + b"slow_consumer"):
            received = received[-100:] + await reader.read(65_536)
    writer.close()
    await door.say(fast, **GET)
    assert (await door.hear(fast))["status_code"] == 0


async def _open_raw(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client with small buffers that reads only when it is told to."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 8192)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
    key = b64encode(b"0123456789abcdef").decode()
    writer.write(
        f"GET /web HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\nAuthorization: Bearer ann\r\n\r\n".encode()
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def _masked(payload: bytes) -> bytes:
    """A text frame of less than 126 bytes; a mask of zeros changes nothing."""
    return bytes([0x81, 0x80 | len(payload)]) + bytes(4) + payload


async def test_the_places_of_a_node_that_ends_are_given_up_at_the_first_step(door: OpenDoor) -> None:
    await door.connect()
    assert not door.user_sockets.is_withdrawn
    door.departure.step(spread_s=5.0, most=10, is_over=False)
    assert door.user_sockets.is_withdrawn
    assert door.user_sockets.held.total() == 1

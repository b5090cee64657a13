"""A server that misbehaves on the socket: what is safe is finished, what is not is said, and the socket comes back."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from websockets.typing import Subprotocol

from generated.sdk_python.stele_client import AsyncClient, Token, errors, models
from tests.clients.driven import Driven
from tests.clients.misbehaving_server import ARTIST, MisbehavingServer, Request, Socket, problem, reply, token_of
from tests.clients.twins import FLAVOURS, OLD_NODE, WAITING, Twin, take, twin
from tests.node import old_node
from tests.running_service import RunningService

PUSH = {"pkg_id": 1001, "req_id": "00000000-0000-0000-0000-000000000000", "topic": "artists", "epoch": "e"}
TOKENS = reply(
    200,
    {"access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 300, "refresh_expires_in": 900},
)


@pytest.fixture
async def server() -> AsyncIterator[MisbehavingServer]:
    async with MisbehavingServer() as running:
        yield running


@pytest.fixture(params=(*FLAVOURS, OLD_NODE))
async def client(request: pytest.FixtureRequest, server: MisbehavingServer) -> AsyncIterator[Twin]:
    must_have(request.param)
    async with twin(request.param, server.url) as made:
        yield made


def must_have(flavour: str) -> None:
    if flavour == OLD_NODE and old_node() is None:
        pytest.skip("there is no Node 20 on the path")


async def opened(client: Twin, server: MisbehavingServer) -> Socket:
    await client.ask(".connect")
    return server.sockets[-1]


async def test_calls_take_the_socket_once_it_is_open(client: Twin, server: MisbehavingServer) -> None:
    await client.ask("artists.get", artist_id=7)
    await opened(client, server)
    over_http = len(server.requests)
    found = await asyncio.gather(*(client.ask("artists.get", artist_id=7) for _ in range(100)))
    assert {one.name for one in found} == {"Ada"}
    assert len(server.requests) == over_http
    assert server.sockets[0].token == "t0"


async def test_replies_find_their_calls_in_any_order_and_strangers_find_nobody(
    client: Twin, server: MisbehavingServer
) -> None:
    async def shuffle(socket: Socket) -> None:
        asked = [await socket.request() for _ in range(10)]
        for one in reversed(asked):
            socket.answer({**one, "req_id": "11111111-1111-4111-8111-111111111111"})
            socket.answer(one, {**ARTIST, "id": one["data"]["artist_id"]})
            socket.answer(one, {**ARTIST, "id": 999})

    server.on_socket = shuffle
    await opened(client, server)
    found = await asyncio.gather(*(client.ask("artists.get", artist_id=number) for number in range(1, 11)))
    assert [one.id for one in found] == list(range(1, 11))


@pytest.mark.parametrize("flavour", [*FLAVOURS, OLD_NODE])
async def test_frames_that_come_in_one_message_are_taken_apart(server: MisbehavingServer, flavour: str) -> None:
    """docs/wire.md: by the subprotocol `.batch`, which is asked for first. What stands before an unreadable frame counts."""
    must_have(flavour)

    async def bundle(socket: Socket) -> None:
        asked = [await socket.request() for _ in range(3)]
        replies = [{"pkg_id": 1, "req_id": one["req_id"], "status_code": 0, "data": ARTIST} for one in asked]
        lines = [json.dumps(one) for one in replies]
        socket.send("\n".join([*lines[:2], '{"type":"a.control.of.tomorrow"}', lines[2]]))
        last = await socket.request()
        socket.send("\n".join([json.dumps({**replies[0], "req_id": last["req_id"]}), "{no json"]))

    server.on_socket = bundle
    server.subprotocols = [Subprotocol("stele.v1.json.batch"), Subprotocol("stele.v1.json")]
    async with twin(flavour, server.url, transport="ws", max_retries=0) as client:
        await opened(client, server)
        found = await asyncio.gather(*(client.ask("artists.get", artist_id=7) for _ in range(3)))
        assert [one.id for one in found] == [7] * 3
        assert (await client.ask("artists.get", artist_id=7)).id == 7
    assert server.sockets[0].protocol.subprotocol == "stele.v1.json.batch"


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("transport", ["http", "ws"])
async def test_a_call_says_to_which_span_it_belongs(server: MisbehavingServer, flavour: str, transport: str) -> None:
    """W3C Trace Context, over both doors."""
    span, heard = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", []

    async def hear(socket: Socket) -> None:
        asked = await socket.request()
        heard.append(asked["meta"]["traceparent"])
        socket.answer(asked)

    server.on_socket = hear
    async with twin(flavour, server.url, transport=transport, traceparent=lambda: span) as client:
        await client.ask("artists.get", artist_id=7)
    assert heard + [one.headers["traceparent"] for one in server.requests] == [span]


@pytest.mark.parametrize(
    "garbage",
    ["{no json", b"binary", "[]", '{"pkg_id":1}', '{"status_code":"0","req_id":"x"}', '{"a":' * 10_000],
    ids=["no JSON", "binary", "no object", "no push", "no status", "deep"],
)
async def test_a_frame_that_cannot_be_read_ends_the_socket_and_reads_are_finished_over_http(
    client: Twin, server: MisbehavingServer, garbage: str | bytes
) -> None:
    async def speak_nonsense(socket: Socket) -> None:
        await socket.request()
        socket.send(garbage)
        await asyncio.sleep(10)

    server.on_socket = speak_nonsense
    await opened(client, server)
    assert (await client.ask("artists.get", artist_id=7)).name == "Ada"
    assert len(server.requests) == 1


async def test_what_a_newer_server_sends_is_let_be(client: Twin, server: MisbehavingServer) -> None:
    async def chatter(socket: Socket) -> None:
        asked = await socket.request()
        socket.send({"type": "a.control.of.tomorrow"})
        socket.send({**PUSH, "pkg_id": 1999, "data": {}})
        socket.answer(asked, mood="good")

    server.on_socket = chatter
    await opened(client, server)
    assert (await client.ask("artists.get", artist_id=7)).name == "Ada"
    assert server.requests == []


@pytest.mark.parametrize("end", [Socket.abort, Socket.half_close])
async def test_reads_in_flight_are_finished_elsewhere_when_the_socket_dies(
    client: Twin, server: MisbehavingServer, end: Callable[[Socket], None]
) -> None:
    async def die_once(socket: Socket) -> None:
        asked = [await socket.request() for _ in range(20)] if len(server.sockets) == 1 else []
        if asked:
            end(socket)
        while True:
            socket.answer(await socket.request())

    server.on_socket = die_once
    await opened(client, server)
    found = await asyncio.gather(*(client.ask("artists.get", artist_id=7) for _ in range(20)))
    assert [one.name for one in found] == ["Ada"] * 20


async def test_a_command_in_flight_is_finished_with_its_own_key(client: Twin, server: MisbehavingServer) -> None:
    sent: list[str] = []

    async def die(socket: Socket) -> None:
        sent.append((await socket.request())["req_id"])
        socket.abort()

    async def create(request: Request) -> bytes | None:
        sent.append(request.headers["idempotency-key"])
        return reply(201, ARTIST)

    server.on_socket, server.on_http = die, create
    await opened(client, server)
    assert (await client.ask("artists.create", name="Ada")).id == 7
    assert len(sent) >= 2
    assert len(set(sent)) == 1


async def test_an_echo_after_a_lost_socket_is_no_refusal(client: Twin, server: MisbehavingServer) -> None:
    async def die(socket: Socket) -> None:
        await socket.request()
        socket.abort()

    async def gone(request: Request) -> bytes | None:
        return reply(404, problem(404, "artist_not_found"))

    server.on_socket, server.on_http = die, gone
    await opened(client, server)
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await client.ask("artists.delete", artist_id=7)
    assert isinstance(caught.value.__cause__, errors.ArtistNotFound)


async def test_a_refusal_on_the_socket_is_typed(client: Twin, server: MisbehavingServer) -> None:
    async def refuse(socket: Socket) -> None:
        socket.refuse(await socket.request(), 6, "artist_name_taken", detail="taken")
        socket.refuse(await socket.request(), 6, "a_code_of_tomorrow")
        socket.refuse(await socket.request(), 42, "a_status_of_tomorrow")
        socket.refuse(await socket.request(), 7, "rate_limited", retry_after=0)
        socket.answer(await socket.request())

    server.on_socket = refuse
    await opened(client, server)
    for kind in (errors.ArtistNameTaken, errors.Conflict, errors.ServerError):
        with pytest.raises(kind) as caught:
            await client.ask("artists.get", artist_id=7)
        assert type(caught.value) is kind
    assert (await client.ask("artists.get", artist_id=7)).id == 7


async def test_no_more_than_thirty_two_are_in_flight(client: Twin, server: MisbehavingServer) -> None:
    most = waiting = 0

    async def count(socket: Socket) -> None:
        nonlocal most, waiting
        asked: list[dict[str, Any]] = []
        for _ in range(100):
            asked.append(await socket.request())
            waiting += 1
            most = max(most, waiting)
            if waiting == 32 or socket.frames.empty():
                await asyncio.sleep(0.02)
                while asked and (socket.frames.empty() or waiting == 32):
                    socket.answer(asked.pop())
                    waiting -= 1

    server.on_socket = count
    await opened(client, server)
    found = await asyncio.gather(*(client.ask("artists.get", artist_id=7) for _ in range(100)))
    assert len(found) == 100
    assert most <= 32


async def test_a_call_says_how_long_it_waits_and_its_end(client: Twin, server: MisbehavingServer) -> None:
    heard: list[Any] = []

    async def listen(socket: Socket) -> None:
        while True:
            heard.append(await socket.receive())

    server.on_socket = listen
    await opened(client, server)
    with pytest.raises(errors.DeadlineExceeded):
        await client.ask("artists.get", artist_id=7, timeout_s=0.4)
    await until(lambda: len(heard) == 2)
    assert 1 <= heard[0]["meta"]["timeout_ms"] <= 400
    assert heard[1] == {"type": "cancel", "req_id": heard[0]["req_id"]}


async def until(is_so: Any, within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("flavour", WAITING)
async def test_who_is_cancelled_tells_the_server(server: MisbehavingServer, flavour: str) -> None:
    heard: list[Any] = []

    async def listen(socket: Socket) -> None:
        while True:
            heard.append(await socket.receive())

    server.on_socket = listen
    async with twin(flavour, server.url, transport="ws") as client:
        call = asyncio.create_task(client.ask("artists.get", artist_id=7))
        await until(lambda: heard)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await until(lambda: len(heard) == 2)
    assert heard[1] == {"type": "cancel", "req_id": heard[0]["req_id"]}


# Closing and coming back


@pytest.mark.parametrize("flavour", [*FLAVOURS, OLD_NODE])
async def test_a_connection_that_fell_silent_is_left(server: MisbehavingServer, flavour: str) -> None:
    """No end was told: the cable is cut, or something between forgot the connection."""
    must_have(flavour)
    async with twin(flavour, server.url, heartbeat_s=0.3) as client:
        await opened(client, server)
        server.is_mute = True
        assert (await client.ask("artists.get", artist_id=7)).id == 7
        server.is_mute = False
        for socket in server.sockets:
            socket.abort()  # the platform's own WebSocket waits for a farewell, and Node with it
    assert len(server.requests) == 1


@pytest.mark.parametrize("flavour", [*FLAVOURS, OLD_NODE])
async def test_a_connection_that_is_merely_quiet_is_kept(server: MisbehavingServer, flavour: str) -> None:
    must_have(flavour)
    async with twin(flavour, server.url, heartbeat_s=1.5) as client:
        await opened(client, server)
        await asyncio.sleep(3.2)
        assert (await client.ask("artists.get", artist_id=7)).id == 7
    assert (len(server.sockets), server.requests) == (1, [])


@pytest.mark.parametrize("encoding", ["json", "protobuf"])
async def test_the_service_gives_the_sign_of_life_that_a_page_asks_for(service: RunningService, encoding: str) -> None:
    options = {"token": None, "username": "reader", "password": "reader", "encoding": encoding, "heartbeat_s": 1.5}
    async with twin("typescript", service.url, transport="ws", **options) as client:
        await client.ask(".connect")
        await asyncio.sleep(3.2)
        await client.ask("artists.get_page", per_page=1)
    assert client.told.disconnects == []


@pytest.mark.parametrize("code", [1000, 1011, 1012, 4408, 4430])
async def test_a_socket_that_may_come_back_does(client: Twin, server: MisbehavingServer, code: int) -> None:
    (await opened(client, server)).close(code)
    async with asyncio.timeout(15):
        while len(server.sockets) < 2:
            await client.ask("artists.get", artist_id=7)
            await asyncio.sleep(0.01)
    await client.ask(".connect")
    assert (await client.ask("artists.get", artist_id=7)).id == 7


@pytest.mark.parametrize("code", [4503, 4505, 4999])
async def test_a_socket_that_is_not_wanted_stays_away_and_calls_go_over_http(
    client: Twin, server: MisbehavingServer, code: int
) -> None:
    (await opened(client, server)).close(code)
    async with asyncio.timeout(15):
        while client.told.disconnects == []:
            await client.ask("artists.get", artist_id=7)
    before = len(server.requests)
    for _ in range(3):
        assert (await client.ask("artists.get", artist_id=7)).id == 7
    with pytest.raises(errors.ConnectionLost):
        await client.ask(".connect")
    assert client.told.disconnects == [(code, False)]
    assert len(server.sockets) == 1
    assert len(server.requests) == before + 3


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_pinned_socket_that_is_not_wanted_is_said(server: MisbehavingServer, flavour: str) -> None:
    async def refuse(socket: Socket) -> None:
        await socket.receive()
        socket.close(4503)

    server.on_socket = refuse
    async with twin(flavour, server.url, transport="ws") as client:
        for _ in range(2):
            with pytest.raises(errors.ConnectionLost):
                await client.ask("artists.get", artist_id=7)
    assert len(server.sockets) == 1


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_pinned_socket_never_takes_http(server: MisbehavingServer, flavour: str) -> None:
    async def die_once(socket: Socket) -> None:
        if len(server.sockets) == 1:
            await socket.request()
            socket.abort()
        while True:
            socket.answer(await socket.request())

    server.on_socket = die_once
    async with twin(flavour, server.url, transport="ws") as client:
        assert (await client.ask("artists.get", artist_id=7)).id == 7
    assert (len(server.sockets), server.requests) == (2, [])


class Issuer:
    """Tokens t1, t2, … and how often one was asked for."""

    def __init__(self, expires_in_s: float | None = None) -> None:
        self.count = 0
        self._expires_in_s = expires_in_s

    def __call__(self) -> Token:
        self.count += 1
        return Token(f"t{self.count}", self._expires_in_s)


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("code", [4401, 4501])
async def test_a_token_that_ended_is_renewed_and_the_socket_comes_back(
    server: MisbehavingServer, flavour: str, code: int
) -> None:
    issuer = Issuer()
    async with twin(flavour, server.url, token=issuer) as client:
        (await opened(client, server)).close(code)
        async with asyncio.timeout(15):
            while len(server.sockets) < 2:
                await client.ask(".connect")
                await asyncio.sleep(0.01)
    assert [one.token for one in server.sockets] == ["t1", "t2"]


def refuse_handshakes(server: MisbehavingServer) -> list[str | None]:
    """The tokens that were tried."""
    tried: list[str | None] = []

    def refuse(headers: dict[str, str]) -> bytes | None:
        tried.append(token_of(headers))
        return reply(401, problem(401, "unauthenticated"))

    server.on_handshake = refuse
    return tried


@pytest.mark.parametrize("flavour", ["asynchronous", "blocking", OLD_NODE])
async def test_a_handshake_that_is_refused_twice_has_lost(server: MisbehavingServer, flavour: str) -> None:
    must_have(flavour)
    issuer, tried = Issuer(), refuse_handshakes(server)
    async with twin(flavour, server.url, token=issuer, transport="ws") as client:
        with pytest.raises(errors.AuthenticationLost):
            await client.ask("artists.get", artist_id=7)
    assert tried == ["t1", "t2"]


async def test_where_a_platform_hides_the_refusal_one_new_token_is_tried(server: MisbehavingServer) -> None:
    """A browser does not say whether a handshake was refused or the server is away. (Node sends a refused one twice.)"""
    issuer, tried = Issuer(), refuse_handshakes(server)
    async with twin("typescript", server.url, token=issuer, transport="ws") as client:
        with pytest.raises(errors.DeadlineExceeded):
            await client.ask("artists.get", artist_id=7, timeout_s=2.0)
    assert list(dict.fromkeys(tried)) == ["t1", "t2"]
    assert issuer.count == 2


@pytest.mark.parametrize("flavour", [*FLAVOURS, OLD_NODE])
async def test_a_session_that_has_ended_is_lost_on_the_socket_too(server: MisbehavingServer, flavour: str) -> None:
    must_have(flavour)
    refuse_handshakes(server)
    asked: list[str] = []

    async def first_only(request: Request) -> bytes | None:
        asked.append(request.path)
        return TOKENS if len(asked) == 1 else reply(401, problem(401, "credentials_invalid"))

    server.on_http = first_only
    options = {"token": None, "username": "a", "password": "b"}
    async with twin(flavour, server.url, transport="ws", **options) as client:
        with pytest.raises(errors.AuthenticationLost):
            await client.ask("artists.get", artist_id=7)
    assert asked == ["/auth/login", "/auth/refresh", "/auth/login"]


@pytest.mark.parametrize("flavour", [*FLAVOURS, OLD_NODE])
async def test_a_token_that_cannot_be_had_for_now_is_asked_for_again(server: MisbehavingServer, flavour: str) -> None:
    """The socket was closed for its token while the issuer is away: it comes back when the issuer does."""
    must_have(flavour)
    asked: list[str] = []

    async def recover(request: Request) -> bytes | None:
        asked.append(request.path)
        return reply(500, problem(500, "internal")) if 2 <= len(asked) <= 3 else TOKENS

    server.on_http = recover
    options = {"token": None, "username": "a", "password": "b"}
    async with twin(flavour, server.url, transport="ws", **options) as client:
        await client.ask("artists.get", artist_id=7)
        server.sockets[0].close(4401)
        async with asyncio.timeout(15):
            while len(server.sockets) < 2:
                await client.ask(".connect")
                await asyncio.sleep(0.01)
        assert (await client.ask("artists.get", artist_id=7)).id == 7


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_an_expiring_token_is_renewed_in_band_with_calls_in_flight(
    server: MisbehavingServer, flavour: str
) -> None:
    issuer, heard = Issuer(), []

    async def expire(socket: Socket) -> None:
        first = await socket.request()
        socket.send({"type": "auth.expiring", "expires_in": 5})
        socket.answer(first)
        while True:
            frame = await socket.receive()
            if frame.get("type") == "auth":
                heard.append(frame["token"])
                socket.send({"type": "auth_ok", "expires_in": 300})
            else:
                socket.answer(frame)

    server.on_socket = expire
    async with twin(flavour, server.url, token=issuer, transport="ws") as client:
        found = await asyncio.gather(*(client.ask("artists.get", artist_id=7) for _ in range(20)))
        found.append(await client.ask("artists.get", artist_id=7))
        await until(lambda: heard)
    assert len(found) == 21
    assert (heard, len(server.sockets)) == (["Bearer t2"], 1)


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_an_unauthenticated_reply_renews_in_band_and_repeats(server: MisbehavingServer, flavour: str) -> None:
    issuer = Issuer()

    async def demand(socket: Socket) -> None:
        socket.refuse(await socket.request(), 4, "unauthenticated")
        auth = await socket.receive()
        assert auth == {"type": "auth", "token": "Bearer t2"}
        socket.send({"type": "auth_ok", "expires_in": 300})
        socket.answer(await socket.request())

    server.on_socket = demand
    async with twin(flavour, server.url, token=issuer, transport="ws") as client:
        assert (await client.ask("artists.get", artist_id=7)).id == 7
    assert (issuer.count, len(server.sockets)) == (2, 1)


async def test_who_has_logged_out_has_no_socket(client: Twin, server: MisbehavingServer) -> None:
    await opened(client, server)
    await client.ask(".logout")
    with pytest.raises(errors.AuthenticationLost):
        await client.ask(".connect")
    await until(lambda: not server.open)
    await client.ask(".set_token", token="t1")
    await client.ask(".connect")
    assert [one.token for one in server.sockets] == ["t0", "t1"]


# Events


async def follow(socket: Socket) -> None:
    """Takes what is subscribed, and publishes five."""
    frame = await socket.receive()
    assert frame == {"type": "subscribe", "topics": ["artists"]}
    socket.send({"type": "subscribed", "topics": ["artists"]})
    for offset in range(5):
        socket.send({**PUSH, "offset": offset, "data": {"artist": {**ARTIST, "id": offset + 1}}})
    while True:
        frame = await socket.receive()
        if "pkg_id" in frame:
            socket.answer(frame)
        else:
            socket.send({"type": "unsubscribed", "topics": ["artists"]})


async def test_events_come_typed_and_in_order(client: Twin, server: MisbehavingServer) -> None:
    server.on_socket = follow
    found = await take(client, 5)
    assert [(one.data.artist.id, one.offset, one.topic, one.epoch) for one in found] == [
        (number + 1, number, "artists", "e") for number in range(5)
    ]


async def test_a_topic_that_is_refused_is_said(client: Twin, server: MisbehavingServer) -> None:
    async def refuse(socket: Socket) -> None:
        await socket.receive()
        socket.send({"pkg_id": None, "req_id": None, "status_code": 3, "data": problem(403, "forbidden")})
        await asyncio.sleep(10)

    server.on_socket = refuse
    with pytest.raises(errors.Forbidden):
        await take(client, 1)


def subscribed(epoch: str, offset: int, *, recovered: bool) -> dict[str, Any]:
    place = {"topic": "artists", "epoch": epoch, "offset": offset, "recovered": recovered}
    return {"type": "subscribed", "topics": ["artists"], "positions": [place]}


async def test_after_a_reconnect_a_topic_is_resumed_where_it_was_left_and_nothing_comes_twice(
    client: Twin, server: MisbehavingServer
) -> None:
    asked: list[Any] = []

    async def die_then_follow(socket: Socket) -> None:
        asked.append((await socket.receive()).get("positions"))
        if len(server.sockets) == 1:
            socket.send(subscribed("e", 6, recovered=False))
            socket.send({**PUSH, "offset": 7, "data": {"artist": ARTIST}})
            await asyncio.sleep(0.05)
            socket.abort()
        socket.send(subscribed("e", 7, recovered=True))
        for offset in (7, 8, 8):
            socket.send({**PUSH, "offset": offset, "data": {"artist": ARTIST}})
        assert (await socket.receive())["type"] == "unsubscribe"
        socket.send({"type": "unsubscribed", "topics": ["artists"]})

    server.on_socket = die_then_follow
    found = await take(client, 2)
    assert [(one.offset, one.after_gap) for one in found] == [(7, False), (8, False)]
    assert asked == [None, [{"topic": "artists", "epoch": "e", "offset": 7}]]
    assert (client.told.resubscribed, client.told.missed) == ([("artists", True)], [])


async def test_what_cannot_be_recovered_is_said_by_the_hook_and_by_the_next_event(
    client: Twin, server: MisbehavingServer
) -> None:
    async def die_then_lose(socket: Socket) -> None:
        assert (await socket.receive())["type"] == "subscribe"
        if len(server.sockets) == 1:
            socket.send(subscribed("e", 6, recovered=False))
            await asyncio.sleep(0.05)
            socket.abort()
        socket.send(subscribed("new", 3, recovered=False))
        socket.send({**PUSH, "epoch": "new", "offset": 4, "data": {"artist": ARTIST}})
        socket.send({"type": "topic.missed", "topic": "artists", "epoch": "new", "offset": 9})
        for offset in (10, 11):
            socket.send({**PUSH, "epoch": "new", "offset": offset, "data": {"artist": ARTIST}})
        assert (await socket.receive())["type"] == "unsubscribe"
        socket.send({"type": "unsubscribed", "topics": ["artists"]})

    server.on_socket = die_then_lose
    found = await take(client, 3)
    assert [(one.offset, one.after_gap) for one in found] == [(4, True), (10, True), (11, False)]
    assert (client.told.resubscribed, client.told.missed) == ([("artists", False)], ["artists", "artists"])


async def test_a_topic_that_cannot_be_resumed_for_now_is_asked_for_again_over_the_next_connection(
    client: Twin, server: MisbehavingServer
) -> None:
    async def refuse_once(socket: Socket) -> None:
        assert (await socket.receive())["type"] == "subscribe"
        if len(server.sockets) == 1:
            socket.send(subscribed("e", 6, recovered=False))
            await asyncio.sleep(0.05)
            socket.abort()
        if len(server.sockets) == 2:
            socket.send({"pkg_id": None, "req_id": None, "status_code": 9, "data": problem(503, "unavailable")})
            await socket.receive()
        socket.send(subscribed("e", 6, recovered=True))
        socket.send({**PUSH, "offset": 7, "data": {"artist": ARTIST}})
        assert (await socket.receive())["type"] == "unsubscribe"
        socket.send({"type": "unsubscribed", "topics": ["artists"]})

    server.on_socket = refuse_once
    assert [one.offset for one in await take(client, 1)] == [7]
    assert client.told.resubscribed == [("artists", True)]


@pytest.mark.parametrize("flavour", WAITING)
async def test_who_is_too_slow_is_told_what_was_dropped(server: MisbehavingServer, flavour: str) -> None:
    server.on_socket = follow
    async with twin(flavour, server.url, max_queued_events=3) as client, client.follow() as stream:
        await client.ask(".connect")
        await client.ask("artists.get", artist_id=7)
        await asyncio.sleep(0.2)
        assert [(await stream.next()).offset for _ in range(3)] == [0, 1, 2]
        with pytest.raises(errors.EventsDropped) as caught:
            await stream.next()
    assert caught.value.count == 2


async def test_a_callback_gets_every_event_and_survives_its_own_failure(server: MisbehavingServer) -> None:
    server.on_socket = follow
    taken: list[int] = []

    async def handle(event: Any) -> None:
        taken.append(event.offset)
        if event.offset == 1:
            raise ValueError("mine")

    async with AsyncClient(server.url, token="t0") as client:
        subscription = client.on(models.ArtistCreated, handle)
        await until(lambda: len(taken) == 5)
        subscription.cancel()
        await subscription.wait()
    assert taken == [0, 1, 2, 3, 4]


async def test_a_listener_gets_every_event_and_its_failure_is_warned_of(server: MisbehavingServer) -> None:
    server.on_socket = follow
    async with twin("typescript", server.url) as client:
        assert isinstance(client, Driven)
        await client.listen(fails=1)
        await until(lambda: len(client.told.events) == 5)
    assert client.told.events == [0, 1, 2, 3, 4]
    assert client.told.warnings == ["a listener of artist_created failed: Error: mine"]


async def test_a_stream_that_waits_ends_with_its_client(client: Twin, server: MisbehavingServer) -> None:
    server.on_socket = follow
    taking = asyncio.create_task(take(client, 100))
    await until(lambda: server.sockets)
    await asyncio.sleep(0.2)
    await client.ask(".close")
    async with asyncio.timeout(15):
        assert len(await taking) == 5
    assert len(server.sockets) == 1


async def test_nothing_is_left_of_a_closed_client(client: Twin, server: MisbehavingServer) -> None:
    await opened(client, server)
    await asyncio.gather(*(client.ask("artists.get", artist_id=7) for _ in range(20)))
    await client.ask(".close")
    await until(lambda: not server.open)
    await asyncio.sleep(0.05)
    ours = [task for task in asyncio.all_tasks() if "sdk_python" in repr(task) or "socket-keeper" in repr(task)]
    assert ours == []
    assert [one.name for one in threading.enumerate() if "recv_events" in repr(one) or "keepalive" in repr(one)] == []


async def test_pauses_are_kept_between_attempts_to_connect(server: MisbehavingServer) -> None:
    tried: list[float] = []

    def refuse(headers: dict[str, str]) -> bytes | None:
        tried.append(time.monotonic())
        return reply(503, problem(503, "unavailable"))

    server.on_handshake = refuse
    async with AsyncClient(server.url, token="t0") as client:
        for _ in range(100):
            await client.artists.get(artist_id=7)
            await asyncio.sleep(0.02)
    assert 2 <= len(tried) <= 12

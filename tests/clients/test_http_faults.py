"""A server that misbehaves over HTTP: every failure is typed, what is safe is repeated, and nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
import pickle
import threading
import time
import warnings
from collections.abc import AsyncIterator
from typing import Any

import pytest

from generated.sdk_python.stele_client import AsyncClient, Token, errors
from tests.clients.misbehaving_server import ARTIST, Cut, MisbehavingServer, Request, problem, reply
from tests.clients.twins import FLAVOURS, PythonTwin, Twin, twin


@pytest.fixture
async def server() -> AsyncIterator[MisbehavingServer]:
    async with MisbehavingServer() as running:
        yield running


@pytest.fixture(params=FLAVOURS)
async def client(request: pytest.FixtureRequest, server: MisbehavingServer) -> AsyncIterator[Twin]:
    async with twin(request.param, server.url, transport="http") as made:
        yield made


def script(server: MisbehavingServer, *answers: bytes | None) -> None:
    """One answer after the other, and the last one for ever."""
    left = list(answers)

    async def answer(request: Request) -> bytes | None:
        return left.pop(0) if len(left) > 1 else left[0]

    server.on_http = answer


OK = reply(200, ARTIST)
LIMITED = reply(429, problem(429, "rate_limited"), retry_after="0")


@pytest.mark.parametrize(
    "first",
    [
        LIMITED,
        reply(503, problem(503, "unavailable"), retry_after="0"),
        reply(504, problem(504, "timeout")),
        reply(502, "<html>Bad Gateway</html>", content_type="text/html"),
        None,
        Cut(reply(200, ARTIST)[:-20]),
        Cut(b"HTTP/1.1 200 OK\r\ncontent-le"),
        b"\x00\x01garbage\r\n\r\n",
    ],
    ids=["429", "503", "504", "proxy", "cut", "truncated", "half a head", "no HTTP"],
)
async def test_a_read_is_repeated_until_it_succeeds(
    client: Twin, server: MisbehavingServer, first: bytes | None
) -> None:
    script(server, first, first, OK)
    assert (await client.ask("artists.get", artist_id=7)).name == "Ada"
    keys = {request.headers["x-correlation-id"] for request in server.requests}
    assert len(server.requests) == 3
    assert len(keys) == 1


async def test_a_command_with_a_key_is_repeated_with_the_same_key(client: Twin, server: MisbehavingServer) -> None:
    script(server, None, reply(409, problem(409, "request_in_progress")), reply(201, ARTIST))
    assert (await client.ask("artists.create", name="Ada")).id == 7
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert len(server.requests) == 3


async def test_a_command_that_is_not_safe_is_not_repeated(client: Twin, server: MisbehavingServer) -> None:
    script(server, None, OK)
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await client.ask("auth.login", username="a", password="b")
    assert isinstance(caught.value.__cause__, errors.ConnectionLost)
    assert len(server.requests) == 1


async def test_an_echo_of_an_attempt_that_was_lost_is_no_refusal(client: Twin, server: MisbehavingServer) -> None:
    script(server, None, reply(412, problem(412, "version_mismatch")))
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await client.ask("artists.update", artist_id=7, name="Ada", expected_version=1)
    assert isinstance(caught.value.__cause__, errors.VersionMismatch)


async def test_the_first_refusal_of_a_guarded_command_is_one(client: Twin, server: MisbehavingServer) -> None:
    script(server, reply(412, problem(412, "version_mismatch")))
    with pytest.raises(errors.VersionMismatch):
        await client.ask("artists.update", artist_id=7, name="Ada", expected_version=1)


@pytest.mark.parametrize(
    ("answer", "pointer"),
    [
        (reply(200, "{no json"), ""),
        (reply(200, {**ARTIST, "id": "seven"}), "/id"),
        (reply(200, {"id": 1}), "/name"),
        (reply(200, []), ""),
        (reply(302, "", location="/elsewhere"), ""),
        (reply(200, '{"a":' * 100_000), ""),
    ],
)
async def test_an_answer_that_the_contract_does_not_know_is_typed_and_not_repeated(
    client: Twin, server: MisbehavingServer, answer: bytes, pointer: str
) -> None:
    script(server, answer)
    with pytest.raises(errors.InvalidResponse) as caught:
        await client.ask("artists.get", artist_id=7)
    assert caught.value.pointer == pointer
    assert caught.value.request_id == server.requests[0].headers["x-correlation-id"]
    assert len(server.requests) == 1


async def test_what_a_newer_server_adds_is_tolerated(client: Twin, server: MisbehavingServer) -> None:
    script(server, reply(200, {**ARTIST, "mood": {"of": "tomorrow"}}))
    assert (await client.ask("artists.get", artist_id=7)).name == "Ada"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (reply(409, problem(409, "artist_name_taken", detail="no")), errors.ArtistNameTaken, "artist_name_taken"),
        (reply(409, problem(409, "a_code_of_tomorrow")), errors.Conflict, "a_code_of_tomorrow"),
        (reply(418, "short and stout", content_type="text/plain"), errors.InvalidData, ""),
        (reply(404, "<html>", content_type="text/html"), errors.NotFound, ""),
        (reply(500, problem(500, "internal")), errors.Internal, "internal"),
        (reply(403, "[1]"), errors.PermissionDenied, ""),
    ],
)
async def test_every_refusal_is_typed(
    client: Twin, server: MisbehavingServer, answer: bytes, kind: type[errors.ApiError], code: str
) -> None:
    script(server, answer)
    with pytest.raises(errors.ApiError) as caught:
        await client.ask("artists.get", artist_id=7)
    error = caught.value
    assert (type(error), error.code) == (kind, code)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.status, again.request_id) == (
        kind,
        str(error),
        error.status,
        error.request_id,
    )


async def test_waiting_beyond_the_deadline_is_not_begun(client: Twin, server: MisbehavingServer) -> None:
    script(server, reply(429, problem(429, "rate_limited", retry_after=60), retry_after="60"))
    began = time.monotonic()
    with pytest.raises(errors.RateLimited) as caught:
        await client.ask("artists.get", artist_id=7)
    assert caught.value.retry_after_s == 60
    assert time.monotonic() - began < 4
    assert len(server.requests) == 1


@pytest.mark.parametrize("behaviour", ["silent", "dribbling"])
async def test_the_deadline_holds(client: Twin, server: MisbehavingServer, behaviour: str) -> None:
    async def never(request: Request) -> bytes | None:
        await asyncio.sleep(20)
        return None

    async def dribble(request: Request) -> bytes | None:
        return b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"

    server.on_http = never if behaviour == "silent" else dribble
    began = time.monotonic()
    with pytest.raises(errors.DeadlineExceeded):
        await client.ask("artists.get", artist_id=7, timeout_s=0.5)
    assert 0.4 < time.monotonic() - began < 4


async def test_the_server_is_told_what_is_left_of_the_deadline(client: Twin, server: MisbehavingServer) -> None:
    script(server, LIMITED, OK)
    await client.ask("artists.get", artist_id=7, timeout_s=3.0)
    told = [int(request.headers["request-timeout-ms"]) for request in server.requests]
    assert 3000 >= told[0] >= told[1] > 0
    await client.ask("artists.get", artist_id=7, timeout_s=3600.0)
    assert server.requests[-1].headers["request-timeout-ms"] == "30000"


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_server_that_is_away_is_a_lost_connection(flavour: str) -> None:
    async with MisbehavingServer() as other:
        url = other.url
    async with twin(flavour, url, max_retries=1) as away:
        with pytest.raises(errors.ConnectionLost):
            await away.ask("auth.login", username="a", password="b")


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_only_retryable_failures_are_told_to_the_hook_and_retries_end(
    server: MisbehavingServer, flavour: str
) -> None:
    script(server, LIMITED)
    async with twin(flavour, server.url, transport="http", max_retries=2) as client:
        with pytest.raises(errors.RateLimited):
            await client.ask("artists.get", artist_id=7)
    assert client.told.retries == [(1, "RateLimited"), (2, "RateLimited")]
    assert len(server.requests) == 3


async def test_another_major_version_is_warned_of_once(server: MisbehavingServer) -> None:
    script(server, reply(200, ARTIST, stele_contract="2.0.0;abcd"))
    async with twin("asynchronous", server.url, transport="http") as client:
        with pytest.warns(UserWarning, match="version 1 of the contract"):
            await client.ask("artists.get", artist_id=7)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            await client.ask("artists.get", artist_id=7)


async def test_a_major_version_is_warned_of_once_in_typescript(server: MisbehavingServer) -> None:
    script(server, reply(200, ARTIST, stele_contract="2.0.0;abcd"))
    async with twin("typescript", server.url, transport="http") as client:
        for _ in range(3):
            await client.ask("artists.get", artist_id=7)
    assert [text.partition(";")[0] for text in client.told.warnings] == [
        "stele-client/1.0.0 is made for another major version of the contract"
    ]


async def test_nothing_is_left_of_a_closed_client(client: Twin, server: MisbehavingServer) -> None:
    script(server, OK)
    await asyncio.gather(*(client.ask("artists.get", artist_id=7) for _ in range(20)))
    await client.ask(".close")
    async with asyncio.timeout(15):  # fetch keeps what is idle for 4 s
        while server.open:
            await asyncio.sleep(0.01)
    gc.collect()
    assert {task for task in asyncio.all_tasks() if "sdk_python" in repr(task)} == set()
    assert [one for one in threading.enumerate() if "websockets" in repr(one)] == []
    with pytest.raises(errors.ClientClosed):
        await client.ask("artists.get", artist_id=7)


# Tokens


def stale(server: MisbehavingServer, *good: str) -> None:
    """Refuses every token but these."""

    async def answer(request: Request) -> bytes | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return OK if token in good else reply(401, problem(401, "unauthenticated"))

    server.on_http = answer


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_fifty_refusals_ask_for_one_new_token(server: MisbehavingServer, flavour: str) -> None:
    asked: list[float] = []

    def provide() -> str:
        asked.append(time.monotonic())
        time.sleep(0.02)
        return f"t{len(asked)}"

    stale(server, "t2")
    async with twin(flavour, server.url, transport="http", token=provide) as client:
        found = await asyncio.gather(*(client.ask("artists.get", artist_id=7) for _ in range(50)))
    assert {one.id for one in found} == {7}
    assert len(asked) == 2


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_source_that_answers_the_refused_token_has_lost(server: MisbehavingServer, flavour: str) -> None:
    stale(server, "never")
    async with twin(flavour, server.url, transport="http", token=lambda: "t0") as client:
        with pytest.raises(errors.AuthenticationLost):
            await client.ask("artists.get", artist_id=7)
        before = len(server.requests)
        with pytest.raises(errors.AuthenticationLost):
            await client.ask("artists.get", artist_id=7)
        assert len(server.requests) == before
        await client.ask(".set_token", token="t1")
        stale(server, "t1")
        assert (await client.ask("artists.get", artist_id=7)).id == 7


async def test_a_fixed_token_that_is_refused_is_the_server_s_refusal(client: Twin, server: MisbehavingServer) -> None:
    stale(server, "never")
    with pytest.raises(errors.Unauthenticated):
        await client.ask("artists.get", artist_id=7)
    assert len(server.requests) == 1


async def test_a_caller_who_is_cancelled_takes_nobody_with_him(server: MisbehavingServer) -> None:
    asked = 0

    async def provide() -> Token:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.1)
        return Token("t1")

    stale(server, "t1")
    async with AsyncClient(server.url, token=provide, transport="http") as client:
        leader = asyncio.create_task(client.artists.get(artist_id=7))
        await asyncio.sleep(0.03)
        follower = asyncio.create_task(client.artists.get(artist_id=7))
        await asyncio.sleep(0.03)
        leader.cancel()
        assert (await follower).id == 7
    assert asked == 1


def tokens(number: int, expires_in: int) -> bytes:
    body = {
        "access_token": f"t{number}",
        "refresh_token": f"r{number}",
        "token_type": "Bearer",
        "expires_in": expires_in,
        "refresh_expires_in": 100,
    }
    return reply(200, body)


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_session_is_begun_renewed_and_begun_again(server: MisbehavingServer, flavour: str) -> None:
    steps: list[str] = []

    async def answer(request: Request) -> bytes | None:
        if request.path == "/api/artists/7":
            return OK
        steps.append(f"{request.path} {request.json.get('refresh_token', '')}".strip())
        if request.path == "/auth/refresh" and len(steps) > 2:
            return reply(401, problem(401, "credentials_invalid"))
        return tokens(len(steps), 0)

    server.on_http = answer
    async with twin(flavour, server.url, transport="http", token=None, username="a", password="b") as client:
        for _ in range(3):
            await client.ask("artists.get", artist_id=7)
    assert steps == ["/auth/login", "/auth/refresh r1", "/auth/refresh r2", "/auth/login"]


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_session_that_was_begun_by_hand_keeps_no_password(server: MisbehavingServer, flavour: str) -> None:
    async def answer(request: Request) -> bytes | None:
        if request.path == "/auth/login":
            return tokens(1, 0)
        return reply(400 if request.path == "/auth/refresh" else 200, problem(400, "malformed"))

    server.on_http = answer
    async with twin(flavour, server.url, transport="http", token=None) as client:
        await client.ask(".login", username="a", password="secret")
        with pytest.raises(errors.AuthenticationLost) as caught:
            await client.ask("artists.get", artist_id=7)
    assert "secret" not in repr(caught.value)
    if isinstance(client, PythonTwin):
        assert "secret" not in repr(vars(client.client))


async def test_a_renewal_that_fails_for_now_leaves_the_old_token(server: MisbehavingServer) -> None:
    async def answer(request: Request) -> bytes | None:
        if request.path == "/auth/login":
            return tokens(1, 2)
        if request.path == "/auth/refresh":
            return reply(500, problem(500, "internal"))
        return OK

    server.on_http = answer
    async with AsyncClient(server.url, transport="http") as client:
        await client.login("a", "b")
        await asyncio.sleep(1.1)
        assert (await client.artists.get(artist_id=7)).id == 7
        await asyncio.sleep(1.0)
        with pytest.raises(errors.Internal):
            await client.artists.get(artist_id=7)


def test_no_credential_is_shown() -> None:
    token = Token("secret-access", 10.0, "secret-refresh")
    client: Any = AsyncClient("http://127.0.0.1:9", token="secret-access")
    assert "secret" not in repr(token) + repr(client) + repr(vars(client))

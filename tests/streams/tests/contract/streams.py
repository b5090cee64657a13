"""Run in a project whose answers are streams, against its real service: `python -m tests.contract.streams …`.

Arguments: a folder, the URLs of PostgreSQL and of Redis. What is claimed of `docs/wire.md`, "Streams", is held here, at each door
and in each encoding by a client that is not ours, and by ours.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx2
from google.protobuf.wrappers_pb2 import Int32Value
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from generated.client import AsyncClient, Client, errors, models
from generated.operations import OPERATIONS
from generated.proto import envelope_pb2, streams_pb2
from tests.node import NODE
from tests.running_service import RunningService

NDJSON, SSE, SEQ = "application/x-ndjson", "text/event-stream", "application/x-protobuf-seq"
WAIT_S = 15.0
DOORS = (("http", "json"), ("http", "protobuf"), ("ws", "json"), ("ws", "protobuf"))


class Scene:
    """One service, a client that is not ours, and the database's own words."""

    def __init__(self, service: RunningService, http: httpx2.AsyncClient, database: asyncpg.Connection) -> None:
        self.service = service
        self.http = http
        self.database = database

    async def headers(self, user: str = "admin") -> dict[str, str]:
        return {"authorization": f"Bearer {await self.service.token(user)}"}

    async def get(self, accept: str, user: str = "admin", **query: Any) -> httpx2.Response:
        return await self.http.get("/api/count", params=query, headers=await self.headers(user) | {"accept": accept})

    @asynccontextmanager
    async def opened(self, accept: str, **query: Any) -> AsyncIterator[httpx2.Response]:
        headers = await self.headers() | {"accept": accept}
        async with self.http.stream("GET", "/api/count", params=query, headers=headers) as response:
            yield response

    @asynccontextmanager
    async def socket(self, encoding: str = "json", user: str = "admin") -> AsyncIterator[ClientConnection]:
        url = self.service.url.replace("http", "ws", 1) + "/web"
        protocols = [Subprotocol(f"stele.v1.{encoding}")]
        async with connect(
            url,
            additional_headers=await self.headers(user),
            subprotocols=protocols,
            proxy=None,
            compression=None,
            close_timeout=0.5,
        ) as socket:
            yield socket

    async def state(self) -> dict[str, int]:
        found = await self.http.get("/api/streams", headers=await self.headers())
        told: dict[str, int] = found.json()
        return told

    async def quiet(self) -> dict[str, int]:
        """The state once no handler runs any more: whatever ended a stream ended its generator."""
        return await self.until(lambda state: state["running"] == 0)

    async def until(self, holds: Any) -> dict[str, int]:
        ends = time.monotonic() + WAIT_S
        while not holds(state := await self.state()):
            assert time.monotonic() < ends, state
            await asyncio.sleep(0.02)
        return state

    async def rows(self, trace_id: str) -> list[tuple[str, str | None]]:
        """Outcome and code of the audit rows of a call, which may come by the queue."""
        ends = time.monotonic() + WAIT_S
        while True:
            found = await self.database.fetch("SELECT outcome, code FROM audit_log WHERE trace_id = $1", trace_id)
            if found or time.monotonic() > ends:
                return [(row["outcome"], row["code"]) for row in found]
            await asyncio.sleep(0.05)


def ask(operation: str, req_id: str | None = None, meta: dict[str, Any] | None = None, **data: Any) -> str:
    frame = {"pkg_id": OPERATIONS[operation].pkg_id, "req_id": req_id or str(uuid.uuid4()), "data": data}
    return json.dumps(frame | ({"meta": meta} if meta else {}))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), WAIT_S))
    return told


async def walked(socket: ClientConnection, req_id: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The items of a stream and its last frame; other frames are not expected."""
    items = []
    while "offset" in (frame := await hear(socket)):
        assert frame["req_id"] == req_id
        items.append(frame)
    return items, frame


def cut(data: bytes) -> Iterator[envelope_pb2.Response]:
    """Messages behind their lengths, read without anything of ours."""
    at = 0
    while at < len(data):
        length = shift = 0
        while True:
            byte, at = data[at], at + 1
            length, shift = length | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        yield envelope_pb2.Response.FromString(data[at : at + length])
        at += length


def events_of(text: str) -> list[tuple[str, Any]]:
    """Comments are nothing."""
    told = [block for block in text.strip("\n").split("\n\n") if not block.startswith(":")]
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in told]
    return [(one.get("event", "message"), json.loads(one["data"])) for one in blocks]


async def each_form_says_that_it_is_whole(scene: Scene) -> None:
    lines = await scene.get(NDJSON, times=3)
    assert (lines.status_code, lines.headers["content-type"]) == (200, NDJSON)
    assert [json.loads(line)["number"] for line in lines.text.splitlines()] == [1, 2, 3]
    assert {"ratelimit", "x-correlation-id", "stele-contract"} <= set(lines.headers)
    assert (lines.headers["vary"], lines.headers["x-accel-buffering"]) == ("accept", "no")
    events = await scene.get(SSE, times=2)
    ticks = [("message", {"number": number, "padding": ""}) for number in (1, 2)]
    assert events_of(events.text) == [*ticks, ("end", None)]
    messages = list(cut((await scene.get(SEQ, times=2)).content))
    assert [streams_pb2.Tick.FromString(one.data).number for one in messages[:-1]] == [1, 2]
    assert [one.HasField("offset") for one in messages] == [True, True, False]
    assert (messages[-1].status_code, messages[-1].data) == (0, b"")
    empty = await scene.get(SSE, times=0)
    assert events_of(empty.text) == [("end", None)]
    assert (await scene.get("*/*", times=1)).headers["content-type"] == NDJSON
    head = await scene.http.head("/api/count", headers=await scene.headers() | {"accept": SSE})
    assert (head.status_code, head.headers["content-type"], head.content) == (200, SSE, b"")


async def what_is_refused_before_the_first_item_is_a_problem(scene: Scene) -> None:
    async def code(answer: httpx2.Response) -> tuple[int, str]:
        return answer.status_code, answer.json()["code"]

    assert await code(await scene.get("application/json")) == (406, "not_acceptable")
    assert await code(await scene.get(SSE, user="nobody")) == (403, "forbidden")
    assert await code(await scene.get(SSE, times=-1)) == (422, "invalid_data")
    assert await code(await scene.get(SSE, fault="refused")) == (404, "artist_not_found")
    assert await code(await scene.get(SSE, fault="crashed")) == (500, "internal")
    assert await code(await scene.get(SEQ, fault="wrong")) == (500, "internal")
    anonymous = await scene.http.get("/api/count")
    assert await code(anonymous) == (401, "unauthenticated")
    async with scene.socket(user="nobody") as socket:
        await socket.send(ask("count_up"))
        assert (await hear(socket))["data"]["code"] == "forbidden"


async def what_fails_on_the_way_is_told_and_never_looks_whole(scene: Scene) -> None:
    for fault, code in (("refused", "artist_not_found"), ("crashed", "internal"), ("wrong", "internal")):
        asked: dict[str, Any] = {"times": 5, "fault": fault, "fails_at": 3}
        told = events_of((await scene.get(SSE, **asked)).text)
        assert [name for name, _ in told] == ["message", "message", "problem"]
        assert (told[-1][1]["code"], told[-1][1]["trace_id"] != "") == (code, True)
        *items, last = cut((await scene.get(SEQ, **asked)).content)
        assert len(items) == 2
        assert envelope_pb2.Problem.FromString(last.data).code == code
        got = b""
        try:
            async with scene.opened(NDJSON, **asked) as response:
                async for chunk in response.aiter_bytes():
                    got += chunk
            raise AssertionError("lines that failed came to their end")
        except httpx2.RemoteProtocolError:
            assert json.loads(got.splitlines()[-1])["error"]["code"] == code
        async with scene.socket() as socket:
            req_id = str(uuid.uuid4())
            await socket.send(ask("count_up", req_id, **asked))
            frames, end = await walked(socket, req_id)
            assert (len(frames), end["data"]["code"], end["status_code"] != 0) == (2, code, True)


async def a_body_is_answered_by_a_stream(scene: Scene) -> None:
    headers = await scene.headers() | {"accept": SSE}
    answer = await scene.http.post("/api/completions", json={"text": "one two"}, headers=headers)
    words = [("message", {"kind": "word", "text": word}) for word in ("one", "two")]
    assert events_of(answer.text) == [*words, ("message", {"kind": "usage", "words": 2}), ("end", None)]
    refused = await scene.http.post("/api/completions", json={"text": ""}, headers=headers)
    assert refused.status_code == 422
    reader = await scene.headers("reader") | {"accept": SSE}
    assert (await scene.http.post("/api/completions", json={"text": "x"}, headers=reader)).status_code == 403


async def an_item_comes_when_it_is_made(scene: Scene) -> None:
    """And the head before the first, where that takes long."""
    began = time.monotonic()
    async with scene.opened(SSE, times=2, pause_ms=3000) as response:
        chunks = response.aiter_bytes()
        assert b'"number":1' in await anext(chunks)
        assert time.monotonic() - began < 2.5
    await scene.quiet()


async def who_goes_away_ends_the_handler(scene: Scene) -> None:
    """By leaving, by a cancel frame or by the end of the socket; one audit row says so."""
    for accept in (NDJSON, SSE, SEQ):
        async with scene.opened(accept, times=100_000, pause_ms=20) as response:
            chunks = response.aiter_bytes()
            await anext(chunks)
            assert (await scene.state())["running"] == 1
            trace_id = response.headers["x-correlation-id"]
        await scene.quiet()
        assert await scene.rows(trace_id) == [("error", "cancelled")]
    async with scene.socket() as socket:
        req_id = str(uuid.uuid4())
        await socket.send(ask("count_up", req_id, times=100_000, pause_ms=20))
        await hear(socket)
        await socket.send(json.dumps({"type": "cancel", "req_id": req_id}))
        await scene.quiet()
        await socket.send(ask("count_up", req_id, times=100_000, pause_ms=20))
        while (await hear(socket))["data"]["number"] != 1:
            pass
        await scene.until(lambda state: state["running"] == 1)
    await scene.quiet()


async def it_ends_by_its_deadline(scene: Scene) -> None:
    """The caller's, which is of the whole; what has been sent was sent."""
    headers = await scene.headers() | {"accept": SSE, "request-timeout-ms": "400"}
    began = time.monotonic()
    answer = await scene.http.get("/api/count", params={"times": 1000, "pause_ms": 50}, headers=headers)
    assert 0.3 < time.monotonic() - began < 3
    told = events_of(answer.text)
    assert (told[0][0], told[-1][0], told[-1][1]["code"]) == ("message", "problem", "timeout")
    assert await scene.rows(answer.headers["x-correlation-id"]) == [("error", "timeout")]
    async with scene.socket() as socket:
        req_id = str(uuid.uuid4())
        await socket.send(ask("count_up", req_id, {"timeout_ms": 400}, times=1000, pause_ms=50))
        items, end = await walked(socket, req_id)
        assert (len(items) > 0, end["data"]["code"]) == (True, "timeout")
    assert (await scene.quiet())["running"] == 0


async def a_stream_sends_what_its_client_takes(scene: Scene) -> None:
    """32 items without a word from the client, then as many as it grants, and the handler makes no more than one ahead."""
    for encoding in ("json", "protobuf"):
        async with scene.socket(encoding) as socket:
            made = (await scene.quiet())["made"]
            req_id = str(uuid.uuid4())
            await socket.send(_asked(encoding, req_id, times=100))
            for number in range(32):
                assert _offset(await socket.recv()) == number
            state = await scene.until(lambda state, made=made: state["made"] - made == 33)
            await asyncio.sleep(0.3)  # Were there more to come, it would come now.
            assert (await scene.state())["made"] == state["made"]
            await socket.send(_granted(encoding, req_id, 2))
            assert [_offset(await socket.recv()) for _ in range(2)] == [32, 33]
            await socket.send(_granted(encoding, req_id, 1000))
            assert [_offset(await socket.recv()) for _ in range(67)] == [*range(34, 100), None]
            await socket.send(_granted(encoding, req_id, 5))
    async with scene.socket() as socket:
        await socket.send(json.dumps({"type": "credit", "req_id": "x", "items": 0}))
        assert (await hear(socket))["data"]["code"] == "invalid_data"


def _asked(encoding: str, req_id: str, **data: Any) -> str | bytes:
    if encoding == "json":
        return ask("count_up", req_id, **data)
    message = streams_pb2.CountUpRequest(**data).SerializeToString()
    request = envelope_pb2.Request(pkg_id=OPERATIONS["count_up"].pkg_id or 0, req_id=req_id, data=message)
    return request.SerializeToString()


def _granted(encoding: str, req_id: str, items: int) -> str | bytes:
    if encoding == "json":
        return json.dumps({"type": "credit", "req_id": req_id, "items": items})
    data = Int32Value(value=items).SerializeToString()
    return envelope_pb2.Request(pkg_id=60_006, req_id=req_id, data=data).SerializeToString()


def _offset(frame: str | bytes) -> int | None:
    if isinstance(frame, str):
        found: int | None = json.loads(frame).get("offset")
        return found
    message = envelope_pb2.Response.FromString(frame)
    return message.offset if message.HasField("offset") else None


async def a_slow_reader_costs_no_memory(scene: Scene) -> None:
    """10,000 items of 10 KB, of which nothing is read: the handler waits, at both doors."""
    before, made = resident_mib(scene.service), (await scene.quiet())["made"]
    async with scene.opened(NDJSON, times=10_000, width=10_000) as response, scene.socket() as socket:
        req_id = str(uuid.uuid4())
        await socket.send(ask("count_up", req_id, times=10_000, width=10_000))
        await socket.send(json.dumps({"type": "credit", "req_id": req_id, "items": 1000}))
        await asyncio.sleep(1.5)
        assert response.status_code == 200
        assert (await scene.state())["made"] - made < 5_000
        assert resident_mib(scene.service) - before < 24
    await scene.quiet()


def resident_mib(service: RunningService) -> float:
    assert service.process.pid is not None
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


async def streams_and_calls_share_a_socket(scene: Scene) -> None:
    """Two streams, neither of which has credit any more, and a call beside them; the 17th stream is refused."""
    async with scene.socket() as socket:
        streams = [str(uuid.uuid4()) for _ in range(16)]
        for req_id in streams:
            await socket.send(ask("count_up", req_id, times=40))
        frames = [await hear(socket) for _ in range(32 * 16)]
        assert {frame["req_id"] for frame in frames} == set(streams)
        call = str(uuid.uuid4())
        await socket.send(ask("get_artist", call, artist_id=1))
        assert (await hear(socket))["req_id"] == call
        await socket.send(ask("count_up", call))
        assert (await hear(socket))["data"]["code"] == "unavailable"
        for req_id in streams:
            await socket.send(json.dumps({"type": "credit", "req_id": req_id, "items": 8}))
            items, end = await walked(socket, req_id)
            assert (len(items), end["data"], end["status_code"]) == (8, None, 0)


async def a_caller_has_his_share_of_streams(scene: Scene) -> None:
    """The 33rd of one caller is told to come later, and another caller is not; calls go on."""
    async with scene.socket() as one, scene.socket() as other:
        for socket in (one, other):
            for _ in range(16):
                await socket.send(ask("count_up", times=40))
        await scene.until(lambda state: state["running"] == 32)
        refused = await scene.get(NDJSON)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert (await scene.get(NDJSON, user="reader")).status_code == 200
        metrics = (await scene.http.get("/metrics")).text
        assert re.search(r'stele_refused_total\{by="share",reason="caller"\} 1', metrics)
    await scene.quiet()


async def nothing_of_the_database_is_held(scene: Scene) -> None:
    """More exports than the pool has connections stand still with an item to send, and calls are answered all the same."""
    await scene.database.execute("INSERT INTO artist (name) SELECT 'x' || n FROM generate_series(1, 300) AS n")
    total = await scene.database.fetchval("SELECT count(*) FROM artist")
    async with scene.socket() as socket:
        exports = [str(uuid.uuid4()) for _ in range(12)]
        for req_id in exports:
            await socket.send(ask("export_artists", req_id))
        for _ in range(32 * len(exports)):
            await hear(socket)
        assert (await scene.http.get("/api/artists/1", headers=await scene.headers())).status_code == 200
        busy = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        assert await scene.database.fetchval(busy) == 0
    whole = await scene.http.get("/api/artists/export", headers=await scene.headers())
    numbers = [json.loads(line)["id"] for line in whole.text.splitlines()]
    assert (len(numbers), numbers) == (total, sorted(numbers))
    assert await scene.rows(whole.headers["x-correlation-id"]) == [("success", None)]


async def a_call_is_limited_and_audited_like_any(scene: Scene) -> None:
    good = await scene.get(NDJSON, times=2)
    assert await scene.rows(good.headers["x-correlation-id"]) == [("success", None)]
    denied = await scene.get(NDJSON, user="nobody")
    assert await scene.rows(denied.headers["x-correlation-id"]) == [("denied", "forbidden")]
    before = int(re.findall(r"r=(\d+)", good.headers["ratelimit"])[0])
    again = await scene.get(NDJSON, times=2)
    assert int(re.findall(r"r=(\d+)", again.headers["ratelimit"])[0]) < before
    metrics = (await scene.http.get("/metrics")).text
    assert re.search(r'stele_request_seconds_count\{[^}]*operation="count_up"', metrics)


async def it_does_not_outlive_its_session(scene: Scene) -> None:
    """Within 5 s of its end, at both doors, and without an item more."""
    headers = await scene.headers("editor")
    subject = (await scene.database.fetchrow("SELECT subject FROM audit_log WHERE username = 'editor' LIMIT 1"))[
        "subject"
    ]
    asked: dict[str, Any] = {"times": 100_000, "pause_ms": 50}
    query = scene.http.stream("GET", "/api/count", params=asked, headers=headers | {"accept": SSE})
    async with query as response, scene.socket(user="editor") as socket:
        await socket.send(ask("count_up", **asked))
        chunks = response.aiter_text()
        await anext(chunks)
        sub = quote(subject.rpartition(":")[2])
        ended = await scene.http.delete(f"/auth/sessions/{sub}", headers=await scene.headers())
        assert ended.status_code == 204, ended.text
        began = time.monotonic()
        last = [chunk async for chunk in chunks][-1]
        assert ("event: problem" in last, '"code":"unauthenticated"' in last) == (True, True)
        assert time.monotonic() - began < 5
        with suppress(ConnectionClosed):
            while True:
                await asyncio.wait_for(socket.recv(), WAIT_S)
        assert socket.close_code == 4504
    scene.service.forget("editor")
    await scene.quiet()


async def the_documents_say_it(scene: Scene) -> None:
    http = (await scene.http.get("/openapi.json")).json()["paths"]["/api/count"]["get"]
    assert (http["x-stream"], set(http["responses"]["200"]["content"])) == (True, {NDJSON, SSE, SEQ})
    socket = (await scene.http.get("/asyncapi.json")).json()
    told = [one["$ref"].rpartition("/")[2] for one in socket["operations"]["count_up"]["reply"]["messages"]]
    assert told == ["count_up_reply", "count_up_end", "problem"]
    assert socket["operations"]["control-credit"]["x-pkg-id"] == 60_006


async def our_client_walks_it_at_each_door(scene: Scene) -> None:
    for transport, encoding in DOORS:
        async with client_of(scene, transport, encoding) as client:
            ticks = [tick async for tick in client.streams.count_up(times=100)]
            assert [tick.number for tick in ticks] == [*range(1, 101)]
            pieces = [piece async for piece in client.streams.complete_text(text="a b")]
            assert pieces[-1] == models.UsagePiece(kind="usage", words=2)
            assert len([one async for one in client.streams.export_artists()]) > 300
            both = await asyncio.gather(
                *(_numbers(client, times) for times in (200, 70)), client.artists.get(artist_id=1)
            )
            assert both[:2] == [[*range(1, 201)], [*range(1, 71)]]


async def _numbers(client: AsyncClient, times: int) -> list[int]:
    return [tick.number async for tick in client.streams.count_up(times=times)]


async def our_client_says_what_ended_it(scene: Scene) -> None:
    for transport, encoding in DOORS:
        async with client_of(scene, transport, encoding) as client:
            for fails_at in (1, 3):
                seen = []
                try:
                    async for tick in client.streams.count_up(times=9, fault="refused", fails_at=fails_at):
                        seen.append(tick.number)
                    raise AssertionError("it came to its end")
                except errors.ArtistNotFound as error:
                    assert (error.detail, len(seen)) == ("There is no such number.", fails_at - 1)
            try:
                async for _ in client.streams.count_up(times=1000, pause_ms=50, timeout_s=0.4):
                    pass
                raise AssertionError("it came to its end")
            except (errors.TimedOut, errors.DeadlineExceeded):
                pass
            async with client.streams.count_up(times=100_000, pause_ms=10) as stream:
                async for _ in stream:
                    break
            await scene.quiet()
            assert (await client.artists.get(artist_id=1)).id == 1


async def our_blocking_client_does_the_same(scene: Scene) -> None:
    def walk(transport: Any, encoding: Any) -> None:
        with Client(
            scene.service.url, username="admin", password="admin", transport=transport, encoding=encoding
        ) as client:
            assert [tick.number for tick in client.streams.count_up(times=100)] == [*range(1, 101)]
            with client.streams.count_up(times=100_000, pause_ms=10) as stream:
                assert next(iter(stream)).number == 1
                assert client.artists.get(artist_id=1).id == 1
                assert next(iter(stream)).number == 2
            seen = []
            try:
                for tick in client.streams.count_up(times=9, fault="refused", fails_at=3):
                    seen.append(tick.number)
                raise AssertionError("it came to its end")
            except errors.ArtistNotFound:
                assert seen == [1, 2]

    for transport, encoding in DOORS:
        await asyncio.to_thread(walk, transport, encoding)
        await scene.quiet()


async def the_typescript_client_does_the_same(scene: Scene) -> None:
    """`tests/contract/streams.ts`, which Node reads as it is."""
    script = Path(__file__).with_suffix(".ts")
    process = await asyncio.create_subprocess_exec(str(NODE), "--no-warnings", str(script), scene.service.url)
    assert await asyncio.wait_for(process.wait(), 60) == 0


async def a_cut_is_no_end(scene: Scene) -> None:
    """The node is killed: every client hears that the stream was cut."""
    clients = [client_of(scene, transport, encoding) for transport, encoding in DOORS]
    streams = [client.streams.count_up(times=100_000, pause_ms=20) for client in clients]
    for stream in streams:
        await anext(aiter(stream))
    scene.service.process.kill()
    for stream in streams:
        try:
            async for _ in stream:
                pass
            raise AssertionError("it came to its end")
        except errors.ConnectionLost:
            pass
    for client in clients:
        await client.close()


def client_of(scene: Scene, transport: Any, encoding: Any) -> AsyncClient:
    return AsyncClient(
        scene.service.url, username="admin", password="admin", transport=transport, encoding=encoding, max_retries=0
    )


SCENES = (
    each_form_says_that_it_is_whole,
    what_is_refused_before_the_first_item_is_a_problem,
    what_fails_on_the_way_is_told_and_never_looks_whole,
    a_body_is_answered_by_a_stream,
    an_item_comes_when_it_is_made,
    who_goes_away_ends_the_handler,
    it_ends_by_its_deadline,
    a_stream_sends_what_its_client_takes,
    a_slow_reader_costs_no_memory,
    streams_and_calls_share_a_socket,
    a_caller_has_his_share_of_streams,
    nothing_of_the_database_is_held,
    a_call_is_limited_and_audited_like_any,
    it_does_not_outlive_its_session,
    the_documents_say_it,
    our_client_walks_it_at_each_door,
    our_client_says_what_ended_it,
    our_blocking_client_does_the_same,
    the_typescript_client_does_the_same,
    a_cut_is_no_end,
)


async def main(folder: str, database_url: str, redis_url: str) -> None:
    with RunningService(Path(folder), database_url, redis_url) as service:
        database = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as http:
            scene = Scene(service, http, database)
            made = await http.post("/api/artists", json={"name": "One"}, headers=await scene.headers())
            assert made.json()["id"] == 1
            for one in SCENES:
                began = time.monotonic()
                await one(scene)
                print(one.__name__, f"{time.monotonic() - began:.2f}", flush=True)
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Steps are played in their order and at their pace, and whatever the service does becomes a difference or a count."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.development.servers import free_port
from proof.traffic.asking import Asking
from proof.traffic.judge import Judge
from proof.traffic.lines import Answer, Body, Closed, Credential, Exchange, Frame, Opened
from proof.traffic.matching import Matches
from proof.traffic.play import Playing, Tally
from proof.traffic.script import read_script
from tests.proof.traffic.things import contract, json_body

PROBLEM = "application/problem+json"
Answering = Callable[[str], tuple[int, Any]]


@asynccontextmanager
async def answering(answer: Answering) -> AsyncIterator[tuple[str, list[tuple[float, str]]]]:
    """A service that answers each request line; when each came. What is `held` is answered when something else has come."""
    seen: list[tuple[float, str]] = []
    other = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line = head.partition("\r\n")[0].rpartition(" ")[0]
        seen.append((time.monotonic(), line))
        status, value = answer(line)
        if line.endswith("slow"):
            await asyncio.sleep(0.3)
        if line.endswith("held"):
            await asyncio.wait_for(other.wait(), 20)
        else:
            other.set()
        body = json.dumps(value).encode()
        media = PROBLEM if status >= 400 else "application/json"
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen


def problem(code: str, status: int) -> Any:
    return {"type": "/p", "title": "t", "status": status, "code": code, "trace_id": "1"}


async def played(url: str, *lines: Any, pace: float = 0.0, most: int = 50) -> Tally:
    judge = Judge(contract(), Matches())
    asking = Asking(url, contract(), judge.kinds, judge.matches, {}, {})
    return await Playing(asking, judge, pace=pace, most=most).run(read_script(lines, contract()))


def get(at_s: float, path: str = "/x", took_s: float = 0.01, status: int = 200, body: Any = None) -> Exchange:
    told = json_body(body, PROBLEM if status >= 400 else "application/json") if body is not None else Body()
    return Exchange(at_s, took_s, "GET", path, answer=Answer(status, [], told))


async def test_one_thing_follows_the_other_in_the_recorded_order() -> None:
    async with answering(lambda line: (200, {})) as (url, seen):
        tally = await played(url, get(3.0, "/c"), get(1.0, "/a/slow"), get(2.0, "/b"))
    assert [line for _, line in seen] == ["GET /a/slow", "GET /b", "GET /c"]
    assert seen[1][0] - seen[0][0] >= 0.25
    assert tally.differences == []
    assert sum(tally.played.values()) == 3


async def test_at_a_pace_things_are_together_as_they_were() -> None:
    lines = [get(0.0, "/a/held", 2.0), get(0.2, "/b", 0.1), get(1.0, "/c", 0.1)]
    async with answering(lambda line: (200, {})) as (url, seen):
        began = time.monotonic()
        tally = await played(url, *lines, pace=2.0)
    assert [line for _, line in seen] == ["GET /a/held", "GET /b", "GET /c"]
    assert tally.differences == [], "the first was not answered before the second had come"
    assert seen[2][0] - began >= 0.5


async def test_an_empty_recording_plays_nothing_at_any_pace() -> None:
    for pace in (0.0, 1.0):
        tally = await played("http://127.0.0.1:1", pace=pace)
        assert (sum(tally.played.values()), tally.differences) == (0, [])


async def test_what_had_ended_before_something_began_has_ended_before_it_now() -> None:
    lines = [get(0.0, "/a/slow", 0.001), get(0.01, "/b", 0.001)]
    async with answering(lambda line: (200, {})) as (url, seen):
        await played(url, *lines, pace=1.0)
    assert seen[1][0] - seen[0][0] >= 0.25


async def test_a_difference_ends_it_where_enough_are_known() -> None:
    async with answering(lambda line: (404, {})) as (url, seen):
        tally = await played(url, *(get(float(number)) for number in range(5)), most=2)
    assert len(tally.differences) == len(seen) == 2
    assert {one.check for one in tally.differences} == {"status"}


async def test_a_service_that_is_away_answers_nothing() -> None:
    tally = await played(f"http://127.0.0.1:{free_port()}", get(0.0), OPENED, Closed(1.0, "socket-1", "client", 1000))
    assert [one.check for one in tally.differences] == ["reply", "handshake"]


OPENED = Opened(0.5, 0.1, "socket-1", "/web", encodings=["stele.v1.json"], encoding="stele.v1.json")


async def test_what_depended_on_time_is_counted_and_not_judged() -> None:
    busy = get(0.0, status=429, body=problem("rate_limited", 429))
    async with answering(lambda line: (200, {})) as (url, _):
        tally = await played(url, busy)
    assert tally.differences == []
    assert sum(tally.unjudged.values()) == 1


async def test_what_cannot_be_played_is_counted_with_its_reason() -> None:
    body = Body("left-out", media="video/mp4", size=10)
    lines = [
        Exchange(0.0, 0.1, "POST", "/api/artists", "create_artist", body=body, answer=Answer(201)),
        Exchange(0.1, 0.1, "GET", "/x"),
        Frame(0.2, "socket-9", True, json_body({"pkg_id": 4, "req_id": "a", "data": {}})),
    ]
    tally = await played(f"http://127.0.0.1:{free_port()}", *lines)
    assert sorted(why.rpartition(": ")[2] for why in tally.left_out) == [
        "it had no answer", "its body was not kept", "its socket is not open",
    ]  # fmt: skip
    assert tally.differences == []


@pytest.mark.parametrize(("value", "told"), [('{"aaa', 1), (None, 0)])
async def test_a_stand_in_is_judged_as_far_as_it_is_the_same(value: str | None, told: int) -> None:
    body = Body("unreadable", value, "application/json", 5)
    line = Exchange(0.0, 0.1, "POST", "/api/artists", "create_artist", body=body, answer=Answer(400))
    async with answering(lambda line: (201, {})) as (url, _):
        tally = await played(url, line)
    assert len(tally.differences) == told


async def test_a_refused_handshake_is_compared() -> None:
    refused = Opened(0.0, 0.1, "socket-1", "/web", credential=Credential(), answer=Answer(401))
    async with answering(lambda line: (401, {})) as (url, _):
        assert (await played(url, refused)).differences == []
    async with answering(lambda line: (403, {})) as (url, _):
        assert [one.text for one in (await played(url, refused)).differences] == ["recorded 401, now 403"]

"""Topics over HTTP, on a service of their own whose tokens last for 8 s: what a reader hears, where it goes on, and what ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.broadcast.broker import Position
from app.broadcast.hub import MAX_WAITING_BYTES
from app.development.servers import Postgres, Valkey
from app.http.events import Outbox
from tests.artists import create, rename
from tests.databases import new_database
from tests.event_streams import SSE, following
from tests.issuers.stage import claims_of
from tests.running_service import RunningService

ACCESS_S = 8


@pytest.fixture(scope="module")
def service(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    url = new_database(postgres, "http_events")
    with RunningService(servers_folder / "http-events", url, valkey.url, access_s=ACCESS_S, DRAIN_S="1") as running:
        yield running


async def status(service: RunningService, user: str = "admin", accept: str = SSE, **query: Any) -> tuple[int, str]:
    headers = {"accept": accept} | ({"authorization": f"Bearer {await service.token(user)}"} if user else {})
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as http:
        answer = await http.get("/events", params=query, headers=headers)
    return answer.status_code, answer.json()["code"]


async def test_what_happens_is_heard_and_what_was_missed_comes_first(service: RunningService) -> None:
    """The data are what a socket would hear. The id of the last event that was heard is where the next stream goes on."""
    async with following(service, "artists") as reader:
        begun = await reader.next()
        assert (begun.event, begun.data["topics"]) == ("subscribed", ["artists"])
        assert 1000 <= reader.retry_ms <= 5000
        heard = [(await create(service))["name"] for _ in range(2)]
        told = [await reader.next() for _ in range(2)]
    assert [one.event for one in told] == ["message"] * 2
    assert [one.data["data"]["artist"]["name"] for one in told] == heard
    missed = [(await create(service))["name"] for _ in range(3)]
    async with following(service, "artists", last=told[0].id) as reader:
        assert (await reader.next()).data["positions"][0]["recovered"] is True
        again = [await reader.next() for _ in range(4)]
        assert [one.data["data"]["artist"]["name"] for one in again] == [heard[1], *missed]


async def test_one_artist_is_followed_by_a_name_of_its_own(service: RunningService) -> None:
    """A topic with parameters: what happens to others is not heard, and the place goes on without them."""
    one, other = await create(service), await create(service)
    topic = f"artists/{one['id']}"
    async with following(service, topic) as reader:
        assert (await reader.next()).data["topics"] == [topic]
        await rename(service, other)
        name = await rename(service, one)
        told = await reader.next()
        assert (told.data["topic"], told.data["data"]["artist"]["name"]) == (topic, name)
    await rename(service, other)
    name = await rename(service, one)
    async with following(service, topic, last=told.id) as reader:
        assert (await reader.next()).data["positions"][0]["recovered"] is True
        assert (await reader.next()).data["data"]["artist"]["name"] == name


async def test_who_else_follows_is_told_to_whom_asks(service: RunningService) -> None:
    """Once for a user, however many streams he has; the place stays where the topic is."""
    topic = f"artists/{(await create(service))['id']}"
    admin, reader_id = [claims_of(await service.token(user))["sub"] for user in ("admin", "reader")]
    async with following(service, topic, presence=[topic]) as reader:
        begun = await reader.next()
        told = [await reader.next()]
        async with following(service, topic, token=await service.token("reader")):
            told.append(await reader.next())
        told.append(await reader.next())
    assert [(one.event, one.data["users"], one.data["count"]) for one in told] == [
        ("present", [admin], 1), ("joined", [reader_id], 2), ("left", [reader_id], 1)
    ]  # fmt: skip
    assert {one.id for one in told} == {begun.id}
    assert await status(service, topic="artists", presence="artists") == (422, "invalid_data")
    assert await status(service, topic=topic, presence="artists") == (422, "invalid_data")


async def test_what_cannot_be_recovered_is_said_and_the_stream_goes_on(service: RunningService) -> None:
    await create(service)
    for last in ("bm90aGluZyBvZiBvdXJz", "!", "0a:1,0a:1", "0a:1", "x" * 5000):
        async with following(service, "artists", last=last) as reader:
            assert (await reader.next()).data["positions"][0]["recovered"] is False
            name = (await create(service))["name"]
            assert (await reader.next()).data["data"]["artist"]["name"] == name


async def test_who_may_not_follow_is_refused_before_the_stream(service: RunningService) -> None:
    assert await status(service, user="", topic="artists") == (401, "unauthenticated")
    assert await status(service, user="nobody", topic="artists") == (403, "forbidden")
    assert await status(service, topic="none-of-this-name") == (422, "invalid_data")
    assert await status(service) == (422, "invalid_data")
    assert await status(service, topic=[f"t{number}" for number in range(17)]) == (422, "invalid_data")
    assert await status(service, accept="application/json", topic="artists") == (406, "not_acceptable")


async def test_it_is_one_of_its_callers_streams_and_gives_its_place_back(service: RunningService) -> None:
    """Of which a caller has 32: 40 come one after the other."""
    for _ in range(40):
        async with following(service, "artists") as reader:
            await reader.next()


async def test_it_ends_with_its_token(service: RunningService) -> None:
    service.forget("admin")
    began = time.monotonic()
    async with following(service, "artists") as reader:
        assert (await reader.next()).event == "subscribed"
        last = await reader.next()
        assert (last.event, last.data["reason"]) == ("end", "token_expired")
        with pytest.raises(StopAsyncIteration):
            await reader.next()
    assert time.monotonic() - began < ACCESS_S + 3


@pytest.mark.survives("D7")
async def test_it_ends_with_its_session(service: RunningService) -> None:
    """D7: a stream of topics over HTTP ends within 5 s of the logout, long before its token would."""
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as http:
        given = (await http.post("/auth/login", json={"username": "editor", "password": "editor"})).json()
        async with following(service, "artists", token=given["access_token"]) as reader:
            await reader.next()
            ended = await http.post("/auth/logout", json={"refresh_token": given["refresh_token"]})
            assert ended.status_code == 204
            last = await reader.next()
    assert (last.event, last.data["reason"]) == ("end", "session_ended")


@pytest.mark.survives("D17")
async def test_what_waits_for_a_reader_that_does_not_read_is_bounded() -> None:
    """D17: over HTTP 1 MiB of events may wait; then nothing more is taken, and the stream ends. What is told counts, and is taken."""
    outbox = Outbox(["artists"], {})
    piece = b"data: " + b"x" * 65_000 + b"\n"
    event = {"body": piece, "places": [("artists", Position("e", 1))]}
    taken = 0
    while not outbox.is_over:
        outbox.push(event, len(piece))
        taken += 1
    assert taken == MAX_WAITING_BYTES // len(piece) + 1
    outbox.reply(event, len(piece))
    assert [one async for one in outbox.pieces()] == []


async def test_of_what_waits_under_one_name_only_the_last_is_read() -> None:
    """In the place of the first; the place of its reader goes on in the order of what is read."""
    outbox = Outbox(["a", "b"], {})
    for offset, topic in enumerate(["a", "b", "a", "b", "a"], start=1):
        body = b"data: %d\n" % offset
        outbox.push(
            {"body": body, "places": [(topic, Position("e", offset))]}, len(body), "a" if topic == "a" else None
        )
    assert await anext(outbox.pieces()) == (b"id: e:5,-\ndata: 5\n\nid: e:5,e:2\ndata: 2\n\nid: e:5,e:4\ndata: 4\n\n")


async def test_no_event_passes_what_is_told() -> None:
    outbox = Outbox(["a"], {})
    for offset, send in enumerate((outbox.push, outbox.reply, outbox.push, outbox.push), start=1):
        body = b"data: %d\n" % offset
        message = {"body": body, "places": [("a", Position("e", offset))]}
        send(message, len(body), *(["a"] if send == outbox.push else []))
    read = await anext(outbox.pieces())
    assert [line for line in read.split(b"\n") if line.startswith(b"data")] == [b"data: 1", b"data: 2", b"data: 4"]


async def test_what_is_told_waits_until_it_was_read() -> None:
    outbox = Outbox(["artists"], {})
    outbox.reply({"body": b"data: 1\n", "places": [("artists", Position("e", 1))]}, 8)
    waiting = asyncio.create_task(outbox.paid())
    pieces = outbox.pieces()
    told = await anext(pieces)
    assert not waiting.done()
    assert told.startswith(b"id: ")
    assert told.endswith(b"\ndata: 1\n\n")
    rest = asyncio.ensure_future(anext(pieces))
    await waiting
    rest.cancel()
    await asyncio.gather(rest, return_exceptions=True)


@pytest.mark.survives("D26")
async def test_it_ends_with_its_node(service: RunningService) -> None:
    """A node that ends tells the reader of topics over HTTP, and ends well. The last of this file, since the service is gone then."""
    service.forget("admin")
    async with following(service, "artists") as reader:
        await reader.next()
        os.kill(service.process.pid or 0, signal.SIGTERM)
        last = await reader.next()
        assert (last.event, last.data["reason"]) == ("end", "service_restart")
    assert "Traceback" not in service.log()

"""Topics with parameters on running nodes: who follows one name hears that name alone, through kills, in both formats of frames,
and no longer than its handler admits it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.development.servers import Postgres
from generated.client import AsyncClient, Client, models, topics
from generated.operations import TOPICS
from proof.documents import Json
from tests.doors import all_doors, rest
from tests.event_streams import following
from tests.faults.nodes import Nodes, two_nodes
from tests.faults.topic_lines import create, line, named, rename
from tests.running_service import RunningService


@pytest.fixture(scope="module")
def nodes(postgres: Postgres, servers_folder: Path) -> Iterator[Nodes]:
    with two_nodes(servers_folder / "names", postgres, "names") as running:
        yield running


def offsets(frames: list[Json]) -> list[int]:
    return [int(one["offset"]) for one in frames]


@pytest.mark.parametrize("binary", [False, True])
async def test_who_follows_one_artist_hears_its_events_alone_whichever_door_they_came_by(
    nodes: Nodes, binary: bool
) -> None:
    """Another node's, of four doors, told on both topics of the event; offsets rise and are not dense."""
    ours, other = [await create(nodes.first, named()) for _ in range(2)]
    prefix, told = named(), f"artists/{ours}"
    async with line(nodes.second, binary=binary) as here:
        subscribed = await here.follow(told)
        assert subscribed["topics"] == [told]
        doors = all_doors(nodes.first.url, await nodes.first.token("editor"))
        for index, door in enumerate(doors):
            async with door:
                for artist in (other, ours):
                    answer = await door.call("update_artist", artist_id=artist, name=f"{prefix} {artist} {index}")
                    assert answer.code == "ok"
        frames = [await here.hear() for _ in doors]
        assert await here.heard() == []
    assert {one["topic"] for one in frames} == {told}
    assert [one["data"]["artist"]["name"] for one in frames] == [f"{prefix} {ours} {index}" for index in range(4)]
    begin = subscribed["positions"][0]["offset"]
    assert offsets(frames) == [begin + 2, begin + 4, begin + 6, begin + 8]


async def test_a_value_with_a_slash_in_it_names_no_other_topic(nodes: Nodes) -> None:
    artist, word = await create(nodes.first, named()), named()
    async with line(nodes.second) as here:
        assert (await here.follow(f"artist-names/{word}%2Fü")).get("status_code") == 2
        assert (await here.follow(f"artist-names/{word}/x"))["data"]["errors"][0]["pointer"] == "/topics/0"
        assert (await here.follow(f"artist-names/{word}%2F%C3%BC", f"artist-names/{word}"))["type"] == "subscribed"
        await rename(nodes.first, artist, f"{word}/ü")
        frame = await here.hear()
        assert (frame["topic"], frame["data"]["artist"]["name"]) == (f"artist-names/{word}%2F%C3%BC", f"{word}/ü")
        await rename(nodes.first, artist, word)
        assert (await here.hear())["topic"] == f"artist-names/{word}"


async def test_a_name_is_resumed_at_the_other_node_after_a_kill(nodes: Nodes) -> None:
    """What others' events lie between is passed over, some of it only in the stream; nothing is lost and nothing doubled."""
    ours, other = [await create(nodes.first, named()) for _ in range(2)]
    told, prefix = f"artists/{ours}", named()
    async with line(nodes.second) as here:
        await here.follow(told)
        await rename(nodes.first, ours, f"{prefix} 0")
        last = await here.hear()
    nodes.second.process.kill()
    expected = []
    async with rest(nodes.first.url, await nodes.first.token("editor")) as door:
        for index in range(1, 150):
            artist = ours if index % 10 == 0 else other
            assert (await door.call("update_artist", artist_id=artist, name=f"{prefix} {index} {artist}")).code == "ok"
            expected += [f"{prefix} {index} {artist}"] if artist == ours else []
    await asyncio.to_thread(nodes.second.process.start)
    await nodes.emptied()
    position = {"topic": told, "epoch": last["epoch"], "offset": last["offset"]}
    for node in (nodes.first, nodes.second):
        async with line(node) as here:
            subscribed = await here.follow(told, positions=[position])
            assert subscribed["positions"] == [{**position, "recovered": True}]
            missed = [await here.hear() for _ in expected]
            await rename(nodes.first, ours, f"{prefix} live {node.port}")
            live = await here.hear()
        assert [one["data"]["artist"]["name"] for one in missed] == expected
        assert offsets([last, *missed, live]) == sorted({*offsets([last, *missed, live])})
        assert live["data"]["artist"]["name"] == f"{prefix} live {node.port}"
        position, expected = {"topic": told, "epoch": live["epoch"], "offset": live["offset"]}, []


async def test_who_lacks_the_role_or_whom_the_handler_does_not_admit_is_refused(nodes: Nodes) -> None:
    open_, hidden = await create(nodes.first, named()), await create(nodes.first, f"hidden {named()}")
    async with line(nodes.first, "nobody") as here:
        assert (await here.follow(f"artists/{open_}"))["status_code"] == 3
    async with line(nodes.first) as here:
        for name in (f"artists/{hidden}", "artists/9007199254740991"):
            refused = await here.follow(f"artists/{open_}", name)
            assert (refused["status_code"], refused["data"]["detail"]) == (
                3,
                f"The topic {name} is not open to this user.",
            )
        assert (await here.follow(f"artists/{open_}"))["type"] == "subscribed"


async def test_what_the_handler_closes_is_left_when_the_token_is_renewed(nodes: Nodes) -> None:
    closed, kept = await create(nodes.first, named()), await create(nodes.first, named())
    async with line(nodes.first) as here:
        await here.follow(f"artists/{closed}", f"artists/{kept}")
        await rename(nodes.first, closed, f"hidden {named()}")
        assert (await here.hear())["topic"] == f"artists/{closed}"
        await here.say(type="auth", token=f"Bearer {await nodes.first.token('reader')}")
        assert (await here.hear())["type"] == "auth_ok"
        await rename(nodes.first, closed, f"hidden {named()}")
        await rename(nodes.first, kept, named())
        assert [one["topic"] for one in await here.heard()] == [f"artists/{kept}"]


async def test_metrics_are_of_the_contract_s_topics_however_many_names_are_followed(nodes: Nodes) -> None:
    artist = await create(nodes.first, named())
    async with line(nodes.first) as here, httpx2.AsyncClient(trust_env=False) as http:
        await here.follow(f"artists/{artist}", *(f"artist-names/{number}" for number in range(50)))
        text = (await http.get(f"{nodes.first.url}/metrics")).text
    assert set(re.findall(r'topic="([^"]*)"', text)) == set(TOPICS)
    followers = re.search(r'subscriptions{topic="artist-names/{artist.name}"} (\S+)', text)
    assert followers is not None
    assert float(followers[1]) == 50


@pytest.mark.parametrize("encoding", ["json", pytest.param("protobuf", marks=pytest.mark.long)])
async def test_the_clients_follow_a_name_and_several_hundred_of_them(
    nodes: Nodes, encoding: Literal["json", "protobuf"]
) -> None:
    """Asynchronous and blocking; more names than a frame has, all resumed after the node was killed."""
    ours, token = await create(nodes.first, named()), await nodes.second.token("reader")
    prefix, url = named(), nodes.second.url
    others = [topics.artist_names_by_artist_name(f"{prefix} {number}/ü") for number in range(250)]
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(AsyncClient(url, token=token, encoding=encoding))
        blocking = stack.enter_context(Client(url, token=token, encoding=encoding))
        stream = await stack.enter_async_context(client.events(topics.artists_by_artist_id(ours)))
        streams = [await stack.enter_async_context(client.events(one)) for one in others]
        twin = blocking.events(topics.artists_by_artist_id(ours))
        await asyncio.to_thread(twin.__enter__)
        await rename(nodes.first, ours, f"{prefix} 249/ü")
        for event in (await anext(stream), await anext(streams[249]), await asyncio.to_thread(next, twin)):
            assert isinstance(event.data, models.ArtistUpdated)
            assert (event.data.artist.name, event.after_gap) == (f"{prefix} 249/ü", False)
        nodes.second.process.kill()
        await rename(nodes.first, ours, f"{prefix} 7/ü")
        await asyncio.to_thread(nodes.second.process.start)
        event = await anext(stream)
        assert (event.topic, event.data.artist.name, event.after_gap) == (f"artists/{ours}", f"{prefix} 7/ü", False)
        assert (await anext(streams[7])).data.artist.name == f"{prefix} 7/ü"


WORDS = ("a b", "c&d=e", "ü/", "f")
"""What artists are called in turn; who follows a filter wants some of these names."""
LAST = "z"
"""What each is called at the end, which every filter lets through."""


def test_who_follows_filters_hears_what_they_let_through_in_either_format_and_over_http_whenever_it_was_away(
    nodes: Nodes,
) -> None:
    """The model is the same filter over what was written. Overlapping filters of two artists and of the topic without a value, each of three
    readers at either node, cut at any moment with frames unread, and resumed where it had read to. What should not come takes the place of what should."""
    readers = st.sampled_from(["json", "protobuf", "sse"])
    step = st.one_of(
        st.tuples(st.just("rename"), st.integers(0, 1), st.sampled_from(WORDS)),
        st.tuples(st.just("read"), readers, st.integers(1, 5)),
        st.tuples(st.just("cut"), readers),
        st.tuples(st.just("resume"), readers, st.booleans()),
    )
    wanted = st.tuples(st.integers(0, 1), st.sets(st.sampled_from(WORDS), max_size=3))

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(wanted, min_size=1, max_size=5), st.lists(step, min_size=10, max_size=40))
    def live(asked: list[tuple[int, set[str]]], steps: list[tuple[Any, ...]]) -> None:
        asyncio.run(_live_through(nodes, asked, steps))

    live()


async def _live_through(nodes: Nodes, asked: list[tuple[int, set[str]]], steps: list[tuple[Any, ...]]) -> None:
    artists = [await create(nodes.first, named()) for _ in range(2)]
    prefixes = [named(), named()]
    names = {_name(artists[which], prefixes[which], words): (which, words) for which, words in asked}
    log: list[tuple[int, str]] = []
    async with contextlib.AsyncExitStack() as stack:
        door = await stack.enter_async_context(rest(nodes.first.url, await nodes.first.token("editor")))
        followers = {kind: Follower(kind, list(names)) for kind in ("json", "protobuf", "sse")}
        for one in followers.values():
            stack.push_async_callback(one.cut)
            await one.resume(nodes.second)

        async def rename(which: int, word: str) -> None:
            name = f"{prefixes[which]} {word}"
            assert (await door.call("update_artist", artist_id=artists[which], name=name)).code == "ok"
            log.append((which, word))

        def due(name: str) -> list[str]:
            of, words = names[name]
            told = [word for which, word in log if which == of and (not words or word in words or word == LAST)]
            return [f"{prefixes[of]} {word}" for word in told]

        for kind, *step in steps:
            if kind == "rename":
                await rename(*step)
            elif kind == "read":
                await followers[step[0]].read(step[1], sum(len(due(name)) for name in names))
            elif kind == "cut":
                await followers[step[0]].cut()
            else:
                await followers[step[0]].resume(nodes.first if step[1] else nodes.second)
        for which in range(2):
            await rename(which, LAST)
        for follower in followers.values():
            await follower.resume(nodes.first)
            await follower.read(sys.maxsize, sum(len(due(name)) for name in names))
            assert follower.heard == {name: due(name) for name in names}, follower.kind


def _name(artist: int, prefix: str, words: set[str]) -> str:
    """The plain one where no words are wanted."""
    values = [f"artist.name={quote(f'{prefix} {word}', safe='')}" for word in sorted(words | {LAST})]
    return f"artists/{artist}?{'&'.join(values)}" if words else f"artists/{artist}"


class Follower:
    """A client by its format, which may be away; what it had read when it was cut is where it goes on."""

    def __init__(self, kind: str, names: list[str]) -> None:
        self.kind = kind
        self._names = names
        self.heard: dict[str, list[str]] = {name: [] for name in names}
        self._places: dict[str, Json] = {}
        self._id = ""
        self._stack: contextlib.AsyncExitStack | None = None
        self._next: Callable[[], Awaitable[Json]] = self._nothing

    async def _nothing(self) -> Json:
        raise AssertionError(f"{self.kind} is away")

    async def resume(self, node: RunningService) -> None:
        """All that it follows, from where it is. One that is there stays."""
        if self._stack is not None:
            return
        self._stack = contextlib.AsyncExitStack()
        if self.kind == "sse":
            stream = await self._stack.enter_async_context(following(node, *self._names, last=self._id))

            async def told() -> Json:
                event = await stream.next()
                self._id = event.id
                return dict(event.data)

            self._next = told
            begun = await told()
        else:
            here = await self._stack.enter_async_context(line(node, binary=self.kind == "protobuf"))
            self._next = here.hear
            more = {"positions": list(self._places.values())} if self._places else {}
            begun = await here.follow(*self._names, **more)
        assert begun["topics"] == self._names, begun
        assert {one["recovered"] for one in begun["positions"]} == {bool(self._places)}
        for one in begun["positions"]:
            self._places.setdefault(one["topic"], {name: one[name] for name in ("topic", "epoch", "offset")})

    async def cut(self) -> None:
        """With whatever is unread."""
        if self._stack is not None:
            await self._stack.aclose()
            self._stack = None

    async def read(self, count: int, due: int) -> None:
        """So many events, of those that are due and were not read, while it is there."""
        count = min(count, due - sum(map(len, self.heard.values()))) if self._stack else 0
        for _ in range(count):
            event = await self._next()
            place = self._places[event["topic"]]
            assert event["offset"] > place["offset"]
            place["offset"] = event["offset"]
            self.heard[event["topic"]].append(event["data"]["artist"]["name"])

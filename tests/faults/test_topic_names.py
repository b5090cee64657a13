"""Topics with parameters on running nodes: who follows one name hears that name alone, through kills, in both formats of frames,
and no longer than its handler admits it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.development.servers import Postgres
from generated.client import AsyncClient, Client, models, topics
from generated.operations import TOPICS
from proof.documents import Json, read
from proof.protobuf import Protobuf
from proof.ws.codec import Codec, JsonFrames, ProtobufFrames
from proof.ws.contract import read_socket
from tests.codegen.contracts import shipped
from tests.doors import all_doors, rest
from tests.faults.nodes import Nodes, two_nodes
from tests.running_service import RunningService

WITHIN_S = 15.0
QUIET_S = 0.3


@pytest.fixture(scope="module")
def nodes(postgres: Postgres, servers_folder: Path) -> Iterator[Nodes]:
    with two_nodes(servers_folder / "names", postgres, "names") as running:
        yield running


class Line:
    """One socket, in one format."""

    def __init__(self, socket: ClientConnection, codec: Codec) -> None:
        self._socket = socket
        self._codec = codec

    async def say(self, **frame: Any) -> None:
        await self._socket.send(self._codec.write(frame))

    async def hear(self) -> Json:
        async with asyncio.timeout(WITHIN_S):
            return self._codec.read(await self._socket.recv())

    async def follow(self, *topics: str, **positions: Any) -> Json:
        await self.say(type="subscribe", topics=list(topics), **positions)
        return await self.hear()

    async def heard(self) -> list[Json]:
        """What comes until nothing does for a while."""
        found = []
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(QUIET_S):
                    raw = await self._socket.recv()
                found.append(self._codec.read(raw))
        return found


@contextlib.asynccontextmanager
async def line(node: RunningService, user: str = "reader", *, binary: bool = False) -> AsyncIterator[Line]:
    codec: Codec = JsonFrames()
    if binary:
        codec = ProtobufFrames(Protobuf(shipped()), read_socket(read("generated/specs/asyncapi.json")).controls)
    name = Subprotocol("stele.v1.protobuf" if binary else "stele.v1.json")
    headers = {"authorization": f"Bearer {await node.token(user)}"}
    url = f"{node.url.replace('http', 'ws')}/web"
    async with connect(url, additional_headers=headers, subprotocols=[name], proxy=None) as socket:
        yield Line(socket, codec)


async def create(node: RunningService, name: str) -> int:
    async with rest(node.url, await node.token("editor")) as door:
        return int((await door.call("create_artist", name=name)).value["id"])


async def rename(node: RunningService, artist_id: int, name: str) -> None:
    async with rest(node.url, await node.token("editor")) as door:
        assert (await door.call("update_artist", artist_id=artist_id, name=name)).code == "ok"


def named() -> str:
    return uuid.uuid4().hex


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


@pytest.mark.parametrize("encoding", ["json", "protobuf"])
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

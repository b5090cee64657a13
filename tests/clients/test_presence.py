"""Who follows a topic, as every client tells it: the whole first, then each change, whatever the connection does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from generated.sdk_python.stele_client import AsyncClient, errors, topics
from tests.clients.misbehaving_server import ARTIST, MisbehavingServer, Socket, problem
from tests.clients.test_socket_faults import must_have
from tests.clients.twins import FLAVOURS, OLD_NODE, Stream, Twin, twin
from tests.issuers.stage import claims_of
from tests.running_service import RunningService

NAME = "someone"
TOPIC = f"artist-names/{NAME}"
PUSH = {"pkg_id": 1002, "req_id": "00000000-0000-0000-0000-000000000000", "topic": TOPIC, "epoch": "e"}
WAIT_S = 20.0

State = tuple[list[str], int, list[str], list[str]]
"""Users, count, joined, left."""


@pytest.fixture
async def server() -> AsyncIterator[MisbehavingServer]:
    async with MisbehavingServer() as running:
        yield running


@pytest.fixture(params=(*FLAVOURS, OLD_NODE))
async def client(request: pytest.FixtureRequest, server: MisbehavingServer) -> AsyncIterator[Twin]:
    must_have(request.param)
    async with twin(request.param, server.url) as made:
        yield made


async def state_of(stream: Stream) -> State:
    async with asyncio.timeout(WAIT_S):
        state = await stream.next()
    assert state.topic == TOPIC
    return list(state.users), state.count, list(state.joined), list(state.left)


def told(change: str, *users: str, count: int) -> dict[str, Any]:
    return {"type": f"topic.{change}", "topic": TOPIC, "users": list(users), "count": count}


def subscribed(offset: int, *, recovered: bool = False) -> dict[str, Any]:
    place = {"topic": TOPIC, "epoch": "e", "offset": offset, "recovered": recovered}
    return {"type": "subscribed", "topics": [TOPIC], "positions": [place]}


class Script:
    """What a server is asked on each of its sockets, and `say` to the newest one; it answers calls and what is left by itself."""

    def __init__(
        self, server: MisbehavingServer, answer: Callable[[int, dict[str, Any]], list[dict[str, Any]]]
    ) -> None:
        """`answer` has what follows a `subscribe`, by the number of its socket."""
        self._server = server
        self._answer = answer
        self.asked: list[dict[str, Any]] = []
        server.on_socket = self._live

    async def _live(self, socket: Socket) -> None:
        number = len(self._server.sockets)
        while True:
            frame = await socket.receive()
            if "pkg_id" in frame:
                socket.answer(frame)
                continue
            self.asked.append(frame)
            if frame["type"] == "unsubscribe":
                socket.send({"type": "unsubscribed", "topics": frame["topics"]})
            else:
                for one in self._answer(number, frame):
                    socket.send(one)

    def say(self, *frames: dict[str, Any]) -> None:
        for one in frames:
            self._server.sockets[-1].send(one)


async def test_all_are_told_first_and_then_each_change(client: Twin, server: MisbehavingServer) -> None:
    script = Script(server, lambda *_: [subscribed(3), told("present", "a", "b", count=2)])
    async with client.attend(NAME) as stream:
        assert await state_of(stream) == (["a", "b"], 2, [], [])
        script.say(told("joined", "c", count=3))
        assert await state_of(stream) == (["a", "b", "c"], 3, ["c"], [])
        script.say(told("left", "a", "b", count=1))
        assert await state_of(stream) == (["c"], 1, [], ["a", "b"])
    assert script.asked == [
        {"type": "subscribe", "topics": [TOPIC], "presence": [TOPIC]},
        {"type": "unsubscribe", "topics": [TOPIC]},
    ]


async def test_for_a_slow_reader_several_changes_are_one(server: MisbehavingServer) -> None:
    """However many there were nothing is dropped, and who came and went meanwhile is not told of. The call says that all of it has come."""
    changes = [told("present", "a", count=1)]
    for number in range(50):
        changes += [told("joined", f"u{number}", count=2), told("left", f"u{number}", count=1)]
    script = Script(server, lambda *_: [subscribed(3), *changes, told("joined", "b", count=2)])
    for flavour in FLAVOURS:
        async with (
            twin(flavour, server.url, transport="ws", max_queued_events=2) as client,
            client.attend(NAME) as stream,
        ):
            await client.ask("artists.get", artist_id=7)
            assert await state_of(stream) == (["a", "b"], 2, [], [])
            script.say(told("left", "a", count=1), told("joined", "c", count=2), told("joined", "a", count=3))
            await client.ask("artists.get", artist_id=7)
            assert await state_of(stream) == (["b", "c", "a"], 3, ["c"], [])


async def test_after_a_reconnect_the_difference_is_told(client: Twin, server: MisbehavingServer) -> None:
    """It is asked for again, and a whole that says nothing new is told to nobody."""
    wholes = {1: ("a", "b"), 2: ("b", "a"), 3: ("b", "c")}

    def answer(number: int, frame: dict[str, Any]) -> list[dict[str, Any]]:
        return [subscribed(3, recovered=number > 1), told("present", *wholes[number], count=2)]

    script = Script(server, answer)
    async with client.attend(NAME) as stream:
        assert await state_of(stream) == (["a", "b"], 2, [], [])
        waiting = asyncio.create_task(state_of(stream))
        for number in (2, 3):
            server.sockets[-1].abort()
            async with asyncio.timeout(WAIT_S):
                while len(script.asked) < number:
                    await asyncio.sleep(0.01)
        assert await waiting == (["b", "c"], 2, ["c"], ["a"])
    place = {"topic": TOPIC, "epoch": "e", "offset": 3}
    again = {"type": "subscribe", "topics": [TOPIC], "positions": [place], "presence": [TOPIC]}
    assert script.asked[1:3] == [again, again]
    assert client.told.missed == []


async def test_events_and_who_is_there_are_one_subscription_and_no_gap_is_told(
    client: Twin, server: MisbehavingServer
) -> None:
    """A topic that is followed already goes on as it does: where it would begin anew, which the server says each time, counts for nothing. Who comes
    second is told the whole, too, and who is left goes on."""
    script = Script(
        server,
        lambda _, frame: [subscribed(3 + 900 * ("presence" in frame)), told("present", "a", count=1)],
    )
    async with client.follow_named(NAME) as events:
        async with client.attend(NAME) as first, client.attend(NAME) as second:
            assert [await state_of(one) for one in (first, second)] == [(["a"], 1, [], [])] * 2
            script.say({**PUSH, "offset": 4, "data": {"artist": {**ARTIST, "name": NAME}}})
            event = await events.next()
            assert (event.offset, event.after_gap) == (4, False)
        script.say(told("joined", "b", count=2), {**PUSH, "offset": 9, "data": {"artist": {**ARTIST, "name": NAME}}})
        event = await events.next()
        assert (event.offset, event.after_gap) == (9, False)
    watched = {"type": "subscribe", "topics": [TOPIC], "presence": [TOPIC]}
    assert script.asked == [
        {"type": "subscribe", "topics": [TOPIC]}, watched, watched, {"type": "unsubscribe", "topics": [TOPIC]},
    ]  # fmt: skip
    assert (client.told.resubscribed, client.told.missed) == ([], [])


async def test_who_is_refused_hears_why(client: Twin, server: MisbehavingServer) -> None:
    refusal = {"pkg_id": None, "req_id": None, "status_code": 3, "data": problem(403, "forbidden")}
    Script(server, lambda *_: [refusal])
    with pytest.raises(errors.Forbidden):
        async with client.attend(NAME) as stream:
            await stream.next()


async def test_what_has_no_presence_is_refused_here(server: MisbehavingServer) -> None:
    """A part of a topic, and a topic whose contract says nothing of it, which mypy finds, too."""
    async with AsyncClient(server.url, token="t0") as client:
        with pytest.raises(errors.ClientError, match="leave the filter of"):
            client.presence(topics.artist_names_by_artist_name(NAME, artist_id=7))
        with pytest.raises(errors.ClientError, match="no presence"):
            client.presence(topics.artists())  # type: ignore[arg-type]  # what mypy says, too
    assert server.sockets == []


@pytest.mark.parametrize("encoding", ["json", "protobuf"])
@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_two_users_of_a_service_are_told_of_each_other(
    service: RunningService, flavour: str, encoding: str
) -> None:
    admin, editor = [str(claims_of(await service.token(user))["sub"]) for user in ("admin", "editor")]
    options = {"token": None, "transport": "ws", "encoding": encoding}
    async with (
        twin(flavour, service.url, username="admin", password="admin", **options) as client,
        client.attend(NAME) as stream,
    ):
        assert await state_of(stream) == ([admin], 1, [], [])
        async with (
            AsyncClient(service.url, username="editor", password="editor", transport="ws") as other,
            other.presence(topics.artist_names_by_artist_name(NAME)) as theirs,
        ):
            assert set((await anext(theirs)).users) == {admin, editor}
            assert await state_of(stream) == ([admin, editor], 2, [editor], [])
        assert await state_of(stream) == ([admin], 1, [], [editor])

"""Topics for a reader that is no socket, on the same feed as a socket's: the form of what it hears, and where it is behind each event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from app.broadcast.broker import Position
from app.broadcast.hub import Message
from app.ws.frames import JsonWriter
from app.ws.topic_streams import SseWriter, TopicStream
from generated.errors import Forbidden, InvalidData
from tests.app.ws.following import Log, Node, caller

EVENTS: dict[int, Any] = {1001: SimpleNamespace(encode_json=lambda event: b"%d" % event)}


class Reader:
    """Whatever it is told, by the names that server-sent events have."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.is_idle = True
        self.places: dict[str, Position] = {}

    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        fields = dict(line.split(": ", 1) for line in message["body"].decode().splitlines())
        self.told.append((fields.get("event", "message"), json.loads(fields["data"])))
        self.places |= dict(message["places"])

    def reply(self, message: Message, size: int) -> None:
        self.push(message, size)


class Following:
    def __init__(self, node: Node) -> None:
        self.reader = Reader()
        self.stream = TopicStream(node.feed, SseWriter(JsonWriter(EVENTS)), self.reader, node.paid)

    async def join(self, topics: list[str], presence: Sequence[str] = (), **after: Position) -> None:
        await self.stream.join(topics, after, list(presence), caller(), "trace")

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.reader.told]

    def heard(self, key: str) -> Sequence[Any]:
        return [data[key] for name, data in self.reader.told if name == "message"]


async def test_an_event_is_a_message_of_what_a_socket_hears_and_moves_its_reader() -> None:
    """A topic with parameters is told by its name, and moves by it; what went out under another name does not."""
    node = Node()
    one = Following(node)
    await one.join(["open", "rooms/1"])
    node.tell(3)
    assert one.names[0] == "subscribed"
    assert list(zip(one.heard("topic"), one.heard("offset"), strict=True)) == [
        ("open", 1), ("rooms/1", 1), ("open", 2), ("open", 3),
    ]  # fmt: skip
    assert one.heard("data") == [1, 1, 2, 3]
    assert one.reader.places == {"open": Position("e", 3), "rooms/1": Position("e", 1)}
    one.stream.leave_all()
    node.tell()
    assert len(one.heard("data")) == 4


async def test_an_event_is_encoded_once_for_all_readers() -> None:
    encoded: list[int] = []

    def encode(event: int) -> bytes:
        encoded.append(event)
        return b"%d" % event

    counting: dict[int, Any] = {1001: SimpleNamespace(encode_json=encode)}
    node, writer = Node(), SseWriter(JsonWriter(counting))
    readers = [Reader() for _ in range(3)]
    for one in readers:
        await TopicStream(node.feed, writer, one, node.paid).join(["open"], {}, [], caller(), "trace")
    node.tell()
    assert [[name for name, _ in one.told] for one in readers] == [["subscribed", "message"]] * 3
    assert encoded == [1]


async def test_what_was_missed_comes_first_and_what_cannot_come_is_said() -> None:
    node = Node(Log(kept=2), remembered=2)
    node.tell(5)
    whole, torn, new = (Following(node) for _ in range(3))
    await whole.join(["open"], open=Position("e", 3))
    await torn.join(["open"], open=Position("e", 1))
    await new.join(["open"])
    assert (whole.names, whole.heard("offset")) == (["subscribed", "message", "message"], [4, 5])
    assert torn.names == new.names == ["subscribed"]
    recovered = [one.reader.told[0][1]["positions"][0]["recovered"] for one in (whole, torn, new)]
    assert recovered == [True, False, False]
    assert {one.reader.places["open"] for one in (whole, torn, new)} == {Position("e", 5)}


async def test_what_is_lost_is_told_and_moves_the_reader() -> None:
    node = Node()
    one = Following(node)
    await one.join(["open"])
    node.hub.move("open", Position("f", 7), lost=True)
    assert one.reader.told[1] == ("missed", {"type": "topic.missed", "topic": "open", "epoch": "f", "offset": 7})
    assert one.reader.places == {"open": Position("f", 7)}


async def test_what_may_not_be_followed_is_refused_and_named_as_the_query_has_it() -> None:
    node = Node()
    with pytest.raises(InvalidData) as found:
        await Following(node).join(["open", "none"])
    assert [one.pointer for one in found.value.errors] == ["/topic/1"]
    with pytest.raises(Forbidden):
        await Following(node).join(["both"])
    node.rooms.closed.add(2)
    with pytest.raises(Forbidden):
        await Following(node).join(["rooms/2"])


async def test_who_is_present_is_told_by_events_of_their_own_that_move_nobody() -> None:
    node = Node()
    one = Following(node)
    await one.join(["open", "rooms/1"], presence=["rooms/1"])
    told = {"type": "topic.present", "topic": "rooms/1", "users": ["ann"], "count": 1}
    assert one.reader.told[1:] == [("present", told)]
    assert one.reader.places.keys() == {"open", "rooms/1"}
    assert node.presence.present == {("rooms/1", "ann"): 1}
    one.stream.leave_all()
    assert (node.presence.present.total(), node.presence.watching) == (0, [])
    with pytest.raises(InvalidData) as found:
        await Following(node).join(["open"], presence=["open"])
    assert [one.pointer for one in found.value.errors] == ["/presence/0"]

"""Events reach whoever follows them, decoded once, and a topic is known until nobody follows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from codegen.runtime.sdk_python.codec import Push
from codegen.runtime.sdk_python.errors import ClientError, InvalidResponse
from codegen.runtime.sdk_python.event import Event
from codegen.runtime.sdk_python.followers import Followers
from codegen.runtime.sdk_python.json_frames import JsonCodec
from codegen.runtime.sdk_python.model import Model
from codegen.runtime.sdk_python.operation import EventType


class Made(Model):
    id: int


MADE = EventType("made", 1001, "things", Made, lambda: TypeAdapter(Made))
GONE = EventType("gone", 1002, "things", Made, lambda: TypeAdapter(Made))


@dataclass
class Taker:
    events: list[Event[Any]] = field(default_factory=list)
    ends: list[ClientError | None] = field(default_factory=list)

    def offer(self, event: Event[Any], /) -> None:
        self.events.append(event)

    def end(self, error: ClientError | None, /) -> None:
        self.ends.append(error)


def push(data: object, topic: str | None = "things", offset: int | None = 1) -> Push:
    return Push(1001, data, topic, offset, "e")


def test_an_event_reaches_all_who_follow_its_type_as_one_value() -> None:
    followers, takers, other = Followers(JsonCodec()), [Taker(), Taker()], Taker()
    for taker in takers:
        followers.add(MADE, taker)
    followers.add(GONE, other)
    followers.offer(MADE, push({"id": 7}))
    assert takers[0].events[0] is takers[1].events[0]
    assert takers[0].events == [Event(Made(id=7), "things", 1, "e")]
    assert other.events == []


def test_a_topic_is_followed_while_anybody_does() -> None:
    followers, first, second = Followers(JsonCodec()), Taker(), Taker()
    assert [followers.add(MADE, first), followers.add(GONE, second)] == [True, False]
    assert followers.topics == ["things"]
    assert [followers.remove(MADE, first), followers.remove(MADE, first), followers.remove(GONE, second)] == [
        False,
        False,
        True,
    ]
    assert followers.topics == []
    assert followers.add(MADE, first)


def test_the_last_position_is_known_even_if_nobody_takes_it() -> None:
    followers = Followers(JsonCodec())
    assert followers.position("things") == (None, None)
    followers.offer(MADE, push({"id": 1}, offset=41))
    followers.offer(MADE, push({"id": 1}, topic=None, offset=42))
    assert followers.position("things") == (42, "e")


def test_an_event_that_is_none_ends_those_who_follow_it() -> None:
    followers, taker, other = Followers(JsonCodec()), Taker(), Taker()
    followers.add(MADE, taker)
    followers.add(GONE, other)
    followers.offer(MADE, push({"id": "x"}))
    assert [type(one) for one in taker.ends] == [InvalidResponse]
    assert other.ends == []
    followers.end(None)
    assert other.ends == [None]


def test_an_event_that_another_connection_brought_already_is_passed_over() -> None:
    """While one connection takes another's place both may bring it; of another epoch it is another event."""
    followers, taker = Followers(JsonCodec()), Taker()
    followers.add(MADE, taker)
    for offset, epoch in ((4, "e"), (5, "e"), (4, "e"), (5, "e"), (6, "e"), (1, "f"), (6, "e")):
        followers.offer(MADE, Push(1001, {"id": offset}, "things", offset, epoch))
    followers.offer(MADE, Push(1001, {"id": 7}, "things", None, "e"))
    assert [(one.offset, one.epoch) for one in taker.events] == [
        (4, "e"), (5, "e"), (6, "e"), (1, "f"), (6, "e"), (None, "e"),
    ]  # fmt: skip

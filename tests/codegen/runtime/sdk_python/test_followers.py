"""Events reach whoever follows them, decoded once, and a topic is known until nobody follows it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from codegen.runtime.sdk_python.codec import Position, Presence, Push, Start
from codegen.runtime.sdk_python.errors import ClientError, InvalidResponse
from codegen.runtime.sdk_python.event import Event
from codegen.runtime.sdk_python.followers import MAX_CHARS, MAX_TOPICS, Followers, in_frames
from codegen.runtime.sdk_python.json_frames import JsonCodec
from codegen.runtime.sdk_python.model import Model
from codegen.runtime.sdk_python.operation import EventType
from codegen.runtime.sdk_python.options import Hooks
from codegen.runtime.sdk_python.topic import AttendedTopic, Topic


class Made(Model):
    id: int


MADE = EventType("made", 1001, "things", Made, lambda: TypeAdapter(Made))
GONE = EventType("gone", 1002, "things", Made, lambda: TypeAdapter(Made))
ON_MADE: Topic[Made] = Topic("things", (MADE,))
ON_GONE: Topic[Made] = Topic("things", (GONE,))


@dataclass(eq=False)
class Taker:
    events: list[Event[Any]] = field(default_factory=list)
    ends: list[ClientError | None] = field(default_factory=list)

    def offer(self, event: Event[Any], /) -> None:
        self.events.append(event)

    def end(self, error: ClientError | None, /) -> None:
        self.ends.append(error)


@dataclass(eq=False)
class Watcher(Taker):
    told: list[Presence] = field(default_factory=list)

    def tell(self, told: Presence, /) -> None:
        self.told.append(told)


def make() -> Followers:
    return Followers(JsonCodec(), Hooks())


def push(data: object, topic: str | None = "things", offset: int | None = 1) -> Push:
    return Push(1001, data, topic, offset, "e")


def test_an_event_reaches_all_who_follow_its_type_as_one_value() -> None:
    followers, takers, other = make(), [Taker(), Taker()], Taker()
    for taker in takers:
        followers.add(ON_MADE, taker)
    followers.add(ON_GONE, other)
    followers.offer(MADE, push({"id": 7}))
    assert takers[0].events[0] is takers[1].events[0]
    assert takers[0].events == [Event(Made(id=7), "things", 1, "e")]
    assert other.events == []


def test_a_topic_is_followed_while_anybody_does() -> None:
    followers, first, second = make(), Taker(), Taker()
    assert [followers.add(ON_MADE, first), followers.add(ON_GONE, second)] == [True, False]
    assert followers.topics == ["things"]
    assert [followers.remove(ON_MADE, first), followers.remove(ON_MADE, first), followers.remove(ON_GONE, second)] == [
        False,
        False,
        True,
    ]
    assert followers.topics == []
    assert followers.add(ON_MADE, first)


def test_how_far_a_topic_was_seen_is_known_even_of_events_that_nobody_takes_until_nobody_follows_it() -> None:
    followers, taker = make(), Taker()
    followers.offer(MADE, push({"id": 1}, offset=3))
    followers.add(ON_GONE, taker)
    assert followers.positions(["things"]) == {}
    followers.start(
        [Start("things", Position("e", 39), recovered=False), Start("other", Position("e", 1), recovered=False)], 1
    )
    assert followers.positions(["things", "other"]) == {"things": Position("e", 39)}
    followers.offer(MADE, push({"id": 1}, offset=40))
    followers.offer(None, push({"id": 1}, offset=41))
    followers.offer(GONE, push({"id": 1}, topic=None, offset=42))
    assert followers.positions(["things"]) == {"things": Position("e", 42)}
    followers.remove(ON_GONE, taker)
    assert followers.positions(["things"]) == {}


class Told:
    """What the hooks were told."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bool]] = []

    def hooks(self) -> Hooks:
        return Hooks(
            on_resubscribe=lambda topic, is_whole: self.lines.append((topic, is_whole)),
            on_missed=lambda topic: self.lines.append((f"missed {topic}", False)),
        )


def test_what_comes_twice_is_offered_once() -> None:
    """At least once on the wire, once to the caller."""
    followers, taker = make(), Taker()
    followers.add(ON_MADE, taker)
    for offset in (1, 2, 2, 1, 3):
        followers.offer(MADE, push({"id": offset}, offset=offset))
    assert [event.data.id for event in taker.events] == [1, 2, 3]
    assert not any(event.after_gap for event in taker.events)


def test_a_resumed_topic_says_whether_anything_is_missed_for_good() -> None:
    told = Told()
    followers, taker = Followers(JsonCodec(), told.hooks()), Taker()
    followers.add(ON_MADE, taker)
    followers.start([Start("things", Position("e", 5), recovered=False)], 1)
    assert told.lines == []
    followers.start([Start("things", Position("e", 5), recovered=True)], 2)
    followers.offer(MADE, push({"id": 6}, offset=6))
    followers.start([Start("things", Position("new", 2), recovered=False)], 3)
    followers.offer(MADE, Push(1001, {"id": 3}, "things", 3, "new"))
    followers.offer(MADE, Push(1001, {"id": 4}, "things", 4, "new"))
    assert told.lines == [("things", True), ("things", False), ("missed things", False)]
    assert [(event.data.id, event.after_gap) for event in taker.events] == [(6, False), (3, True), (4, False)]


def test_each_stream_of_a_topic_hears_of_a_gap_once() -> None:
    """Told by the server, or shown by an offset that does not follow the last one."""
    told = Told()
    followers, makes, gones = Followers(JsonCodec(), told.hooks()), Taker(), Taker()
    followers.add(ON_MADE, makes)
    followers.add(ON_GONE, gones)
    followers.miss("unknown", Position("e", 1))
    followers.miss("things", Position("e", 8))
    followers.offer(MADE, push({"id": 1}, offset=9))
    followers.offer(MADE, push({"id": 1}, offset=10))
    followers.offer(GONE, push({"id": 1}, offset=11))
    followers.offer(GONE, push({"id": 1}, offset=15))
    assert told.lines == [("missed things", False)] * 2
    assert [event.after_gap for event in makes.events] == [True, False]
    assert [event.after_gap for event in gones.events] == [True, True]


def test_an_event_that_is_none_ends_those_who_follow_it() -> None:
    followers, taker, other = make(), Taker(), Taker()
    followers.add(ON_MADE, taker)
    followers.add(ON_GONE, other)
    followers.offer(MADE, push({"id": "x"}))
    assert [type(one) for one in taker.ends] == [InvalidResponse]
    assert other.ends == []
    followers.end(None)
    assert other.ends == [None]


def test_an_event_that_another_connection_brought_already_is_passed_over() -> None:
    """While one connection takes another's place both may bring it; of another epoch it is another event."""
    followers, taker = make(), Taker()
    followers.add(ON_MADE, taker)
    for offset, epoch in ((4, "e"), (5, "e"), (4, "e"), (5, "e"), (6, "e"), (1, "f"), (6, "e")):
        followers.offer(MADE, Push(1001, {"id": offset}, "things", offset, epoch))
    followers.offer(MADE, Push(1001, {"id": 7}, "things", None, "e"))
    assert [(one.offset, one.epoch) for one in taker.events] == [
        (4, "e"), (5, "e"), (6, "e"), (1, "f"), (6, "e"), (None, "e"),
    ]  # fmt: skip


def test_a_name_of_a_topic_with_parameters_has_holes_in_its_offsets_and_nothing_is_missed() -> None:
    missed: list[str] = []
    followers, taker = Followers(JsonCodec(), Hooks(on_missed=missed.append)), Taker()
    topic: Topic[Made] = Topic("things/7", (MADE, GONE), is_dense=False)
    followers.add(topic, taker)
    for offset in (3, 9):
        followers.offer(MADE, push({"id": offset}, topic="things/7", offset=offset))
    followers.offer(GONE, push({"id": 9}, topic="things/7", offset=9))
    followers.offer(GONE, push({"id": 8}, topic="things/8", offset=12))
    assert [(one.data.id, one.after_gap) for one in taker.events] == [(3, False), (9, False)]
    followers.miss("things/7", Position("e", 20))
    followers.offer(GONE, push({"id": 21}, topic="things/7", offset=21))
    assert (missed, taker.events[-1].after_gap) == (["things/7"], True)


def test_more_topics_than_a_frame_has_go_into_several() -> None:
    names = [f"things/{number}" for number in range(2 * MAX_TOPICS + 1)]
    assert [len(few) for few in in_frames(names)] == [MAX_TOPICS, MAX_TOPICS, 1]
    long = ["x" * MAX_CHARS, "y", "z" * MAX_CHARS]
    assert list(in_frames(long)) == [[one] for one in long]
    assert list(in_frames([])) == []


WATCHED: AttendedTopic[Made] = AttendedTopic("things", (MADE,))


def asked(followers: Followers, over: object) -> list[Any]:
    return [json.loads(frame) for frame in followers.subscriptions(followers.topics, over)]


def test_who_watches_shares_the_subscription_of_those_who_take_events() -> None:
    """Where the topic is followed already it is asked for without its position, and where it would begin anew does not count; over another
    connection it is resumed."""
    told = Told()
    followers, taker, watcher = Followers(JsonCodec(), told.hooks()), Taker(), Watcher()
    followers.add(ON_MADE, taker)
    assert asked(followers, 1) == [{"type": "subscribe", "topics": ["things"]}]
    followers.start([Start("things", Position("e", 5), recovered=False)], 1)
    assert followers.watch(WATCHED, watcher)
    assert asked(followers, 1) == [{"type": "subscribe", "topics": ["things"], "presence": ["things"]}]
    followers.start([Start("things", Position("e", 90), recovered=False)], 1)
    place = {"topic": "things", "epoch": "e", "offset": 5}
    assert asked(followers, 2) == [
        {"type": "subscribe", "topics": ["things"], "positions": [place], "presence": ["things"]}
    ]
    assert told.lines == []
    present = Presence("things", "present", ("a",), 1)
    followers.tell(present, 1)
    followers.tell(Presence("other", "present", ("a",), 1), 1)
    assert watcher.told == [present]
    assert [followers.remove(WATCHED, watcher), followers.remove(ON_MADE, taker)] == [False, True]


def test_who_only_watches_keeps_the_place_for_those_who_come_and_hears_of_no_gap() -> None:
    told = Told()
    followers, watcher, taker = Followers(JsonCodec(), told.hooks()), Watcher(), Taker()
    followers.watch(WATCHED, watcher)
    followers.start([Start("things", Position("e", 5), recovered=False)], 1)
    followers.offer(MADE, push({"id": 6}, offset=8))
    followers.miss("things", Position("e", 9))
    followers.start([Start("things", Position("e", 30), recovered=False)], 2)
    assert told.lines == []
    assert not followers.add(ON_MADE, taker)
    followers.offer(MADE, push({"id": 31}, offset=31))
    assert [(one.offset, one.after_gap) for one in taker.events] == [(31, False)]
    followers.end(None)
    assert (watcher.ends, taker.ends) == ([None], [None])


def test_while_one_connection_takes_another_s_place_who_is_there_is_told_by_one_of_them() -> None:
    """Each node tells what leads from its own state to the next; mixed they would not."""
    followers, watcher = make(), Watcher()
    followers.watch(WATCHED, watcher)
    told = [Presence("things", "present", users, 2) for users in (("a", "b"), ("b", "c"))]
    for over, present in enumerate(told):
        followers.start([Start("things", None, recovered=False)], over)
        followers.tell(present, over)
    followers.tell(Presence("things", "left", ("c",), 1), 0)
    assert watcher.told == told

"""Events come once to each who follows their topic, in order."""

from __future__ import annotations

from dataclasses import replace

from proof.mock.topics import HISTORY, MAX_TOPICS, Told, Topics, admits
from tests.codegen.contracts import shipped

(EVENT,) = shipped().events


class Ear:
    def __init__(self) -> None:
        self.heard: list[Told] = []

    def hear(self, told: Told) -> None:
        self.heard.append(told)


def test_who_follows_hears_once_and_who_left_does_not() -> None:
    topics, ear, gone = Topics(shipped(), "e"), Ear(), Ear()
    for one in (ear, ear, gone):
        topics.follow("artists", one)
    topics.leave("artists", gone)
    topics.leave("artists", gone)
    assert topics.tell(EVENT, {"a": 1})[1] == 1
    assert topics.tell(EVENT, {"a": 2})[1] == 1
    assert [(one.offset, one.epoch, one.data) for one in ear.heard] == [(1, "e", {"a": 1}), (2, "e", {"a": 2})]
    assert gone.heard == []


def test_who_ends_leaves_all() -> None:
    topics, ear = Topics(shipped(), "e"), Ear()
    topics.follow("artists", ear)
    topics.leave_all(ear)
    assert topics.tell(EVENT, {})[1] == 0


def test_what_came_after_a_position_is_remembered_within_bounds() -> None:
    topics = Topics(shipped(), "e")
    for number in range(HISTORY + 10):
        topics.tell(EVENT, {"a": number})
    place = {"topic": "artists", "epoch": "e", "offset": HISTORY + 8}
    missed = topics.after("artists", place)
    assert missed is not None
    assert [one.offset for one in missed] == [HISTORY + 9, HISTORY + 10]
    assert topics.after("artists", topics.end("artists")) == []
    for unknown in ({**place, "offset": 5}, {**place, "offset": 2 * HISTORY}, {**place, "epoch": "other"}):
        assert topics.after("artists", unknown) is None


def test_a_parameter_of_a_topic_is_the_event_s() -> None:
    event = replace(EVENT, topic="artists/{artist_id}/works")
    topics, ear = Topics(replace(shipped(), events=(event,)), "e"), Ear()
    assert topics.event_of("artists/7/works") == event
    assert topics.event_of("artists/7/8/works") is None
    assert topics.event_of("artists/{artist_id}") is None
    topics.follow("artists/7/works", ear)
    topics.tell(event, {"artist_id": 8})
    topics.tell(event, {"artist_id": 7})
    assert [one.topic for one in ear.heard] == ["artists/7/works"]


def test_a_topic_asks_for_the_roles_of_its_event() -> None:
    assert admits(EVENT, frozenset({"get-artists", "other"}))
    assert not admits(EVENT, frozenset())
    assert admits(replace(EVENT, roles=None), frozenset())


def test_more_topics_than_are_remembered_begin_anew_in_another_epoch() -> None:
    """What a topic is called is up to who writes rows, so a mock that runs for long may be told any number of them."""
    event = replace(EVENT, topic="artists/{artist_id}")
    topics = Topics(replace(shipped(), events=(event,)), "e")
    places = [topics.tell(event, {"artist_id": number})[0] for number in (0, *range(MAX_TOPICS + 1), 0, 0, MAX_TOPICS)]
    first, again, last = places[0], places[-3:-1], places[-1]
    assert (first.epoch, first.offset, places[1].offset) == ("e", 1, 2)
    assert [(one.epoch, one.offset) for one in again] == [("e.1", 1), ("e.1", 2)]
    assert (last.epoch, last.offset) == ("e", 2)
    assert len(topics._logs) == MAX_TOPICS

"""Events come once to each who follows their topic, in order."""

from __future__ import annotations

from dataclasses import replace

from codegen.ir.operations import Event
from proof.documents import Json
from proof.mock.topics import HISTORY, Attendance, Told, Topics, admits
from tests.codegen.contracts import shipped

EVENT = next(one for one in shipped().events if one.name == "artist_created")


class Ear:
    def __init__(self, user: str = "ada") -> None:
        self.user = user
        self.heard: list[Told] = []
        self.attended: list[Attendance] = []

    def hear(self, told: Told) -> None:
        self.heard.append(told)

    def attend(self, told: Attendance) -> None:
        self.attended.append(told)


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


def test_who_watches_hears_of_each_user_once_whatever_follows_for_him() -> None:
    """A part of the name counts as the name; two sockets of one user are one who is present."""
    topics, name = Topics(shipped(), "e"), "artist-names/x"
    watcher, mary, again = Ear(), Ear("mary"), Ear("mary")
    topics.follow(name, watcher)
    topics.watch(name, watcher)
    topics.follow(f"{name}?artist.id=7", mary)
    topics.follow(name, again)
    topics.follow("artist-names/y", Ear("eve"))
    topics.leave_all(mary)
    topics.leave_all(again)
    topics.leave(name, watcher)
    topics.follow(name, mary)
    assert watcher.attended == [
        Attendance("present", name, ("ada",), 1),
        Attendance("joined", name, ("mary",), 2),
        Attendance("left", name, ("mary",), 1),
    ]
    names = ("artists", "artists/7", f"{name}?artist.id=7", "no_such", name)
    assert [one for one in names if topics.tells_presence(one)] == ["artists/7", name]


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


def parametrised(topic: str = "artists/{artist.id}", *more: str) -> tuple[Topics, Event]:
    event = replace(EVENT, topics=(topic, *more))
    return Topics(replace(shipped(), events=(event,)), "e"), event


def artist(number: int, name: str = "A") -> Json:
    return {"artist": {"id": number, "name": name}}


def test_a_parameter_of_a_topic_is_the_event_s() -> None:
    (topics, event), ear = parametrised("artists/{artist.id}/works"), Ear()
    assert topics.event_of("artists/7/works") == event
    for unknown in ("artists/7/8/works", "artists/{artist.id}/works", "artists/x/works", "artists/07/works"):
        assert topics.event_of(unknown) is None
    topics.follow("artists/7/works", ear)
    topics.tell(event, artist(8))
    topics.tell(event, artist(7))
    assert [(one.topic, one.offset) for one in ear.heard] == [("artists/7/works", 2)]


def test_a_text_is_percent_encoded_so_that_it_names_no_other_topic() -> None:
    (topics, event), ear = parametrised("artists/{artist.name}"), Ear()
    topics.follow("artists/a%2Fb", ear)
    topics.tell(event, artist(1, "a/b"))
    assert [one.topic for one in ear.heard] == ["artists/a%2Fb"]
    assert topics.event_of("artists/a/b") is None


def test_an_event_of_several_topics_is_told_on_each() -> None:
    (topics, event), ear = parametrised("artists/{artist.id}", "artists"), Ear()
    topics.follow("artists", ear)
    topics.follow("artists/7", ear)
    told, heard = topics.tell(event, artist(7))
    assert ([one.topic for one in told], heard) == (["artists/7", "artists"], 2)


def test_the_names_of_a_topic_share_its_history() -> None:
    topics, event = parametrised()
    for number in (7, 8, 7):
        topics.tell(event, artist(number))
    missed = topics.after("artists/7", {"epoch": "e", "offset": 1})
    assert [one.offset for one in missed or ()] == [3]
    assert topics.end("artists/9") == {"topic": "artists/9", "epoch": "e", "offset": 3}


def test_a_topic_asks_for_the_roles_of_its_event() -> None:
    assert admits(EVENT, frozenset({"get-artists", "other"}))
    assert not admits(EVENT, frozenset())
    assert admits(replace(EVENT, roles=None), frozenset())

"""What a request left behind is compared with the last word of the thing; `test_checks` has each finding beside its twin."""

from __future__ import annotations

from tests.proof.ws.test_checks import BOOK, able, story


def test_a_write_that_was_refused_changes_nothing_that_is_read() -> None:
    one = story().call("make_thing", "s/1").refused("taken", 6, label="s/1")
    assert one.call("get_thing", "s/2").answered(BOOK, label="s/2").found() == set()


def test_a_later_write_is_what_is_read() -> None:
    later = {"id": 1, "name": "Anna"}
    one = story().call("make_thing", "s/1", data={"name": "Anna"}).answered(later, label="s/1")
    assert one.call("get_thing", "s/2").answered(BOOK, label="s/2").found() == {"read-after-write"}


def test_a_thing_that_was_deleted_twice_is_still_gone() -> None:
    one = story()
    for label in ("s/1", "s/2"):
        one.call("delete_thing", label).answered(None, label=label)
    assert one.call("get_thing", "s/3").answered(label="s/3").found() == {"deleted-is-gone"}


def test_two_texts_of_one_moment_are_one_input() -> None:
    sent, told = {"name": "2024-01-01T00:00:00.000Z"}, {"id": 1, "name": "2024-01-01T01:00:00+01:00"}
    assert able().call(data=sent).answered(told).found() == set()


def test_what_was_sent_as_null_may_be_answered_by_a_default() -> None:
    assert able().call(data={"name": None}).answered().found() == set()


def test_one_event_on_two_epochs_came_once_on_each() -> None:
    one = able().following("things").event()
    frame = {**(one.transcript.entries[-1].frame or {}), "epoch": "f"}
    assert one.came(frame).found() == set()

"""A transcript is for people: one line for each entry, whatever a server sent; and it says what a call was answered."""

from __future__ import annotations

import pytest

from proof.documents import DocumentError, Json
from proof.ws.session import Send
from proof.ws.transcript import SHOWN, Call, Entry, Transcript, printable


def call(answer: Json | None) -> Call:
    out = Call(Send("s", "x", "a", {}), "able", "json", "k", {}, 0.0)
    if answer is not None:
        out.replies.append(Entry(0.0, "s", "came", answer))
    return out


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (None, ""),
        ({"status_code": 0, "data": None}, "ok"),
        ({"status_code": 5, "data": {"code": "gone"}}, "gone"),
        ({"status_code": 5, "data": "x"}, ""),
        ({"data": {}}, ""),
    ],
)
def test_a_call_has_the_code_of_its_answer(answer: Json | None, code: str) -> None:
    assert call(answer).code == code


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\nb", "\ud800", "\u202eabc", "\x00"])
def test_a_line_stays_a_line_that_every_terminal_and_file_takes(text: str) -> None:
    for entry in (Entry(0.1, "s", "came", {"data": text}), Entry(0.1, "s", "unreadable", text=text)):
        line = str(entry)
        assert line.isprintable()
        line.encode()
    assert printable("é ß 書 😀") == "é ß 書 😀"


def test_a_long_frame_is_cut_and_says_its_length() -> None:
    line = str(Entry(0.1, "s", "came", text="x" * 5000))
    assert len(line) < SHOWN + 100
    assert "5000 characters" in line


def test_a_place_in_an_answer_is_found_or_named() -> None:
    transcript = Transcript(calls={"a": call({"data": {"id": 7}})}, heard={"e": {"data": {"id": 8}}})
    assert transcript.said("a", "/data/id") == transcript.said("a", "$message.payload#/data/id") == 7
    assert transcript.said("e", "/data/id") == 8
    for label, pointer in (("a", "/data/no"), ("b", "/data"), ("a", "/data/id/x")):
        with pytest.raises(DocumentError):
            transcript.said(label, pointer)


def came(frame: Json) -> Entry:
    return Entry(0.0, "s", "came", frame)


def test_what_is_followed_was_asked_for_confirmed_and_not_left() -> None:
    transcript = Transcript([came({"type": "subscribed", "topics": ["a", "b"]})], subscribed={"s": {"b", "c"}})
    assert transcript.followed("s") == {"b"}
    assert transcript.followed("other") == set()


def test_an_event_came_under_each_name_that_told_the_same() -> None:
    told = [{"pkg_id": 9, "topic": name, "data": {"id": data}} for name, data in (("a", 1), ("b", 1), ("c", 2))]
    reply = {"pkg_id": 9, "topic": "d", "data": {"id": 1}, "status_code": 0}
    transcript = Transcript([came(frame) for frame in [*told, reply, {**told[0], "pkg_id": 8, "topic": "e"}]])
    assert transcript.under("s", told[0]) == {"a", "b"}

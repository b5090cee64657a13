"""A session is data: its file is read as the same session, and a file that is none is said to be none."""

from __future__ import annotations

import pytest

from proof.ws.session import (
    Await,
    Control,
    Cut,
    Open,
    Raw,
    Send,
    Session,
    Settle,
    from_json,
    member,
    named,
    said,
    to_json,
)

WHOLE = Session(
    "test",
    (
        Open("s", "json", "able", "garbage", "https://evil.example"),
        Send(
            "s",
            "make",
            "a",
            {"pkg_id": 1, "data": {"name": "\ud800\x00\"'é", "id": said("b", "/data/id")}},
            "refused",
            "why",
        ),
        Control(
            "s", {"type": "subscribe", "topics": ["x", named(["x/", said("b", "/data/id")])]}, ("control-subscribed",)
        ),
        Raw("s", b"\x00\xff", False, "noise", 3),
        Await("s", "made", "e"),
        Settle(),
        Cut("s"),
    ),
    (("a", "b"),),
)


def test_a_file_holds_every_kind_of_step_and_any_text() -> None:
    text = to_json(WHOLE)
    text.encode()
    assert from_json(text) == WHOLE


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "5", '{"plan": "x", "pairs": [], "steps": [{"step": "Explode"}]}', '{"plan": "x", "pairs": [], "steps": [5]}',
     '{"plan": "x", "pairs": [], "steps": [{"step": "Send"}]}', '{"plan": "x", "pairs": 5, "steps": []}'],
)  # fmt: skip
def test_what_is_no_replay_file_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json(text)


def test_a_shorter_session_is_smaller_and_so_is_one_that_says_less() -> None:
    shorter = Session("test", WHOLE.steps[:2])
    longer = Session("test", (WHOLE.steps[0], Send("s", "make", "a", {"data": "x" * 900})))
    assert shorter.size() < longer.size() < WHOLE.size()


def test_a_name_is_a_text_where_no_answer_is_needed_for_it() -> None:
    assert named(["things", "/", "7"]) == "things/7"
    assert named(["things/", said("a", "/data/id")]) == {"$name": ["things/", {"$said": ["a", "/data/id"]}]}


def test_a_member_is_followed_as_far_as_there_are_objects() -> None:
    assert member({"a": {"b": 1}}, "/a/b") == 1
    assert member({"a": [1]}, "/a/0") is member({}, "/a") is member(None, "/a") is None

"""Names that are followed have values that requests and earlier answers say; what is told under them comes there alone."""

from __future__ import annotations

from typing import Any

from hypothesis import given, seed
from hypothesis.strategies import SearchStrategy

from proof.documents import Json
from proof.drawing import drawing
from proof.ws.effects import FAR, NO_EPOCH
from proof.ws.names import fault_of, spelled, topic_of
from proof.ws.session import NAME, Await, Control, Send, Session, said
from proof.ws.topics import BEFORE, happenings, publishers, topics
from tests.proof.ws.test_plans import OURS, scene

WHERE = scene(OURS)
BY_ID, BY_NAME = "artists/{artist.id}", "artist-names/{artist.name}"


def drawn(sessions: SearchStrategy[Session]) -> list[Session]:
    """Some, the same each time."""
    found: list[Session] = []

    @seed(1)
    @drawing(60)
    @given(sessions)
    def keep(session: Session) -> None:
        found.append(session)

    keep()
    return found


def groups_of(session: Session) -> list[list[Any]]:
    """The names that are asked for at once, but where a socket resumes."""
    frames = [step.frame for step in session.steps if isinstance(step, Control)]
    return [one["topics"] for one in frames if one["type"] == "subscribe" and "positions" not in one]


def sent(session: Session) -> Json:
    (found,) = (step.frame["data"] for step in session.steps if isinstance(step, Send) and step.label == "made")
    return dict(found)


def spoken(name: Any) -> str:
    """With 7 for what an answer will say."""
    return name if isinstance(name, str) else "".join(one if isinstance(one, str) else "7" for one in name[NAME])


UPDATES = drawn(happenings(WHERE, WHERE.socket.operation("update_artist")))


def test_an_operation_has_a_plan_whose_event_is_told_under_names_alone() -> None:
    assert [one.name for one in publishers(WHERE)] == ["create_artist", "update_artist"]


def test_names_are_those_of_the_event_and_each_is_asked_for_alone_where_a_handler_may_refuse_it() -> None:
    for session in UPDATES:
        groups = groups_of(session)
        asked = [spoken(name) for group in groups for name in group]
        assert {topic_of(WHERE.socket.topics, name) for name in asked} == {BY_ID, BY_NAME}
        assert all(not fault_of(WHERE.socket.topics, name) for name in asked)
        assert all(len(group) == 1 for group in groups)
        assert [step.operation for step in session.steps if isinstance(step, Send)] == [
            "create_artist",
            "update_artist",
        ]
        assert any(isinstance(step, Await) and step.event == "artist_updated" for step in session.steps)


def test_a_value_is_what_the_answer_before_says_or_the_request_itself() -> None:
    names = [name for session in UPDATES for group in groups_of(session) for name in group]
    assert any(
        isinstance(name, dict) and name[NAME][:3] == ["artists", "/", said(BEFORE, "/data/id")] for name in names
    )
    own = {f"artist-names/{spelled(sent(session)['name'])}" for session in UPDATES}
    assert own & {str(name).partition("?")[0] for name in names}


def test_a_socket_resumes_where_an_event_was_heard_and_where_none_can_have_been() -> None:
    asked = [step.frame for one in UPDATES for step in one.steps if isinstance(step, Control)]
    positions = [one for frame in asked for one in frame.get("positions", ())]
    assert {str(FAR), NO_EPOCH} <= {str(one[key]) for one in positions for key in ("offset", "epoch")}
    assert said("heard-stele.v1.json", "/offset") in [one["offset"] for one in positions]


def test_a_topic_without_values_is_followed_with_its_filters_at_once() -> None:
    for session in drawn(happenings(WHERE, WHERE.socket.operation("create_artist"))):
        groups = groups_of(session)
        assert all(group[0] == "artists" for group in groups)
        assert all(spoken(name).partition("?")[0] == "artists" for group in groups for name in group)


def test_right_and_wrong_names_of_every_topic_are_asked_for() -> None:
    controls = [step.frame for one in drawn(topics(WHERE)) for step in one.steps if isinstance(step, Control)]
    asked, known = {name for frame in controls for name in frame["topics"]}, WHERE.socket.topics
    for is_right in (True, False):
        found = {topic_of(known, name) for name in asked if (not fault_of(known, name)) is is_right}
        assert found >= {"artists", BY_ID, BY_NAME}

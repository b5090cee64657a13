"""What sessions are drawn from: who may do the most, and what a link says of the next request."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proof.ws.scene import linked
from proof.ws.session import said
from tests.proof.ws.test_plans import OURS, scene


def test_who_has_most_of_the_roles_is_asked_for_all() -> None:
    where = scene(OURS)
    operations = [where.socket.operation(name) for name in ("create_artist", "get_artist")]
    assert where.able_of_all(operations) == "able"


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_a_linked_request_has_what_the_answer_said_and_expects_nothing_of_it(data: st.DataObject) -> None:
    where = scene(OURS)
    (link,) = (one for one in where.socket.operation("create_artist").links if one.operation == "update_artist")
    drawn: Any = data.draw(linked(where, where.socket.operation("update_artist"), link, "made"))
    assert drawn["artist_id"] == said("made", "/data/id")
    assert "expected_version" not in drawn
    assert "name" in drawn

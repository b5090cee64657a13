"""The names of topics come from what calls ask for, as far as the contract lets their values be known."""

from __future__ import annotations

import pytest

from proof.callers import Caller
from proof.documents import Json
from proof.doors.topics import named_by, of_somebody, open_to, plain
from tests.codegen.contracts import shipped
from tests.proof.doors.known import Known

CONTRACT = shipped()
OPERATIONS = {one.name: one for one in CONTRACT.operations}
BY_ID, BY_NAME = "artists/{artist.id}", "artist-names/{artist.name}"


@pytest.mark.parametrize(
    ("operation", "fields", "names"),
    [
        ("update_artist", {"name": "a/b ä"}, {"artist-names/a%2Fb%20%C3%A4": BY_NAME}),
        ("create_artist", {"name": "Ada"}, {}),
        ("update_artist", {"artist_id": 7, "name": "x"}, {"artists/7": BY_ID, "artist-names/x": BY_NAME}),
        ("update_artist", {"artist_id": True, "name": None}, {}),
        ("get_artist", {"artist_id": 7}, {}),
        ("update_artist", {"name": "ä" * 1000}, {}),
    ],
)
def test_a_call_names_the_topics_that_its_events_go_out_under(operation: str, fields: Json, names: Json) -> None:
    """Of what publishes, of values of the parameter's kind, and no longer than a name may be."""
    assert named_by(CONTRACT, OPERATIONS[operation], fields) == names


def test_each_topic_with_parameters_has_a_name_to_be_asked_for() -> None:
    assert of_somebody(CONTRACT) == {"artists/1": BY_ID, "artist-names/a": BY_NAME}
    assert list(plain(CONTRACT)) == ["artists"]


@pytest.mark.parametrize(
    ("caller", "topic", "may"),
    [
        (Known("get-artists"), "artists", True),
        (Known("get-artists"), BY_NAME, True),
        (Known("get-artists"), BY_ID, None),
        (Known(), "artists", False),
        (Known(), BY_ID, False),
        (Caller("anonymous"), "artists", False),
    ],
)
def test_who_may_follow_is_what_the_contract_says_unless_a_handler_is_asked(
    caller: Caller, topic: str, may: bool | None
) -> None:
    assert open_to(CONTRACT, caller, topic) is may

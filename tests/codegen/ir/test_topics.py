"""What the name of a topic says: its parameters, what code calls it, and which names are of two topics."""

from __future__ import annotations

import pytest

from codegen.ir.topics import (
    class_name,
    field_at,
    guarded_topics,
    longest,
    may_meet,
    method,
    parameters,
    plain_topic,
    question,
)
from codegen.ir.types import Bool, Int, String, Text, Type
from tests.codegen.contracts import shipped

ROOM = "rooms/{room.id}/first-members/{kind}"


def test_parameters_and_names_for_code() -> None:
    assert parameters(ROOM) == ("room.id", "kind")
    assert method(ROOM) == "rooms_first_members_by_room_id_and_kind"
    assert question("rooms") == "may_follow_rooms"
    assert class_name("rooms/{id}") == "RoomsByIdTopic"


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        ("a", "a/b", False), ("a/{x}", "a/b", True), ("a/{x}", "b/{x}", False), ("a/{x}/c", "a/b/{y}", True), ("a/{x}/c", "a/{x}/d", False),
    ],
)  # fmt: skip
def test_topics_meet_where_each_part_may_be_the_same(one: str, other: str, met: bool) -> None:
    assert may_meet(one, other) is may_meet(other, one) is met


def test_a_path_leads_through_fields_that_are_always_there() -> None:
    contract = shipped()
    found = field_at(contract, "ArtistUpdated", "artist.id")
    assert found is not None
    assert isinstance(found.type, Int)
    assert [field_at(contract, "ArtistUpdated", path) for path in ("artist.bio", "artist.id.x", "id", "")] == [None] * 4


def test_how_long_a_value_may_be() -> None:
    contract = shipped()
    kinds: list[Type] = [
        Int(32, -5, 1000),
        Text("uuid"),
        String(max_length=3),
        String(),
        String(const="a"),
        Bool(),
        Text("date"),
    ]
    assert [longest(contract, kind) for kind in kinds] == [4, 36, 36, None, None, None, None]


def test_the_topic_without_a_value_and_those_that_a_handler_opens() -> None:
    contract = shipped()
    assert {event.name: plain_topic(event) for event in contract.events} == {
        "artist_created": "artists", "artist_updated": "",
    }  # fmt: skip
    assert [one.name for one in guarded_topics(contract, "artists")] == ["artists/{artist.id}"]
    assert guarded_topics(contract, "auth") == []

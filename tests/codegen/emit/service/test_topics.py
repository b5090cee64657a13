"""Code has a record for each topic that has parameters or is opened by a handler, with the types of its events."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from codegen.emit.service import operations, topics
from generated.operations import EVENTS, QUESTIONS, TOPICS
from generated.topics import TOPIC_RECORDS, ArtistNamesByArtistNameTopic, ArtistsByArtistIdTopic
from generated.ws_packages import GUARDS
from tests.codegen.contracts import edited


def test_each_topic_with_parameters_has_its_record() -> None:
    assert {
        "artists/{artist.id}": ArtistsByArtistIdTopic,
        "artist-names/{artist.name}": ArtistNamesByArtistNameTopic,
    } == TOPIC_RECORDS
    assert {name: one.parameters for name, one in TOPICS.items()} == {
        "artists": (), "artists/{artist.id}": ("artist.id",), "artist-names/{artist.name}": ("artist.name",),
    }  # fmt: skip


def test_a_topic_that_no_event_tells_of_is_no_topic_yet_where_it_has_parameters(tmp_path: Path) -> None:
    """`make remove` leaves it in policy.yaml; nobody knows the types of its parameters, and the service starts without it."""
    topic = "  'rooms/{room.id}': {history: 10, keep: 1h, delivery: must-deliver}\n"
    loaded = edited(tmp_path, ("policy.yaml", "\ntopics:\n", f"\ntopics:\n{topic}"))
    assert not len(loaded.findings), loaded.report()
    for emitted in (topics.emit(loaded.contract), operations.emit(loaded.contract)):
        assert "room.id" not in "".join(file.data.decode() for file in emitted)


@pytest.mark.parametrize("value", ["0", "x", "9007199254740992"])
def test_a_record_has_the_bounds_of_the_field(value: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"artist_id": value}, ArtistsByArtistIdTopic, strict=False)


def test_a_handler_is_asked_with_the_roles_of_the_events() -> None:
    assert QUESTIONS.keys() == GUARDS.keys() == {"artists/{artist.id}"}
    operation = GUARDS["artists/{artist.id}"].operation
    assert operation.roles == EVENTS["artist_updated"].roles
    assert operation.errors == ("forbidden", "internal", "timeout", "unauthenticated", "unavailable")

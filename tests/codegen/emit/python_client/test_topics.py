"""The Python client has a function for each topic that somebody publishes on, typed by its parameters and its events."""

from __future__ import annotations

import re
from pathlib import Path

from codegen.emit.python_client.topics import emit_topics
from tests.codegen.contracts import contract_of, shipped


def text(contract_case: str, folder: Path) -> str:
    return emit_topics(contract_of(contract_case, folder), "sdk").data.decode()


def test_parameters_are_arguments_and_events_are_the_stream_s_type() -> None:
    found = emit_topics(shipped(), "sdk").data.decode()
    assert re.search(r"def artists\([^)]*\) -> Topic\[models.ArtistCreated\]:", found)
    assert re.search(
        r"def artists_by_artist_id\(artist_id: int, [^)]*\) -> AttendedTopic\[models.ArtistUpdated\]:", found
    )
    assert re.search(r"def artist_names_by_artist_name\(artist_name: str, [^)]*\) -> AttendedTopic\[", found)


def test_a_topic_whose_followers_may_be_asked_for_has_a_type_of_its_own() -> None:
    found = emit_topics(shipped(), "sdk").data.decode()
    assert 'filtered(attended(made("artists/{artist.id}"' in found
    assert 'filtered(made("artists"' in found


def test_fields_of_a_filter_are_keywords_of_one_value_or_several(tmp_path: Path) -> None:
    found = text("p85_filters", tmp_path)
    kind = 'models.Kind | Literal["note", "to-do"]'
    for wanted in (
        f"thing_kind: {kind} | Iterable[{kind}] | None = None",
        "thing_is_done: bool | Iterable[bool] | None = None",
        "thing_key: UUID | Iterable[UUID] | None = None",
        "def things_by_thing_id(thing_id: int, *, thing_is_done: bool | Iterable[bool] | None = None)",
        '{"thing.is_done": thing_is_done}',
    ):
        assert wanted in found


def test_a_contract_without_events_has_an_empty_module(tmp_path: Path) -> None:
    assert "def " not in text("p30_rest_only", tmp_path)

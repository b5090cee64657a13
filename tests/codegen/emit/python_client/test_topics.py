"""The Python client has a function for each topic that somebody publishes on, typed by its parameters and its events."""

from __future__ import annotations

from pathlib import Path

from codegen.emit.python_client.topics import emit_topics
from tests.codegen.contracts import contract_of, shipped


def text(contract_case: str, folder: Path) -> str:
    return emit_topics(contract_of(contract_case, folder), "sdk").data.decode()


def test_parameters_are_arguments_and_events_are_the_stream_s_type() -> None:
    found = emit_topics(shipped(), "sdk").data.decode()
    assert "def artists() -> Topic[models.ArtistCreated]:" in found
    assert "def artists_by_artist_id(artist_id: int) -> Topic[models.ArtistUpdated]:" in found
    assert "def artist_names_by_artist_name(artist_name: str) -> Topic[models.ArtistUpdated]:" in found


def test_a_contract_without_events_has_an_empty_module(tmp_path: Path) -> None:
    assert "def " not in text("p30_rest_only", tmp_path)

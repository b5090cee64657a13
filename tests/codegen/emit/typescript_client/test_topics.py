"""The TypeScript client has a function for each topic that somebody publishes on, typed by its parameters and its events."""

from __future__ import annotations

from pathlib import Path

from codegen.emit.typescript_client.topics import emit_topics
from tests.codegen.contracts import contract_of, shipped


def test_parameters_are_arguments_and_events_are_the_stream_s_type() -> None:
    found = emit_topics(shipped(), "sdk").data.decode()
    assert "export const artists = (): $.Topic<$types.ArtistCreated> =>" in found
    assert "export const artistsByArtistId = (artistId: number): $.Topic<$types.ArtistUpdated> =>" in found


def test_a_contract_without_events_exports_nothing(tmp_path: Path) -> None:
    assert "export {};" in emit_topics(contract_of("p30_rest_only", tmp_path), "sdk").data.decode()

"""The TypeScript client has a function for each topic that somebody publishes on, typed by its parameters and its events."""

from __future__ import annotations

import re
from pathlib import Path

from codegen.emit.typescript_client.topics import emit_topics
from tests.codegen.contracts import contract_of, shipped


def test_parameters_are_arguments_and_events_are_the_stream_s_type() -> None:
    found = emit_topics(shipped(), "sdk").data.decode()
    assert re.search(r"export const artists = \(where: [^)]*\): \$\.Topic<\$types\.ArtistCreated> =>", found)
    assert re.search(
        r"export const artistsByArtistId = \(artistId: number, where: [^)]*\): \$\.AttendedTopic<\$types\.ArtistUpdated> =>",
        found,
    )


def test_a_topic_whose_followers_may_be_asked_for_has_a_type_of_its_own() -> None:
    found = emit_topics(shipped(), "sdk").data.decode()
    assert 'filtered(attended(made<$types.ArtistUpdated>("artists/{artist.id}"' in found
    assert 'filtered(made<$types.ArtistCreated>("artists"' in found
    assert 'import { attended, filtered, made } from "./runtime/topic.ts";' in found


def test_fields_of_a_filter_are_properties_of_one_value_or_several(tmp_path: Path) -> None:
    found = emit_topics(contract_of("p85_filters", tmp_path), "sdk").data.decode()
    for wanted in (
        "thingKind?: $types.Kind | readonly $types.Kind[] | undefined",
        "thingIsDone?: boolean | readonly boolean[] | undefined",
        '["thing.is_done", where.thingIsDone]',
    ):
        assert wanted in found


def test_a_contract_without_filters_imports_none(tmp_path: Path) -> None:
    found = emit_topics(contract_of("p35_topics", tmp_path), "sdk").data.decode()
    assert 'import { made } from "./runtime/topic.ts";' in found


def test_a_contract_without_events_exports_nothing(tmp_path: Path) -> None:
    assert "export {};" in emit_topics(contract_of("p30_rest_only", tmp_path), "sdk").data.decode()

"""What an operation is called at its doors follows from what was asked for, and what contradicts itself is refused."""

from __future__ import annotations

import pytest

from codegen.diagnostics import Refused
from codegen.new.operation import NewOperation, check_form

NAMES = ("archive_artist", "artists")


@pytest.mark.parametrize(
    ("wanted", "verb", "url", "records"),
    [
        (NewOperation(*NAMES), "post", "/api/artists/archive-artist", ("ArchiveArtistInput", "ArchiveArtistResult")),
        (NewOperation(*NAMES, is_query=True), "get", "/api/artists/archive-artist", ("ArchiveArtistQuery", "ArchiveArtistResult")),
        (NewOperation(*NAMES, is_paginated=True), "get", "/api/artists/archive-artist", ("ArchiveArtistQuery", "ArchiveArtistItem")),
        (NewOperation(*NAMES, result="Artist"), "post", "/api/artists/archive-artist", ("ArchiveArtistInput",)),
        (NewOperation(*NAMES, path="/a/{b_id}", method="delete", result="none"), "delete", "/a/{b_id}", ()),
        (NewOperation(*NAMES, path="/a/{b_id}", method="put", result="Artist"), "put", "/a/{b_id}", ("ArchiveArtistInput",)),
    ],
)  # fmt: skip
def test_names_follow_from_the_kind(wanted: NewOperation, verb: str, url: str, records: tuple[str, ...]) -> None:
    check_form(wanted)
    assert (wanted.verb, wanted.url, wanted.open_records) == (verb, url, records)


def test_what_stands_in_the_path_and_in_the_body_is_one_frame() -> None:
    wanted = NewOperation(*NAMES, path="/a/{b_id}", method="put", result="Artist")
    assert wanted.new_records == ("ArchiveArtistPath", "ArchiveArtistInput", "ArchiveArtistFrame")


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (NewOperation("class", "artists"), "no keywords"),
        (NewOperation(*NAMES, doors=("window",)), "doors are http and socket"),
        (NewOperation(*NAMES, method="head"), "the method 'head' is none of"),
        (NewOperation(*NAMES, method="post", is_query=True), "what only reads is a GET"),
        (NewOperation(*NAMES, path="/x", doors=("socket",)), "are of the door http"),
        (NewOperation(*NAMES, path="api/{Id}"), "must be like"),
        (NewOperation(*NAMES, is_paginated=True, result="none"), "pages have items"),
    ],
)
def test_what_contradicts_itself_is_refused(wanted: NewOperation, why: str) -> None:
    with pytest.raises(Refused, match=why):
        check_form(wanted)

"""Keys of a topic are of one slot, and ids say offsets."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from app.broadcast.redis_stream import Keys, offset_of


def test_the_keys_of_a_topic_differ_and_are_of_one_slot() -> None:
    keys = astuple(Keys.of("stele", "artists"))
    assert len(set(keys)) == 5
    assert all("{artists}" in key for key in keys)


@pytest.mark.parametrize(
    ("entry_id", "offset"), [(b"0-1", 1), (b"0-1000", 1000), (b"0-0", 0), (b"1700-3", 0), (b"0-x", 0), (b"", 0)]
)
def test_an_id_that_is_none_of_ours_has_no_offset(entry_id: bytes, offset: int) -> None:
    assert offset_of(entry_id) == offset

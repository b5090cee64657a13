"""A place in several topics, as one text that comes back."""

from __future__ import annotations

import pytest

from app.broadcast.broker import MAX_OFFSET, Position
from app.http.event_places import Places

TOPICS = ["artists", "invoices", "rooms/1"]
AFTER = {"artists": Position("0a1", 7), "rooms/1": Position("0a2", MAX_OFFSET)}


def test_it_is_of_the_topics_in_their_order_and_comes_back_as_it_was_moved() -> None:
    places = Places(TOPICS, AFTER)
    assert places.text == b"0a1:7,-,0a2:%d" % MAX_OFFSET
    assert Places.read(TOPICS, places.text) == AFTER
    places.move("artists", Position("0b", 1))
    places.move("rooms/1", Position("", 0))
    assert Places.read(TOPICS, places.text) == {"artists": Position("0b", 1)}


def test_lines_of_one_field_are_one_list() -> None:
    """RFC 9110 §5.3: which is how `fields_of` joins them."""
    assert Places.read(TOPICS, b"0a1:7, -, -") == {"artists": Position("0a1", 7)}


def test_the_longest_one_fits_into_a_field() -> None:
    topics = [f"topic-{number}" for number in range(16)]
    text = Places(topics, dict.fromkeys(topics, Position("e" * 64, MAX_OFFSET))).text
    assert len(text) < 2048
    assert len(Places.read(topics, text)) == 16


@pytest.mark.parametrize(
    "text", [b"", b"!", b"0a1:7", b"0a1:7,-,-,-", b"0a1:7,-,x", b"0a1:7,-,:0", b"0a1:7,-,e:-1", b"0a1:7,-,e:%d" % (MAX_OFFSET + 1), b"x" * 5000]
)  # fmt: skip
def test_what_is_no_place_in_so_many_topics_is_none_at_all(text: bytes) -> None:
    assert Places.read(TOPICS, text) == {}

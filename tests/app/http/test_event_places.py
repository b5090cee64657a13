"""A place in several topics, as one text that comes back."""

from __future__ import annotations

import pytest

from app.broadcast.broker import MAX_OFFSET, Position
from app.http.event_places import MAX_CHARS, Places, nowhere

TOPICS = ["artists", "invoices"]
AFTER = {"artists": Position("e1", 7), "invoices": Position("e2", MAX_OFFSET)}


def test_it_comes_back_as_it_was_moved() -> None:
    places = Places(TOPICS, AFTER)
    places.move("artists", Position("e3", 1))
    assert Places.read(TOPICS, places.text) == {"artists": Position("e3", 1), "invoices": Position("e2", MAX_OFFSET)}
    assert Places.read(TOPICS, None) == {}


def test_the_longest_one_fits_into_a_field() -> None:
    topics = [f"topic-{number}" for number in range(16)]
    text = Places(topics, dict.fromkeys(topics, Position("e" * 64, MAX_OFFSET))).text
    assert len(text) < MAX_CHARS / 2
    assert len(Places.read(topics, text)) == 16


@pytest.mark.parametrize("text", [b"!", b"e30", b"W10", b"x" * (MAX_CHARS + 1), "é".encode()])
def test_what_is_none_of_ours_is_nowhere(text: bytes) -> None:
    assert Places.read(TOPICS, text) == dict.fromkeys(TOPICS, nowhere())


def test_a_place_in_other_topics_is_nowhere() -> None:
    text = Places(TOPICS, AFTER).text
    assert Places.read(TOPICS[::-1], text) == dict.fromkeys(TOPICS, nowhere())
    assert Places.read(["artists"], text) == {"artists": nowhere()}

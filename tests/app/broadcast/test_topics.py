"""A name is of one topic, each value has one spelling, and no value makes the name of another topic."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.broadcast.broker import Address
from app.broadcast.filters import BadFilter
from app.broadcast.topics import Found, Topics
from generated.operations import TOPICS, Topic
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS, ArtistNamesByArtistNameTopic, ArtistsByArtistIdTopic

ID = UUID("0b0b0b0b-1111-4222-8333-444444444444")


class Colour(StrEnum):
    RED = "dark/red"


class Size(IntEnum):
    SMALL = 1


class Shelf(msgspec.Struct, frozen=True):
    room_id: UUID
    colour: Colour
    size: Size


class Word(msgspec.Struct, frozen=True):
    text: Annotated[str, msgspec.Meta(max_length=10)]


class Worn(msgspec.Struct, frozen=True):
    colour: Colour
    worn: bool


def topic(name: str, *parameters: str, filter: tuple[str, ...] = ()) -> Topic:
    return Topic(name, 1, 1.0, True, parameters, filter)


SHELVES, WORDS = "rooms/{room.id}/{colour}/shelves/{size}", "words/{text}"
MADE = Topics(
    {
        SHELVES: topic(SHELVES, "room.id", "colour", "size"),
        WORDS: topic(WORDS, "text", filter=("colour", "worn")),
        "words": topic("words"),
    },
    {SHELVES: Shelf, WORDS: Word},
    {WORDS: Worn},
)
SHELF = f"rooms/{ID}/dark%2Fred/shelves/1"


def test_parameters_are_taken_from_the_event_and_read_back_as_they_were() -> None:
    event = SimpleNamespace(room=SimpleNamespace(id=ID), colour=Colour.RED, size=Size.SMALL)
    assert MADE.address(SHELVES, event) == Address(SHELVES, SHELF)
    assert MADE.find(SHELF) == Found(Address(SHELVES, SHELF), Shelf(ID, Colour.RED, Size.SMALL))


def test_a_topic_without_parameters_is_called_as_it_is() -> None:
    assert MADE.find("words") == Found(Address("words", "words"))
    assert MADE.address("words", None) == Address("words", "words")


def test_the_contract_s_topics_have_their_records() -> None:
    topics = Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS)
    found = [topics.find(name) for name in ("artists", "artists/7", "artist-names/a%2Fb")]
    assert [one.values if one else one for one in found] == [
        None,
        ArtistsByArtistIdTopic(7),
        ArtistNamesByArtistNameTopic("a/b"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "", "word", "words/a/b", WORDS, "words/a%2fb", "words/%61", "words/ü", "words/%FF", "words/12345678901", "words/a b", "/words",
        SHELF.replace("0b0b", "0B0B", 1), SHELF.replace("dark%2Fred", "red"), SHELF.replace("shelves", "tables"), f"{SHELF}0", SHELF.replace("/1", "/01"),
    ],
)  # fmt: skip
def test_what_is_no_name_of_a_topic_and_another_spelling_of_one_are_not_found(name: str) -> None:
    assert MADE.find(name) is None


@given(st.text(max_size=10))
def test_any_text_has_one_name_which_is_of_its_topic_alone_and_says_the_text(text: str) -> None:
    event: Any = SimpleNamespace(text=text)
    address = MADE.address(WORDS, event)
    assert address.name.count("/") == 1
    assert address.name.isascii()
    assert MADE.find(address.name) == Found(address, Word(text))


def test_a_filter_stands_behind_the_name_which_stays_as_it_was_written() -> None:
    name = "words/a%2Fb?worn=true&colour=dark%2Fred"
    found = MADE.find(name)
    assert found is not None
    assert found.values == Word("a/b")
    assert (found.address.name, found.address.plain) == (name, "words/a%2Fb")
    assert found.address.where is not None
    assert found.address.where.wanted == (frozenset({"dark/red"}), frozenset({"true"}))


def test_a_topic_without_fields_has_no_filter_and_no_topic_has_none_either() -> None:
    with pytest.raises(BadFilter, match="The topic words has no filter"):
        MADE.find("words?colour=red")
    assert MADE.find("nothing?colour=red") is None

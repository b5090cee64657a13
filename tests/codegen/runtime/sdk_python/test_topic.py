"""A topic's name is spelled as the service spells it, whatever the values are."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from codegen.runtime.sdk_python.model import Model
from codegen.runtime.sdk_python.operation import EventType
from codegen.runtime.sdk_python.topic import Topic, filtered, made


class Made(Model):
    id: int


class Colour(StrEnum):
    RED = "dark/red"


MADE = EventType("made", 1001, "", Made, lambda: TypeAdapter(Made))


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (7, "7"), (UUID(int=10), "00000000-0000-0000-0000-00000000000a"), (Colour.RED, "dark%2Fred"), ("", ""),
        ("a/b ü!'()*~", "a%2Fb%20%C3%BC%21%27%28%29%2A~"),
    ],
)  # fmt: skip
def test_a_value_takes_its_place(value: object, spelled: str) -> None:
    assert made("rooms/{room.id}/x", (MADE,), value) == Topic(f"rooms/{spelled}/x", (MADE,), is_dense=False)


def test_without_parameters_it_is_what_it_is() -> None:
    assert made("rooms", (MADE,)) == Topic("rooms", (MADE,), is_dense=True)


@pytest.mark.parametrize(
    ("where", "query"),
    [
        ({"kind": "note"}, "kind=note"),
        ({"kind": ["b", "a", "b"], "author.id": None}, "kind=a&kind=b"),
        ({"kind": None, "author.id": 7}, "author.id=7"),
        ({"done": [True, False], "colour": Colour.RED}, "done=false&done=true&colour=dark%2Fred"),
        ({"id": {UUID(int=10)}, "name": "a b&c=ü"}, "id=00000000-0000-0000-0000-00000000000a&name=a%20b%26c%3D%C3%BC"),
    ],
)
def test_a_filter_stands_behind_the_name_and_is_spelled_in_one_way(where: dict[str, object], query: str) -> None:
    topic = made("rooms", (MADE,))
    assert filtered(topic, where) == Topic(f"rooms?{query}", (MADE,), is_dense=False)


def test_nothing_given_is_the_topic_itself_and_no_value_is_a_mistake() -> None:
    topic = made("rooms", (MADE,))
    assert filtered(topic, {"kind": None}) is topic
    with pytest.raises(ValueError, match="kind: at least one value"):
        filtered(topic, {"kind": []})


def test_where_only_the_last_event_counts_its_offsets_have_holes() -> None:
    """On the topic itself: told on another one as well, each of them is heard there."""
    last = replace(MADE, topic="rooms", is_dense=False)
    assert made("rooms", (last,)).is_dense is False
    assert made("another", (last,)).is_dense is True

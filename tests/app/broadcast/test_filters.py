"""A filter is read as it is meant or refused with what there is, and admits what it says: OR within a field, AND between fields."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from types import SimpleNamespace
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.broadcast.filters import MAX_VALUES, BadFilter, Fields, Filter, Selection, spelled


class Kind(StrEnum):
    NOTE = "note"
    TODO = "to/do"


class Size(IntEnum):
    SMALL = 1


ID = UUID("0b0b0b0b-1111-4222-8333-444444444444")
BY: dict[str, Any] = {
    "kind": Kind,
    "author.id": Annotated[int, msgspec.Meta(ge=1, le=9)],
    "author.name": Annotated[str, msgspec.Meta(max_length=5)],
    "done": bool,
    "size": Size,
    "id": UUID,
}
FIELDS = Fields(BY)


def event(kind: Kind = Kind.NOTE, number: int = 1, name: str = "a", *, done: bool = False) -> Any:
    author = SimpleNamespace(id=number, name=name)
    return SimpleNamespace(kind=kind, author=author, done=done, size=Size.SMALL, id=ID)


def admitted(query: str, told: Any) -> bool:
    return FIELDS.read("x", query).admits(FIELDS.values(told))


@pytest.mark.parametrize(
    ("query", "is_admitted"),
    [
        ("kind=note", True),
        ("kind=to%2Fdo", False),
        ("kind=to/do&kind=note", True),
        ("kind=note&author.id=1", True),
        ("kind=note&author.id=2", False),
        ("author.id=2&kind=note&author.id=1", True),
        ("done=false", True),
        ("done=true", False),
        ("size=1", True),
        (f"id={ID}", True),
        ("author.name=a", True),
        ("author.name=", False),
        ("author.name=%61", True),
    ],
)
def test_values_of_a_field_are_joined_by_or_and_fields_by_and(query: str, is_admitted: bool) -> None:
    assert admitted(query, event()) is is_admitted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "'' is no field=value"),
        ("kind", "'kind' is no field=value"),
        ("colour=red", "'colour=red' is no field=value; the fields are kind, author.id, author.name, done, size, id."),
        ("kind=note&", "'' is no field=value"),
        ("kind=no te", "is no field=value"),
        ("author.name=ü", "is no field=value"),
        ("author.name=%", "is no field=value"),
        ("author.name=%FF", "author.name is never '%FF'"),
        ("author.name=sixsix", "author.name is never 'sixsix'"),
        ("kind=red", "kind is never 'red'"),
        ("author.id=0", "author.id is never '0'"),
        ("author.id=07", "author.id is never '07'"),
        ("author.id=1.0", "author.id is never '1.0'"),
        ("author.id=%2B1", "author.id is never"),
        ("author.id=", "author.id is never ''"),
        ("done=1", "done is never '1'"),
        ("done=True", "done is never 'True'"),
        (f"id={str(ID).upper()}", "id is never"),
        ("&".join(["kind=note"] * (MAX_VALUES + 1)), f"{MAX_VALUES} values at most"),
    ],
)
def test_what_no_event_could_have_is_refused_with_what_there_is(query: str, said: str) -> None:
    with pytest.raises(BadFilter) as found:
        FIELDS.read("x", query)
    assert said in str(found.value)


def test_what_is_said_of_a_filter_is_short_however_long_it_is() -> None:
    with pytest.raises(BadFilter) as found:
        FIELDS.read("x", "kind=" + "a" * 2900)
    assert len(str(found.value)) < 200


def test_a_filter_may_have_as_many_values_as_are_allowed() -> None:
    assert admitted("&".join(["kind=to/do"] * (MAX_VALUES - 1) + ["kind=note"]), event())


@given(st.text(max_size=5))
def test_any_text_is_found_by_its_percent_encoded_form(text: str) -> None:
    assert admitted(f"author.name={quote(text, safe='')}", event(name=text))


VALUES: dict[str, list[Any]] = {"kind": list(Kind), "author.id": [1, 2, 3], "author.name": ["a", "b&c=d", "ü"]}


@st.composite
def filters(draw: st.DrawFn) -> tuple[str, dict[str, set[str]]]:
    """A query, its pairs in any order, and what it asks of which field."""
    wanted = {path: draw(st.sets(st.sampled_from([spelled(one) for one in few]))) for path, few in VALUES.items()}
    pairs = [f"{path}={quote(one, safe='')}" for path, values in wanted.items() for one in sorted(values)]
    return "&".join(draw(st.permutations(pairs or ["done=false"]))), wanted


@given(
    st.lists(filters(), max_size=30),
    st.lists(st.tuples(st.sampled_from(Kind), st.sampled_from([1, 2, 3]), st.sampled_from(["a", "b&c=d", "ü"])), max_size=10),
    st.data(),
)  # fmt: skip
def test_of_all_filters_those_are_found_that_admit_the_event_each_once(
    asked: list[tuple[str, dict[str, set[str]]]], told: list[tuple[Kind, int, str]], data: st.DataObject
) -> None:
    """The reference asks each filter by itself. Some have left before."""
    selection = Selection(FIELDS)
    made: dict[str, tuple[Filter, dict[str, set[str]]]] = {}
    for query, wanted in asked:
        made[query] = FIELDS.read("x", query), wanted
        selection.add(query, made[query][0])
    for query in data.draw(st.sets(st.sampled_from(sorted(made)))) if made else ():
        selection.remove(query, made.pop(query)[0])
    assert selection.is_empty is (not made)
    for kind, number, name in told:
        has = dict(zip(VALUES, (spelled(kind), str(number), name), strict=True))
        expected = [
            query
            for query, (_, wanted) in made.items()
            if all(not few or has[path] in few for path, few in wanted.items())
        ]
        found = selection.admitting(FIELDS.values(event(kind, number, name)))
        assert sorted(found) == sorted(expected)


def test_an_event_asks_only_filters_that_name_its_value() -> None:
    """1,000 filters of which ten have the event's value: the other 990 are not asked."""
    asked: list[str] = []

    class Counting(Filter):
        def admits(self, values: Any) -> bool:
            asked.append(self.plain)
            return super().admits(values)

    by = Fields({"author.id": Annotated[int, msgspec.Meta(ge=0)], "kind": Kind})
    selection = Selection(by)
    for number in range(1000):
        where = by.read("x", f"author.id={number % 100}&kind=note")
        selection.add(str(number), Counting(where.plain, where.fields, where.wanted))
    assert len(selection.admitting(by.values(event(number=7)))) == 10
    assert len(asked) == 10

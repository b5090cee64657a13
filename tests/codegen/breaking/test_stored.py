"""Entries of a history that a new reader cannot read break its relays; tests/codegen/breaking/test_executed.py tries it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codegen.breaking.gate import judge
from codegen.breaking.rules import Audience, Severity
from codegen.breaking.stored import READABLE, UNREADABLE, compare_stored
from codegen.ir.types import Field, Int, ListOf, MapOf, Named, String, Text, Type
from tests.codegen.breaking.changes import TODAY, before_and_after
from tests.codegen.contracts import shipped

ADDED = (
    "schemas/things.yaml",
    "required: [thing]\n  properties:\n",
    "required: [thing, loud]\n  properties:\n    loud: {type: boolean}\n",
)


def test_a_required_field_added_to_an_event_is_not_in_its_history(tmp_path: Path) -> None:
    old, new = before_and_after(tmp_path, ADDED)
    (found,) = (one for one in judge(old, new, (), TODAY).changes if one.rule == UNREADABLE)
    assert (found.subject, found.severity, found.audiences) == (
        "stored ThingMade.loud",
        Severity.ERR,
        (Audience.STORED,),
    )
    back = [one.rule for one in judge(new, old, (), TODAY).changes if one.subject == "stored ThingMade.loud"]
    assert READABLE in back
    assert UNREADABLE not in back


def test_a_topic_without_history_has_no_entries(tmp_path: Path) -> None:
    old, new = before_and_after(tmp_path, ADDED)
    bare = replace(old, topics=tuple(replace(topic, history=0) for topic in old.topics))
    assert not list(compare_stored(bare, new))


def test_an_event_that_is_another_one_now_is_judged_elsewhere(tmp_path: Path) -> None:
    old, new = before_and_after(tmp_path, ADDED, ("packages/things.yaml", "x-topic: things", "x-topic: alerts"))
    assert not list(compare_stored(old, new))


def unreadable(old: Field | None, new: Field | None) -> bool:
    """Of a field of the shipped event's record."""
    contract = shipped()
    event = next(one for one in contract.events if one.name == "artist_created")
    record = contract.record(event.record)
    sides = [
        replace(
            contract,
            definitions={**contract.definitions, record.name: replace(record, fields=(*record.fields, *([one] if one else [])))},
        )
        for one in (old, new)
    ]  # fmt: skip
    return any(one.rule == UNREADABLE for one in compare_stored(*sides))


@pytest.mark.parametrize(
    ("old", "new", "is_unreadable"),
    [
        (None, Field("f", Int(32, 0, 9), True), True),
        (None, Field("f", Int(32, 0, 9), True, nullable=True), True),
        (None, Field("f", Int(32, 0, 9), False), False),
        (None, Field("f", ListOf(String()), False, has_default=True, default=[]), False),
        (None, Field("f", String(const="x"), True), False),
        (Field("f", Int(32, 0, 9), False), Field("f", Int(32, 0, 9), True), True),
        (Field("f", Int(32, 0, 9), False, has_default=True, default=1), Field("f", Int(32, 0, 9), True), False),
        (Field("f", Int(32, 0, 9), True, nullable=True), Field("f", Int(32, 0, 9), True), True),
        (Field("f", Int(32, 0, 9), True), None, False),
    ],
)
def test_a_reader_asks_for_what_it_needs(old: Field | None, new: Field | None, is_unreadable: bool) -> None:
    assert unreadable(old, new) is is_unreadable


@pytest.mark.parametrize(
    ("old", "new", "is_unreadable"),
    [
        (Int(32, 0, 9), Int(64, 0, 9), False),
        (Int(32, 0, 9), String(), True),
        (String(max_length=9), String(max_length=1), False),
        (String(), Text("uuid"), True),
        (Text("uuid"), String(), False),
        (Text("uuid"), Text("date"), True),
        (ListOf(String()), ListOf(Int(32, 0, 9)), True),
        (MapOf(String()), MapOf(String()), False),
        (Named("Artist"), Named("ArtistRef"), True),
    ],
)
def test_a_reader_asks_for_its_types_and_not_for_bounds(old: Type, new: Type, is_unreadable: bool) -> None:
    assert unreadable(Field("f", old, True), Field("f", new, True)) is is_unreadable

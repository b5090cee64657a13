"""What a load asks: valid calls, and no writing to what it has not made itself."""

from __future__ import annotations

import pytest

from codegen.ir.operations import Contract, Operation
from proof.doors.cases import Cases
from proof.doors.door import Outcome
from proof.load.calls import KEPT, Mix
from proof.protobuf import compiled
from tests.codegen.contracts import SHIPPED


@pytest.fixture(scope="module")
def contract() -> Contract:
    return compiled(SHIPPED)


def mix_of(contract: Contract, *names: str) -> Mix:
    return Mix(contract, Cases(contract, ["admin"], among=names), 1)


def named(mix: Mix, name: str) -> Operation:
    return next(one for one in mix.operations if one.name == name)


def made(mix: Mix, number: int, version: int = 1) -> None:
    create = named(mix, "create_artist")
    turn = mix.next(create)
    assert turn is not None
    mix.learn(create, turn, Outcome("ok", {"id": number, "version": version}))


def test_what_writes_to_a_thing_waits_until_the_load_has_made_one(contract: Contract) -> None:
    """What it has only read belongs to others: a row of theirs is never changed or deleted."""
    mix = mix_of(contract, "get_artists", "get_artist", "create_artist", "update_artist")
    listing, update = named(mix, "get_artists"), named(mix, "update_artist")
    turn = mix.next(listing)
    assert turn is not None
    mix.learn(listing, turn, Outcome("ok", {"items": [{"id": 7, "version": 1}], "meta": {}}))
    read = mix.next(named(mix, "get_artist"))
    assert read is not None
    assert read.asked.fields == {"artist_id": 7}
    assert mix.next(update) is None
    made(mix, 12, version=3)
    turn = mix.next(update)
    assert turn is not None
    assert (turn.asked.fields["artist_id"], turn.asked.fields["expected_version"]) == (12, 3)


def test_a_thing_is_written_to_by_one_call_at_a_time(contract: Contract) -> None:
    """Else most writes under load would be refused for their version, and nothing would be measured."""
    mix = mix_of(contract, "create_artist", "update_artist")
    update = named(mix, "update_artist")
    made(mix, 1)
    first = mix.next(update)
    assert first is not None
    assert mix.next(update) is None
    mix.learn(update, first, Outcome("ok", {"id": 1, "version": 2}))
    second = mix.next(update)
    assert second is not None
    assert second.asked.fields["expected_version"] == 2
    mix.learn(update, second, None)
    third = mix.next(update)
    assert third is not None, "no answer: it is there still, as far as anybody knows"
    mix.learn(update, third, Outcome("unavailable"))
    assert mix.next(update) is not None


def test_what_takes_away_leaves_some_for_what_changes(contract: Contract) -> None:
    mix = mix_of(contract, "create_artist", "delete_artist")
    delete = named(mix, "delete_artist")
    for number in range(KEPT + 1):
        made(mix, number)
    turn = mix.next(delete)
    assert turn is not None
    mix.learn(delete, turn, Outcome("ok"))
    assert mix.next(delete) is None


def test_a_page_is_the_first_and_what_is_new_is_new_each_time(contract: Contract) -> None:
    """A drawn cursor was never issued; the same name twice would be a conflict, which says nothing of the service."""
    mix = mix_of(contract, "get_paginated_artists", "create_artist")
    pages, create = named(mix, "get_paginated_artists"), named(mix, "create_artist")
    turns = [mix.next(pages) for _ in range(60)]
    assert not any("cursor" in turn.asked.fields for turn in turns if turn is not None)
    names = [turn.asked.fields["name"] for turn in (mix.next(create) for _ in range(200)) if turn is not None]
    assert len(set(names)) == 200

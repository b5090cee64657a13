"""What the clients' pages show is of the contract, and allowed by it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codegen.emit.client_samples import samples
from codegen.ir.notes import Example, Notes
from codegen.ir.types import Bool, Field, Int, Named, String, Type
from tests.codegen.contracts import contract_of, shipped


def test_a_command_that_publishes_is_shown_first() -> None:
    found = samples(shipped())
    assert found.made is not None
    assert (found.made.name, found.refusal) == ("create_artist", "ArtistNameTaken")
    assert [(one.name, value) for one, value in (*found.values, *found.again)] == [
        ("name", "a name"),
        ("name", "another name"),
    ]
    assert found.event is not None
    assert found.event.name == "artist_created"
    assert found.walked is not None
    assert found.walked.name == "get_paginated_artists"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (String(min_length=8), "a part.."),
        (String(max_length=3), "a p"),
        (Int(32, 5, 9), 5),
        (Int(32, -9, 9, multiple_of=4), 4),
        (Bool(), True),
        (String(pattern="^[A-Z]$"), None),
        (String(form="email"), None),
        (Int(32, -9, 0), None),
        (Named("Artist"), None),
    ],
)
def test_a_value_is_within_its_bounds_or_not_shown(kind: Type, value: object) -> None:
    contract = shipped()
    made = next(one for one in contract.operations if one.name == "create_artist")
    fields = (Field("part", kind, required=True),)
    found = samples(replace(contract, operations=(replace(made, request=replace(made.request, fields=fields)),)))
    assert [one for _, one in found.values] == ([] if value is None else [value])


def test_the_contract_s_own_example_is_taken() -> None:
    contract = shipped()
    made = next(one for one in contract.operations if one.name == "create_artist")
    noted = Field("part", String(pattern="^[A-Z]$"), required=True, notes=Notes(examples=(Example("Q"),)))
    found = samples(replace(contract, operations=(replace(made, request=replace(made.request, fields=(noted,))),)))
    assert [one for _, one in found.values] == ["Q"]


def test_a_contract_without_any_has_none(tmp_path: Path) -> None:
    assert samples(replace(contract_of("p80_bytes", tmp_path), operations=())).made is None

"""What is drawn fits its schema in every contract, reads well, and is the same by the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.types import Record
from proof.mock.forms import Forms
from proof.mock.samples import Samples
from tests.codegen.contracts import CASES, contract_of, edited, shipped

POSITIVE = sorted(path.parent.name for path in CASES.glob("p*/expected"))
CHOSEN = (
    "p05_text_forms",
    "p19_union_nested",
    "p20_recursive",
    "p66_patterns",
    "p74_number_bounds",
    "p75_unique_items",
    "p77_formats",
)


@pytest.mark.parametrize(
    "case", [one if one in CHOSEN else pytest.param(one, marks=pytest.mark.long) for one in POSITIVE]
)
def test_every_record_that_is_answered_can_be_drawn(case: str, tmp_path: Path) -> None:
    contract = contract_of(case, tmp_path)
    forms = Forms(contract)
    samples = Samples(forms)
    for name in contract.results:
        if isinstance(contract.definitions[name], Record):
            assert all(forms.fits(name, samples.record(name, number)) for number in range(4)), name


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    forms = Forms(shipped())
    assert Samples(forms, 3).record("Artist", 1) == Samples(forms, 3).record("Artist", 1)
    assert Samples(forms, 3).record("Artist", 1) != Samples(forms, 4).record("Artist", 1)


def test_neighbours_differ_and_read_well() -> None:
    samples = Samples(Forms(shipped()))
    first, second = samples.record("Artist", 0), samples.record("Artist", 1)
    assert (first["name"], second["name"]) == ("Name 1", "Name 2")
    assert first["created_at"] < second["created_at"]


def test_examples_of_the_contract_go_first(tmp_path: Path) -> None:
    name = "ArtistName:\n  type: string\n"
    loaded = edited(tmp_path, ("schemas/artist.yaml", name, f"{name}  examples: [Mary Cassatt, Berthe Morisot]\n"))
    assert not loaded.findings, loaded.report()
    samples = Samples(Forms(loaded.contract))
    assert [samples.record("Artist", number)["name"] for number in range(3)] == [
        "Mary Cassatt",
        "Berthe Morisot",
        "Mary Cassatt",
    ]

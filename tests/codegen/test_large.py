"""A large contract keeps what the small ones promise: no findings, one output, typed code, answers at every door."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Definition, Record
from codegen.pipeline import Loaded, build, load
from tests.codegen import large
from tests.codegen.serving import served
from tests.codegen.test_cases import mypy, questions
from tests.codegen.test_corpus import compiled

pytestmark = pytest.mark.xdist_group("large")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Has `specs/` and, once the contract is compiled, `generated/`."""
    found = tmp_path_factory.mktemp("large")
    large.write(found)
    return found


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Loaded:
    return compiled(folder / "specs", folder)


def test_the_contract_is_large_and_varied(loaded: Loaded) -> None:
    contract = loaded.contract
    assert len(contract.operations) == 150
    assert len(contract.features) == 15
    doors = Counter((one.http is not None, one.pkg_id is not None) for one in contract.operations)
    assert all(doors[both] >= 10 for both in ((True, True), (True, False), (False, True)))
    verbs = {one.http.method.upper() for one in contract.operations if one.http}
    assert verbs == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert len({shape(contract, one) for one in contract.operations}) > 90


def shape(contract: Contract, one: Operation) -> object:
    """What is left of an operation without names."""
    http = (one.http.method, one.http.statuses) if one.http else None
    return (
        http,
        one.pkg_id is None,
        len(one.roles or ()),
        kinds(one.request),
        kinds(contract.definitions.get(one.result.record or "")),
    )


def kinds(definition: Definition | None) -> object:
    if not isinstance(definition, Record):
        return type(definition).__name__
    return tuple((type(one.type).__name__, one.required, one.nullable) for one in definition.fields)


def test_two_of_them_are_equal_and_two_builds_are(folder: Path, loaded: Loaded, tmp_path: Path) -> None:
    again = large.write(tmp_path)
    assert {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()} == {
        path.relative_to(folder / "specs"): path.read_bytes()
        for path in (folder / "specs").rglob("*")
        if path.is_file()
    }
    assert build(load(again).contract) == build(loaded.contract)


@pytest.mark.long
def test_every_operation_answers_at_every_door_that_it_declares(folder: Path, loaded: Loaded) -> None:
    assert served(folder, questions(loaded.contract)) == ""


def test_the_code_is_typed(folder: Path, loaded: Loaded) -> None:
    assert loaded.contract.operations
    assert mypy(folder) == ""

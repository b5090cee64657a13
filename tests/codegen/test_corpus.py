"""Contracts as engineers write them: each is compiled, type-checked, and served at every door that it declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen import output
from codegen.pipeline import Loaded, build, load
from tests.codegen.contracts import CORPUS, compose
from tests.codegen.serving import served
from tests.codegen.test_cases import mypy, questions

NAMES = sorted(path.name for path in CORPUS.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_realistic_contract_is_typed_and_answers_at_every_door(name: str, tmp_path: Path) -> None:
    loaded = compiled(compose(name, tmp_path, CORPUS), tmp_path)
    assert served(tmp_path, questions(loaded.contract)) == ""
    assert mypy(tmp_path) == ""


def compiled(specs: Path, folder: Path) -> Loaded:
    """The contract without findings, and its `generated/` in the folder."""
    loaded = load(specs)
    assert not len(loaded.findings), loaded.report()
    output.publish(folder / "generated", build(loaded.contract))
    return loaded

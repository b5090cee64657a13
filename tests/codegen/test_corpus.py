"""Contracts as engineers write them: each is compiled, type-checked, and served at every door that it declares."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codegen import output
from codegen.pipeline import Loaded, build, load
from tests.codegen.contracts import CORPUS, ROOT, compose
from tests.codegen.test_cases import mypy, questions

NAMES = sorted(path.name for path in CORPUS.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_realistic_contract_is_typed_and_answers_at_every_door(name: str, tmp_path: Path) -> None:
    loaded = compiled(compose(name, tmp_path, CORPUS), tmp_path)
    assert served(loaded, tmp_path) == ""
    assert mypy(tmp_path) == ""


def compiled(specs: Path, folder: Path) -> Loaded:
    """The contract without findings, and its `generated/` in the folder."""
    loaded = load(specs)
    assert not len(loaded.findings), loaded.report()
    output.publish(folder / "generated", build(loaded.contract))
    return loaded


def served(loaded: Loaded, folder: Path, asked: dict[str, object] | None = None) -> str:
    """What goes wrong when the service starts with stubs for handlers and every operation is called; nothing if all is well."""
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("served_case.py"))],
        input=json.dumps(questions(loaded.contract) if asked is None else asked), capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))},
    )  # fmt: skip
    return "" if run.returncode == 0 else run.stderr[-3000:]

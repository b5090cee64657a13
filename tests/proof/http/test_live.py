"""The REST door of the service, by the document that it serves, as each caller that a contract knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proof.http.command import main
from tests.running_service import RunningService

CALLERS = ("admin", "editor", "nobody", "anonymous")


def fuzz(service: RunningService, folder: Path, *words: str, examples: int, seed: int) -> None:
    report = folder / "http.json"
    users = [word for caller in CALLERS for word in ("--as", caller)]
    found = main(
        ["--url", service.url, *users, "--examples", str(examples), "--seed", str(seed), "--json", str(report)]
    )
    written = json.loads(report.read_text())
    assert (found, written["faults"]) == (0, [])
    assert {caller: told["passed"] for caller, told in written["callers"].items()} == dict.fromkeys(CALLERS, True)
    assert "Traceback" not in service.log()


@pytest.mark.survives("I01", "I11")
@pytest.mark.timeout(900)
def test_what_the_document_says_of_rest_is_true_for_every_caller(service: RunningService, tmp_path: Path) -> None:
    """I01, I11: every operation is asked for with drawn inputs, valid and not, alone and in the sequences of its links, by callers
    with all roles, some, none and no credential. Valid ones are taken, invalid ones refused, every answer is one that is declared
    and fits its schema."""
    fuzz(service, tmp_path, examples=5, seed=1)


@pytest.mark.long
@pytest.mark.survives("I01", "I11")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_200_examples_of_each_operation_in_every_phase_find_nothing(
    service: RunningService, tmp_path: Path, seed: int
) -> None:
    """I01, I11: the same with 200 drawn inputs for each operation and phase, from three seeds: no failure, and no operation without
    a success."""
    fuzz(service, tmp_path, "--specs", "specs", examples=200, seed=seed)

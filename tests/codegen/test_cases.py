"""Each folder of `cases/` is a contract: a good one is compiled, checked, imported and called; a bad one is refused as written.

A case's `specs/` stand over those of `cases/base/`, which have what every contract needs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from codegen import output
from codegen.ir.names import snake
from codegen.ir.operations import Contract
from codegen.pipeline import build, load
from codegen.suppressions import suppress
from tests.codegen import samples
from tests.codegen.contracts import CASES, ROOT, compose
from tests.codegen.serving import served

GOOD = sorted(path.parent.name for path in CASES.glob("*/expected"))
BAD = sorted(path.parent.name for path in CASES.glob("*/stderr.txt"))
SUPPRESSED_ON = date(2029, 12, 31)
SHOWN = ("models.py", "results.py")
TYPED = {
    "p12_maps",
    "p13_enum_text",
    "p18_union_in_list_and_map",
    "p22_const",
    "p25_query_parameters",
    "p85_filters",
    "p42_python_words",
    "p72_wrappers",
    "p75_unique_items",
    "p76_bounds_beside_a_form",
    "p79_any_text",
    "p80_bytes",
    "p82_json_names",
    "p84_union_any_tag",
    "p84_streams",
}
"""The cases whose generated code is type-checked here; the corpus is, too."""
UPDATE = bool(os.environ.get("UPDATE_CASES"))


@pytest.mark.parametrize("case", GOOD)
def test_a_good_contract_is_compiled_and_answers_at_every_door(case: str, tmp_path: Path) -> None:
    loaded = load(compose(case, tmp_path))
    assert not len(loaded.findings), loaded.report()
    generated = tmp_path / "generated"
    output.publish(generated, build(loaded.contract))
    assert served(tmp_path, questions(loaded.contract)) == ""
    linted = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), "generated"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert linted.returncode == 0, linted.stdout
    if case in TYPED:
        assert mypy(tmp_path) == ""
    for name in SHOWN:
        expected = CASES / case / "expected" / name
        if UPDATE:
            expected.write_bytes((generated / name).read_bytes())
        assert (generated / name).read_text() == expected.read_text()


@pytest.mark.parametrize("case", BAD)
def test_a_bad_contract_is_refused_with_these_words(case: str, tmp_path: Path) -> None:
    loaded = load(compose(case, tmp_path))
    suppress(loaded.dialects.documents, loaded.findings, SUPPRESSED_ON)
    expected = CASES / case / "stderr.txt"
    if UPDATE:
        expected.write_text(loaded.report())
    assert len(loaded.findings)
    assert loaded.report() == expected.read_text()


def mypy(folder: Path) -> str:
    """What mypy's strict mode says of `generated/`, or nothing."""
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "generated"]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return "" if found.returncode == 0 else found.stdout


def questions(contract: Contract) -> dict[str, object]:
    """For every operation a request and an answer with everything, and with nothing that may be left out. Those with bytes
    are called in `tests/media/tests/contract/media.py`, streams in `tests/streams/tests/contract/streams.py`."""
    calls = []
    skipped = [one.name for one in contract.operations if one.has_bytes or one.result.is_stream]
    for operation in (one for one in contract.operations if one.name not in skipped):
        record = operation.result.record
        for full in (True, False):
            result = samples.value_of(contract, record, full=full) if record else None
            calls.append({
                "operation": operation.name,
                "http": operation.http is not None,
                "is_list": operation.result.is_list,
                "record": snake(record) if record else None,
                "names": {one.member: one.name for one in operation.request.fields},
                "request": samples.request_of(contract, operation, full=full),
                "result": result,
                "expected": samples.with_defaults(contract, record, result) if record else None,
            })  # fmt: skip
    events = [
        {
            "name": event.name,
            "pkg_id": event.pkg_id,
            "record": snake(event.record),
            "value": (value := samples.value_of(contract, event.record, full=full)),
            "expected": samples.with_defaults(contract, event.record, value),
        }
        for event in contract.events
        for full in (True, False)
    ]
    return {"calls": calls, "events": events, "skipped": skipped}

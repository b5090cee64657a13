"""What of the pipeline could be otherwise is told by its own tests, or listed with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutation.pipeline import MODULE_S, Trial, accepted, ground, modules, name_of, suite_of, table, tried
from tests.workbench import ROOT

METHOD = """# app.execution.runner.xǁRunnerǁrun__mutmut_7: survived
--- app/execution/runner.py
+++ app/execution/runner.py
@@ -1,5 +1,5 @@
 async def run(self, call: Call) -> Any:
-        code = OK
+        code = None
         try:
"""
FUNCTION = """# app.execution.runner.x_fitting__mutmut_3: survived
--- app/execution/runner.py
+++ app/execution/runner.py
@@ -3,4 +3,3 @@
-        log.error(
-            "wrong", fault=fault)
+
"""


def test_a_mutant_is_named_by_its_function_and_what_is_otherwise_there() -> None:
    assert name_of(METHOD) == "Runner.run: code = OK → code = None"
    assert name_of(FUNCTION) == 'fitting: log.error( "wrong", fault=fault) → nothing'


def test_only_what_lives_without_a_reason_makes_a_trial_bad_and_a_stale_reason_is_told() -> None:
    ends = Counter({"killed": 5, "survived": 2, "no tests": 1, "timeout": 1})
    good = Trial("m", ends, ("a", "b", "c"), frozenset({"a", "b", "c", "d"}))
    assert (good.is_good, good.unlisted, good.outlived) == (True, [], ["d"])
    bad = Trial("m", ends, ("a", "b", "c"), frozenset({"a"}))
    assert (bad.is_good, bad.unlisted) == (False, ["b", "c"])
    assert [line.strip() for line in table(bad)[1:]] == ["LIVES b", "LIVES c"]
    assert not Trial("m", Counter({"killed": 1, "not checked": 1}), (), frozenset()).is_good
    assert not Trial("m", Counter(), (), frozenset()).is_good, "nothing was tried"


def test_the_modules_are_those_of_the_pipeline_and_have_tests_of_their_own() -> None:
    found = modules()
    assert {"app/execution/runner.py", "app/auth/verifier.py", "app/ws/session.py"} <= set(found)
    assert all((ROOT / tests).is_file() for one in found for tests in suite_of(one))


def test_each_reason_is_of_a_mutant_that_the_code_still_has() -> None:
    """As far as it can be seen without a run: its function and what stands there."""
    for module, reasons in accepted().items():
        words = " ".join((ROOT / module).read_text().split())
        for name, reason in reasons.items():
            function, _, change = name.partition(": ")
            assert f"def {function.rpartition('.')[2]}(" in words, name
            assert " ".join(change.partition(" → ")[0].split()) in words, name
            assert reason.endswith("."), name


@pytest.fixture(scope="module")
def template(servers_folder: Path) -> Iterator[str]:
    with ground(servers_folder / "mutation") as url:
        yield url


@pytest.mark.long
@pytest.mark.timeout(MODULE_S + 60)
@pytest.mark.parametrize("module", modules())
def test_every_mutant_is_told_or_has_a_reason(module: str, template: str, tmp_path: Path) -> None:
    trial = tried(module, tmp_path / "tree", template)
    assert trial.is_good, "\n".join(table(trial))

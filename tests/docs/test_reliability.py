"""docs/reliability.md says what the tests say that they prove, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability import PAGE, claims, page

MARKED = """
import pytest


@pytest.mark.survives({cases})
def test_it() -> None:
    {docstring}
"""


def test_the_page_is_fresh() -> None:
    text = PAGE.read_text()
    assert page(text, claims()) == text, "run python -m tests.reliability"


def test_every_group_of_cases_has_a_claim() -> None:
    assert {claim.group for claim in claims()} == set(range(9))


@pytest.mark.parametrize(
    ("cases", "docstring", "fault"),
    [('"W01"', "pass", "has no docstring"), ('"later"', '"""It holds."""', "are not cases")],
)
def test_a_mark_that_says_nothing_is_refused(tmp_path: Path, cases: str, docstring: str, fault: str) -> None:
    module = tmp_path / "tests" / "test_planted.py"
    module.parent.mkdir()
    module.write_text(MARKED.format(cases=cases, docstring=docstring))
    with pytest.raises(ValueError, match=fault):
        claims(tmp_path)

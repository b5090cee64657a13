"""docs/metrics.md is what the catalogue says today, and has every family once."""

from __future__ import annotations

import re
from pathlib import Path

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.reference import name_of, reference

PAGE = Path(__file__).parents[4] / "docs" / "metrics.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text() == reference(), "python -m app metrics > docs/metrics.md"


def test_every_family_has_a_row_and_no_other_has() -> None:
    tables = reference().partition("\n## Buckets")[0]
    named = re.findall(r"^\| `([^`]+)` \|", tables, re.MULTILINE)
    assert named == [name_of(one.value) for one in Catalogue]

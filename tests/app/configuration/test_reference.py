"""docs/settings.md is what the definitions say today."""

from __future__ import annotations

from pathlib import Path

from app.configuration.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text() == reference(), "python -m app config --reference > docs/settings.md"

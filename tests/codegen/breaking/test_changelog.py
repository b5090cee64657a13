"""The history of a contract: sections by version, the newest first, written again as often as the gate is run."""

from __future__ import annotations

from datetime import date

from codegen.breaking.change import Change
from codegen.breaking.changelog import section, updated
from codegen.breaking.gate import Verdict

DAY = date(2026, 12, 1)
FOUND = Verdict(
    (
        Change("operation-removed", "get_artist", "is gone", waived_by="ada"),
        Change("answer-member-added", "Colour", "has the member blue"),
        Change("operation-added", "count_artists", "is\nnew"),
    ),
    "major",
)


def test_changes_stand_under_how_grave_they_are() -> None:
    """Also one that somebody answers for: that changes no client."""
    text = section(FOUND, "2.0.0", DAY)
    assert text.startswith("## 2.0.0 - 2026-12-01\n\n### Breaking\n\n- `get_artist` is gone (REST-JSON clients, ")
    assert "### Worth a look\n\n- `Colour` has the member blue (" in text
    assert text.rstrip().endswith("### Compatible\n\n- `count_artists` is new")
    assert "Nothing changed." in section(Verdict((), "none"), "1.0.1", DAY)


def test_a_version_has_one_section_and_the_newest_is_first() -> None:
    first = updated("", section(Verdict((), "none"), "1.0.0", DAY))
    both = updated(first, section(FOUND, "2.0.0", DAY))
    assert [line for line in both.splitlines() if line.startswith("## ")] == [
        "## 2.0.0 - 2026-12-01",
        "## 1.0.0 - 2026-12-01",
    ]
    assert both.startswith("# Changelog\n")
    assert updated(both, section(FOUND, "2.0.0", DAY)) == both
    again = updated(both, section(Verdict((), "none"), "2.0.0", DAY))
    assert "get_artist" not in again
    assert again.count("## 1.0.0") == 1


def test_what_somebody_wrote_before_the_sections_stays() -> None:
    assert updated("# Ours\n\nBy hand.\n", section(FOUND, "2.0.0", DAY)).startswith("# Ours\n\nBy hand.\n\n## 2.0.0")

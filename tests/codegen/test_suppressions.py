"""A finding that leaves the code right may wait, for a reason and until a day; no other may, and none is forgotten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.pipeline import Loaded
from codegen.rules import RULES
from codegen.suppressions import suppress
from tests.codegen.contracts import edited, rules

PROTO = "specs/proto/artists.proto"
UNUSED = ("proto/artists.proto", "message Artist {", "message Draft {\n  string text = 1;\n}\n\nmessage Artist {")
LOCKED = ("contract.lock", "  FieldError:", "  Draft: {text: 1}\n  FieldError:")
SAID = "Draft is reached by no operation and no event"


def entry(rule: str = "X008", message: str = SAID, until: str = "2030-01-01") -> tuple[str, str, str]:
    text = f"{{rule: {rule}, file: {PROTO}, message: {message}, reason: for the next release, until: '{until}'}}"
    return ("waivers.yaml", "", f"suppressions:\n  - {text}\n")


def settled(loaded: Loaded) -> set[str]:
    suppress(loaded.dialects.documents, loaded.findings, date(2029, 12, 31))
    return rules(loaded)


def test_a_finding_waits_until_its_day(tmp_path: Path) -> None:
    assert settled(edited(tmp_path / "none", UNUSED, LOCKED)) == {"X008"}
    assert settled(edited(tmp_path / "waits", UNUSED, LOCKED, entry())) == set()
    assert settled(edited(tmp_path / "ended", UNUSED, LOCKED, entry(until="2029-12-30"))) == {"X008", "V014"}


@pytest.mark.parametrize(
    ("suppression", "left"),
    [
        (entry(message="Draft is reached by nobody"), {"X008", "V015"}),
        (entry(rule="X007"), {"X008", "V015"}),
        (entry(rule="X012"), {"X008", "V013"}),
    ],
)
def test_what_suppresses_nothing_is_said(tmp_path: Path, suppression: tuple[str, str, str], left: set[str]) -> None:
    assert settled(edited(tmp_path, UNUSED, LOCKED, suppression)) == left


def test_the_command_generates_while_a_finding_waits(tmp_path: Path) -> None:
    edited(tmp_path, UNUSED, LOCKED, entry())
    assert main(["--specs", str(tmp_path / "specs"), "--out", str(tmp_path / "generated"), "generate"]) == 0
    assert (tmp_path / "generated" / "models.py").exists()


def test_what_could_make_wrong_code_cannot_wait() -> None:
    assert {name for name, rule in RULES.items() if rule.can_wait} == {
        "A015", "J001", "N006", "O015", "S030", "S031", "S040", "V006", "X002", "X007", "X008", "X021"
    }  # fmt: skip

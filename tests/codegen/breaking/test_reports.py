"""The verdict in five forms."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from codegen.breaking.change import Change
from codegen.breaking.gate import Verdict
from codegen.breaking.reports import FORMATS
from codegen.diagnostics import Place

FOUND = Verdict(
    (
        Change("operation-removed", "get_artist", "is gone | <b>", Place("specs/http/artists.yaml", 3, 5)),
        Change("operation-removed", "get_artists", "is gone", waived_by="ada"),
        Change("operation-added", "count_artists", "is new"),
    ),
    "major",
)
NOTHING = Verdict((), "none")


def test_text_says_whom_it_breaks_and_the_fingerprint() -> None:
    text = FORMATS["text"](FOUND)
    assert "ERR  operation-removed  get_artist: is gone" in text
    assert f"[{FOUND.changes[0].fingerprint}]" in text
    assert "breaks REST-JSON clients, WS-JSON clients" in text
    assert "(waived by ada)" in text
    assert text.endswith("1 ERR, 0 WARN, 2 INFO: a major version\n")


def test_a_warning_is_not_said_to_break_anybody() -> None:
    text = FORMATS["text"](Verdict((Change("answer-member-added", "Colour", "has the member blue"),), "minor"))
    assert "breaks REST" not in text
    assert "may surprise REST-JSON clients" in text
    assert text.endswith("0 ERR, 1 WARN, 0 INFO: a minor version, which breaks nobody who keeps to the contract\n")


def test_json_and_junit_are_read_by_their_parsers() -> None:
    data = json.loads(FORMATS["json"](FOUND))
    assert (data["bump"], data["breaking"], [one["severity"] for one in data["changes"]]) == (
        "major",
        True,
        ["ERR", "INFO", "INFO"],
    )
    suite = ElementTree.fromstring(FORMATS["junit"](FOUND))
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert ElementTree.fromstring(FORMATS["junit"](NOTHING)).get("failures") == "0"


def test_github_and_markdown_escape_their_own_signs() -> None:
    lines = FORMATS["github"](FOUND).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::notice", "::notice"]
    assert "is gone \\| <b>" in FORMATS["markdown"](FOUND)
    assert FORMATS["markdown"](NOTHING).startswith("**0 ERR")

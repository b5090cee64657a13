"""The generated reference has all that its source has: a word, an error, a command or a method that is new is in it by itself."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
import yaml

from app.__main__ import COMMANDS
from codegen.__main__ import COMMANDS as CODEGEN
from codegen.rules import RULES
from docs.site.commands import commands, help_of
from docs.site.contract import errors, words
from docs.site.rules import examples, rule_examples
from proof.__main__ import ENGINES

ROOT = Path(__file__).parents[3]


def headings(text: str, level: str) -> set[str]:
    return set(re.findall(rf"^{level} (.+)$", text, re.MULTILINE))


def test_each_x_word_has_its_meaning_its_places_and_its_schema() -> None:
    defined = json.loads((ROOT / "specs" / "extensions.json").read_text())["$defs"]
    page = words(ROOT)
    assert headings(page, "##") == {name for name in defined if name.startswith("x-")}
    assert page.count("Stands at: `") == len(headings(page, "##"))


def test_each_error_and_each_close_code_has_its_row() -> None:
    catalogue = yaml.safe_load((ROOT / "specs" / "errors.yaml").read_text())
    page = errors(ROOT)
    assert set(re.findall(r"^\| `(\w+)` \| \d{3} \|", page, re.MULTILINE)) == set(catalogue["errors"])
    rows = re.findall(r"^\| (\d{4}) \| `(\w+)` \| (.+?) \| .+ \|$", page, re.MULTILINE)
    assert {name: int(code) for code, name, _ in rows} == catalogue["close"]
    assert {does for code, _, does in rows if int(code) < 4500} == {"connects again"}
    assert {does for code, _, does in rows if int(code) >= 4500} == {"does not connect again"}


def test_each_rule_has_its_example() -> None:
    page, found = rule_examples(ROOT), examples(ROOT)
    assert headings(page, "##") == set(RULES) == set(found)
    assert (
        "specs/http/things.yaml:28:5 error[X001] get_thing has no rpc GetThing\n   28 |     operationId: get_thing\n"
        in page
    )
    assert {name for name, text in found.items() if text.rstrip() not in page} == set()


def test_each_command_of_each_program_has_its_help() -> None:
    page = commands(ROOT)
    named = headings(page, "###")
    assert {f"python -m app {name}" for name in COMMANDS} <= named
    assert {f"python -m proof {name}" for name in ENGINES} <= named
    assert {f"python -m codegen {name}" for name in CODEGEN} <= named
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {name for name in targets if f"| `make {name}` |" not in page} == set()


def test_help_is_as_wide_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def main(arguments: list[str]) -> int:
        print(*arguments, os.environ["COLUMNS"])
        return 0

    monkeypatch.setenv("COLUMNS", "30")
    assert help_of(main, ["serve"]) == "serve --help 100"

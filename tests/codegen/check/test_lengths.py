"""A text that comes in without a maximum is a warning: said, counted, and in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.diagnostics import Severity
from codegen.pipeline import load
from tests.codegen.contracts import SHIPPED, edited

NAME = "    name: {type: string, maxLength: 50}\n"


def said(tmp_path: Path, name: str) -> list[str]:
    loaded = edited(tmp_path, ("schemas/things.yaml", NAME, f"    name: {name}\n"), case="p90_rest_alone")
    assert not len(loaded.findings), loaded.report()
    assert {one.severity for one in loaded.findings.said()} <= {Severity.WARNING}
    return [f"{one.rule} {one.place.line} {one.message}" for one in loaded.findings.said()]


@pytest.mark.parametrize(
    "name",
    [
        "{type: string}",
        "{type: string, minLength: 1}",
        "{type: string, format: uri}",
        "{type: string, format: time}",
        "{type: string, pattern: '^[a-z]+$'}",
        "{type: string, pattern: 'a{2}'}",
        "{type: string, pattern: '^a{2,}$'}",
        "{type: string, pattern: '^a$|^b$'}",
        "{type: array, maxItems: 3, items: {type: string}}",
        "{type: object, additionalProperties: {type: string}}",
    ],
)
def test_a_text_without_an_end_is_said_once(tmp_path: Path, name: str) -> None:
    assert said(tmp_path, name) == ["S040 5 the text 'name' of a request has no maxLength"]


@pytest.mark.parametrize(
    "name",
    [
        "{type: string, maxLength: 5}",
        "{type: string, pattern: '^[a-z*+]{1,9}\\+$'}",
        "{type: string, format: uuid}",
        "{type: string, format: email}",
        "{type: string, format: ipv6}",
        "{type: string, const: x}",
        "{$ref: '#/Colour'}",
        "{type: array, maxItems: 3, items: {type: string, maxLength: 5}}",
    ],
)
def test_a_text_with_an_end_is_not(tmp_path: Path, name: str) -> None:
    assert said(tmp_path, name) == []


def test_what_only_goes_out_may_be_long(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path, ("schemas/things.yaml", "notes: {type: array, maxItems: 5, items: {type: string, maxLength: 20}}\n",
        "notes: {type: array, maxItems: 5, items: {type: string}}\n"), case="p90_rest_alone",
    )  # fmt: skip
    assert not loaded.findings.said()


def test_the_contract_of_the_tests_has_none() -> None:
    assert not load(SHIPPED).findings.said()


def test_where_something_is_refused_nothing_is_warned_of(tmp_path: Path) -> None:
    wrong = "    name: {type: string}\n    age: {type: integer}\n"
    loaded = edited(tmp_path, ("schemas/things.yaml", NAME, wrong), case="p90_rest_alone")
    assert len(loaded.findings) == len(loaded.findings.said()) > 0


def test_a_warning_is_printed_and_stops_nothing_unless_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(tmp_path, "{type: string}")
    where = ["--specs", str(tmp_path / "specs"), "--out", str(tmp_path / "generated")]
    assert main([*where, "--warnings-as-errors", "generate"]) == 1
    assert not (tmp_path / "generated").exists()
    told = capsys.readouterr().err
    assert "specs/schemas/things.yaml:5:5 error[S040]" in told
    assert told.endswith("1 finding; nothing was written.\n")
    assert main([*where, "generate"]) == 0
    assert (tmp_path / "generated" / "models.py").exists()
    told = capsys.readouterr().err
    assert "specs/schemas/things.yaml:5:5 warning[S040]" in told
    assert told.endswith("1 warning.\n")
    assert main([*where, "check"]) == 0
    assert main([*where, "--warnings-as-errors", "check"]) == 1


def test_a_warning_may_be_suppressed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(tmp_path, "{type: string}")
    message = "the text 'name' of a request has no maxLength"
    entry = (
        f"{{rule: S040, file: specs/schemas/things.yaml, message: \"{message}\", reason: a file, until: '2999-01-01'}}"
    )
    (tmp_path / "specs" / "waivers.yaml").write_text(f"suppressions:\n  - {entry}\n")
    where = ["--specs", str(tmp_path / "specs"), "--out", str(tmp_path / "generated")]
    assert main([*where, "--warnings-as-errors", "generate"]) == 0
    assert capsys.readouterr().err == ""

"""One clear line and exit code 2 for what cannot be done; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proof.ws.checks import IDS
from proof.ws.command import main
from tests.proof.ws.foreign import answering, headed, serving, sound

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def document(tmp_path: Path) -> str:
    path = tmp_path / "shelf.json"
    path.write_text(json.dumps(headed()))
    return str(path)


def test_help_lists_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert [name for name in IDS if f"  {name} " not in told] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--url", NOBODY], "does the service run"),
        (["--url", "no address"], "no address"),
        (["--asyncapi", "no/such/file.json"], "no/such/file.json"),
        (["--specs", "no/such/folder"], "no/such/folder"),
        (["--ignore", "no-such-check"], "there is no such check"),
        (["--token", "robot=NO_SUCH_VARIABLE"], "NO_SUCH_VARIABLE"),
        (["--token", "robot"], "NAME=VARIABLE"),
        (["--replay", "no/such/file.json", "--url", NOBODY], "no/such/file.json"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--as", "anonymous"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize(
    "options", [["--seconds", "x"], ["--seconds", "0"], ["--seconds", "inf"], ["--seconds", "nan"], ["--no-such"]]
)
def test_a_wrong_option_is_2(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err


def test_a_document_without_a_service_behind_it_is_2(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--url", NOBODY, "--asyncapi", document, "--as", "anonymous"]) == 2
    assert "does the service run" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--plan", "no_such_plan"], ["--channel", "cellar"]])
def test_what_the_document_has_not_is_said_with_what_it_has(
    options: list[str], document: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answering(sound())) as url:
        assert main(["--url", url, "--asyncapi", document, "--as", "anonymous", *options]) == 2
    told = capsys.readouterr().err
    assert "there are" in told
    assert options[1] in told


def test_reports_are_written_where_they_are_asked_for(document: str, tmp_path: Path) -> None:
    junit, report = tmp_path / "junit.xml", tmp_path / "report.json"
    options = ["--junit", str(junit), "--json", str(report), "--seconds", "1", "--out", str(tmp_path / "out")]
    with serving(answering(sound())) as url:
        assert main(["--url", url, "--asyncapi", document, "--as", "anonymous", "--seed", "1", *options]) == 0
    assert junit.read_text().startswith("<testsuite")
    assert json.loads(report.read_text())["seed"] == 1

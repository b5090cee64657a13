"""The command on a service that is not ours: silent on the sound one, and each planted bug is found."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from proof.http.command import main
from tests.proof.http.things import PASSWORD, TOKEN, USER, Bug, serving

LOGIN = ("--login", "log_in", "user", "word", "/token")
SHORT = ("--examples", "15")
FOUND = {
    Bug.CRASH: "Server error",
    Bug.LAX: "Schema-violating request accepted",
    Bug.STRICT: "Schema-valid request rejected",
    Bug.UNDECLARED: "Undocumented status code",
    Bug.OPEN: "API accepts requests without authentication",
    Bug.SHAPE: "Response violates schema",
    Bug.BARREN: "GET /things/{name} has succeeded for nobody",
}


def test_a_sound_service_has_no_findings_and_is_seen_by_each_caller(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_ROBOT", TOKEN)
    callers = ("--as", f"{USER}:{PASSWORD}", "--token", "robot=OF_ROBOT")
    reports = ("--json", str(tmp_path / "http.json"), "--junit", str(tmp_path / "http.xml"))
    with serving() as url:
        code = main(["--url", url, *callers, *LOGIN, *SHORT, *reports])
    said = capsys.readouterr()
    assert code == 0, said.out + said.err
    assert PASSWORD not in said.out
    written = json.loads((tmp_path / "http.json").read_text())
    assert [*written["callers"]] == [USER, "robot"]
    for caller in (USER, "robot"):
        assert written["callers"][caller]["answers"]["GET /things/{name}"]["200"]
    assert written["callers"][USER]["answers"]["POST /session"]["200"]
    assert all(int(suite.get("failures", 0)) == 0 for suite in ET.parse(tmp_path / "http.xml").iter("testsuite"))


@pytest.mark.parametrize(
    "bug", [Bug.LAX, *(pytest.param(bug, marks=pytest.mark.long) for bug in FOUND if bug != Bug.LAX)]
)
def test_a_planted_bug_is_found(bug: Bug, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(bug) as url:
        code = main(["--url", url, "--as", f"{USER}:{PASSWORD}", *LOGIN, *SHORT])
    said = capsys.readouterr()
    assert (code, FOUND[bug] in said.err) == (1, True), said.err + said.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--url", "http://127.0.0.1:9"),
        ("--schema", "no/such/file.json"),
        ("--token", "robot=NO_SUCH_VARIABLE"),
    ],
)
def test_without_a_document_or_a_token_there_is_nothing_to_do(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments]) == 2
    assert capsys.readouterr().err.strip()

"""What is written of a finding can be read by a person, by pytest, by CI and by a program, whatever texts a server put into it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from websockets.asyncio.server import ServerConnection

from proof.documents import Json
from proof.ws.checks import IDS
from proof.ws.finding import Finding
from proof.ws.replay import Target
from proof.ws.report import as_json, as_junit, described, summary, write_findings
from proof.ws.search import Found, Report
from proof.ws.session import Open, Send, Session, from_json
from proof.ws.transcript import Entry, Transcript
from tests.proof.ws.foreign import answering, headed, serving, sound

ROOT = Path(__file__).parents[3]
HOSTILE = [
    "a\"\"\"b'''c",
    "../../etc/passwd",
    "a/b\\c",
    "\x00\x1b[31m\r\n",
    "\udfff\ud800",
    "]]>&<x>",
    "{text} {0} %s",
    "\\",
    "\u202e²書",
    "x" * 3000,
    "",
]
TARGET = Target("http://127.0.0.1:9", users=("admin", "robot:secret"), tokens=("other=VARIABLE",))


def found(text: str, session: Session | None = None) -> Found:
    session = session or Session("test", (Send("s", text, "a", {"data": text}),))
    transcript = Transcript([Entry(0.1, "s", "came", {"data": text}), Entry(0.2, "s", "unreadable", text=text)])
    return Found(Finding("one-reply", text, text, text), session, transcript, 3, 5, 1.0)


def report(*texts: str) -> Report:
    calls = Counter(
        {
            ("make", "json", "ok"): 2,
            ("make", "json", "taken"): 1,
            ("never", "json", "taken"): 1,
            ("quiet", "json", "-"): 1,
        }
    )
    return Report(7, 4, calls, found=[found(text) for text in texts], seconds=3.0)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_a_file_or_leaves_its_folder(text: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (file,) = write_findings(report(text), folder, TARGET)
    assert {one.parent for one in tmp_path.rglob("*") if one.is_file()} == {folder}
    assert from_json(file.read_text()) == found(text).session
    (module,) = folder.glob("test_finding_*.py")
    tree = ast.parse(module.read_text())
    assert [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)] == [
        module.stem.replace("test_finding_", "test_")
    ]
    (told,) = folder.glob("finding-*.txt")
    assert all(line.isprintable() for line in told.read_text().splitlines())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_junit_and_json_are_read_with_any_text(text: str) -> None:
    suite = ElementTree.fromstring(as_junit(report(text)).encode())
    (case,) = [one for one in suite if one.find("failure") is not None]
    assert case.get("name") == "one-reply"
    assert (suite.get("tests"), suite.get("failures")) == (str(len(suite)), "1")
    assert json.loads(json.dumps(as_json(report(text))).encode())["findings"][0]["text"] == text


def test_two_findings_have_files_of_their_own_and_those_of_an_earlier_run_go(tmp_path: Path) -> None:
    write_findings(report("a", "b", "c"), tmp_path, TARGET)
    (tmp_path / "kept.txt").write_text("mine")
    assert len(write_findings(report("a/b", "a b"), tmp_path, TARGET)) == 2
    assert len([*tmp_path.glob("finding-*.json")]) == len([*tmp_path.glob("test_finding_*.py")]) == 2
    assert (tmp_path / "kept.txt").exists()


def test_no_password_is_written_and_no_token(tmp_path: Path) -> None:
    write_findings(report("x"), tmp_path, TARGET)
    written = "".join(one.read_text() for one in tmp_path.iterdir())
    assert "secret" not in written
    assert "('admin', 'robot')" in written
    assert "('other=VARIABLE',)" in written


def test_a_case_for_each_check_of_each_operation_and_encoding() -> None:
    suite = ElementTree.fromstring(as_junit(report()))
    assert len(suite) == 3 * len(IDS)
    assert suite.get("failures") == "0"


def test_the_summary_says_what_never_succeeded_and_the_seed() -> None:
    told = summary(report("x"))
    assert "warning: never never succeeded" in told
    assert "make never" not in told
    assert "quiet never" not in told, "without a status nobody knows"
    assert "4 sessions, 5 calls in 3 s, seed 7: 1 finding" in told
    assert summary(report()).endswith("no findings")


def test_a_finding_is_described_with_its_check_and_transcript() -> None:
    told = described(found("x"))
    assert told.startswith("one-reply: x over x: x\n  Each request has exactly one reply")
    assert "3 of 3" in told
    assert "← came" in told


def test_the_written_test_fails_while_the_fault_is_there_and_passes_when_it_is_mended(tmp_path: Path) -> None:
    inner = sound()

    async def doubled(connection: ServerConnection, frame: Json) -> None:
        await inner(connection, frame)
        await inner(connection, frame)

    document = tmp_path / "shelf.json"
    document.write_text(json.dumps(headed()))
    count = {"id": "a", "kind": "count", "data": {}}
    session = Session("test", (Open("s", "", "anonymous"), Send("s", "count_books", "a", count, "taken")))
    with serving(answering(doubled)) as url:
        target = Target(url, str(document), users=("anonymous",))
        write_findings(Report(1, found=[found("twice", session)]), tmp_path / "out", target)
        assert run_tests(tmp_path / "out", url) == 1
    with serving(answering(sound())) as url:
        assert run_tests(tmp_path / "out", url) == 0


def run_tests(folder: Path, url: str) -> int:
    """pytest's exit code, started from elsewhere."""
    environment = {**os.environ, "SERVICE_URL": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    return subprocess.run(command, cwd=folder.parent, env=environment, check=False, timeout=60).returncode

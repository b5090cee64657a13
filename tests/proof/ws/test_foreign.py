"""`python -m proof ws` on a contract and a server that know nothing of ours: silent on the sound one, a planted fault is found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from proof.documents import Json
from proof.ws.command import main
from tests.proof.ws.foreign import Answer, answering, headed, serving, sound

ROOT = Path(__file__).parents[3]


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    """All but the address."""
    document = tmp_path / "shelf.json"
    document.write_text(json.dumps(headed()))
    out, report = str(tmp_path / "out"), str(tmp_path / "report.json")
    return [
        "--asyncapi",
        str(document),
        "--as",
        "anonymous",
        "--seed",
        "3",
        "--out",
        out,
        "--json",
        report,
    ]


def report_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return found


def forgetting() -> Answer:
    """A long title is answered without its pages."""
    inner = sound()

    async def answer(connection: ServerConnection, frame: Json) -> None:
        data = frame.get("data")
        title = data.get("title") if isinstance(data, dict) else None
        if frame.get("kind") == "add" and isinstance(title, str) and len(title) == 12:
            told = {"id": frame.get("id"), "kind": "added", "data": {"title": title}}
            await connection.send(json.dumps(told))
        else:
            await inner(connection, frame)

    return answer


def test_the_sound_server_has_no_finding(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answering(sound())) as url:
        code = main([*options, "--url", url, "--seconds", "8"])
    said = capsys.readouterr()
    assert code == 0, said.out + said.err
    report = report_in(tmp_path)
    assert report["findings"] == []
    assert {one["operation"] for one in report["calls"]} == {"add_book", "count_books"}
    assert "never succeeded" not in said.out, "what says no status is not known to fail"


def test_a_planted_fault_is_found_and_its_test_fails_until_it_is_mended(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answering(forgetting())) as url:
        code = main([*options, "--url", url, "--seconds", "30", "--findings", "1"])
        said = capsys.readouterr()
        assert code == 1, said.out
        (found,) = report_in(tmp_path)["findings"]
        assert (found["check"], found["about"]) == ("reply-schema", "add_book")
        (module,) = (tmp_path / "out").glob("test_finding_*.py")
        (file,) = (tmp_path / "out").glob("finding-*.json")
        assert main([*options, "--url", url, "--replay", str(file)]) == 1
        assert run_test(module, url) == 1
    with serving(answering(sound())) as url:
        assert main([*options, "--url", url, "--replay", str(file)]) == 0
        assert run_test(module, url) == 0


def run_test(module: Path, url: str) -> int:
    """pytest's exit code."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(module.parent),
        str(module),
    ]
    environment = {**os.environ, "SERVICE_URL": url, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=module.parent, env=environment, check=False, timeout=60).returncode

"""Autobahn's fuzzing client against our protocol class: conformance to RFC 6455.

It is written for Python 2.7, so it needs one (PYTHON2, or `python2.7` on the path or of pyenv); without, the tests are skipped.
It is installed once, from a lock with hashes, into pytest's cache.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.echo_process import EchoServer

LOCK = Path(__file__).with_name("requirements-autobahn.lock")
START = (
    "import site, sys; site.addsitedir(sys.argv[1]); sys.path.insert(0, sys.argv[1]);"
    " sys.argv = ['wstest', '-m', 'fuzzingclient', '-s', sys.argv[2]]; from autobahntestsuite.wstest import run; run()"
)
AGENT = "stele"
NON_STRICT = {
    "3.2", "3.3", "4.1.3", "4.1.4", "4.2.3", "4.2.4", "5.15", "6.4.1", "6.4.2", "6.4.3", "6.4.4",
}  # fmt: skip
pytestmark = [pytest.mark.xdist_group("autobahn"), pytest.mark.timeout(600)]


def python2() -> str | None:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [
        os.environ.get("PYTHON2"),
        shutil.which("python2.7"),
        *sorted(map(str, pyenv.glob("versions/2.7*/bin/python2.7"))),
    ]
    for one in found:
        if one and subprocess.run([one, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            return one
    return None


@pytest.fixture(scope="module")
def fuzzer(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """The interpreter, and the folder that everything is installed in."""
    python = python2()
    if python is None:
        pytest.skip("Autobahn's fuzzing client needs Python 2.7; name one by PYTHON2")
    folder = Path(request.config.cache.mkdir("autobahn-25.10.1"))
    done = folder / "installed"
    if not done.exists() or done.read_bytes() != LOCK.read_bytes():
        install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--require-hashes"]
        subprocess.run([*install, "--target", str(folder / "site"), "-r", str(LOCK)], check=True, timeout=300)
        shutil.copy(LOCK, done)
    return python, folder / "site"


def fuzz(fuzzer: tuple[str, Path], folder: Path, server: EchoServer, groups: list[str]) -> dict[str, dict[str, Any]]:
    """Runs the groups; what was found by case."""
    python, site = fuzzer
    reports = folder / "reports"
    spec = {
        "outdir": str(reports),
        "servers": [{"agent": AGENT, "url": f"ws://127.0.0.1:{server.port}/echo"}],
        "cases": [f"{group}.*" for group in groups],
        "exclude-cases": [],
        "exclude-agent-cases": {},
    }
    path = folder / "spec.json"
    path.write_text(json.dumps(spec))
    subprocess.run(
        [python, "-c", START, str(site), str(path)], cwd=folder, check=True, capture_output=True, timeout=500
    )
    found: dict[str, dict[str, Any]] = json.loads((reports / "index.json").read_text())[AGENT]
    return found


def faults(found: dict[str, dict[str, Any]], allowed: set[str]) -> dict[str, tuple[str, str]]:
    return {
        case: (one["behavior"], one["behaviorClose"])
        for case, one in found.items()
        if not {one["behavior"], one["behaviorClose"]} <= {"OK", "INFORMATIONAL", *allowed}
        and not (case in NON_STRICT and one["behavior"] == "NON-STRICT")
    }


@pytest.mark.survives("W01")
def test_every_conversation_of_groups_1_to_7_and_10(fuzzer: tuple[str, Path], echo: EchoServer, tmp_path: Path) -> None:
    """W01: Autobahn's 247 cases of framing, pings, fragments, UTF-8 and closes: none fails, and nothing is logged."""
    found = fuzz(fuzzer, tmp_path, echo, ["1", "2", "3", "4", "5", "6", "7", "10"])
    assert len(found) == 247
    assert faults(found, set()) == {}
    assert echo.text() == ""


@pytest.mark.long
@pytest.mark.survives("W02")
def test_large_messages_and_compression_that_is_not_offered(
    fuzzer: tuple[str, Path], servers_folder: Path, tmp_path: Path
) -> None:
    """W02: Autobahn's 54 cases of large messages with limits raised for the test; its 216 of compression find that it is off."""
    server = EchoServer(servers_folder / "large", "large")
    server.start()
    try:
        found = fuzz(fuzzer, tmp_path, server, ["9", "12", "13"])
    finally:
        server.stop()
    assert Counter(one["behavior"] for one in found.values()) == {"OK": 54, "UNIMPLEMENTED": 216}
    assert faults(found, {"UNIMPLEMENTED"}) == {}
    assert server.text() == ""

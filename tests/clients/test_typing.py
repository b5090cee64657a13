"""What users' type checkers say of users' code: nothing where it is right, and each mistake on its line.

`typing/` has the code; a line that is wrong says so in a comment. mypy's and pyright's strict modes must agree.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.emit.python_client import files as python_client
from tests.clients.emitted import rich
from tests.codegen.contracts import shipped
from tests.node import MODULES, install, judge

pytestmark = pytest.mark.xdist_group("sdk_python")
CODE = Path(__file__).parent / "typing"
MARK = "# wrong:"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The users' code, and beside it the clients of the shipped contract and of one with every kind of field."""
    found = tmp_path_factory.mktemp("typing")
    for contract in (shipped(), rich(tmp_path_factory.mktemp("rich"))):
        for file in python_client.emit(contract):
            path = found / file.path.removeprefix("sdk_python/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
    for path in CODE.glob("*.txt"):
        shutil.copy(path, found / f"{path.stem}.py")
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": ["right.py", "wrong.py"]}
    (found / "pyrightconfig.json").write_text(json.dumps(settings))
    return found


def mypy(folder: Path) -> set[tuple[str, int]]:
    command = [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.11", "right.py", "wrong.py"]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    return {(one[1], int(one[2])) for one in re.finditer(r"^(\S+):(\d+): error", found, re.MULTILINE)}


def pyright(folder: Path) -> set[tuple[str, int]]:
    program = MODULES / "pyright" / "index.js"
    verdict = judge(install(), program, "--outputjson", "--pythonpath", sys.executable, cwd=folder)
    found = json.loads(verdict.text)["generalDiagnostics"]
    return {(Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in found if one["severity"] == "error"}


def wrong(folder: Path) -> set[tuple[str, int]]:
    lines = (folder / "wrong.py").read_text().splitlines()
    return {("wrong.py", number) for number, line in enumerate(lines, 1) if MARK in line}


@pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])
def test_each_mistake_is_found_and_nothing_else(folder: Path, checker: object) -> None:
    assert callable(checker)
    assert len(wrong(folder)) > 15
    assert checker(folder) == wrong(folder)

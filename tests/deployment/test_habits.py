"""Hooks and workflows: without network, by tools that are locked, and pinned."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.deployment.composed import ROOT

HOOKS = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PLANTED = {
    "ruff": ("app/planted.py", "import os\n"),
    "format": ("app/planted.py", "x = {  'a':1 }\n"),
    "codespell": ("docs/planted.md", "It will recie" + "ve a frame.\n"),
    "bandit": ("app/planted.py", "import subprocess\n\nsubprocess.run('ls', shell=True)\n"),
    "deptry": ("app/planted.py", "import hypothesis\n"),
    "vulture": ("app/planted.py", "def f(used: int, unused: int) -> int:\n    return used\n    return 2\n"),
    "secrets": ("app/planted.py", "KEY = '" + "AKIA" + "QWERTYUIOPASDFGH" + "'\n"),
    "workflows": (".github/workflows/planted.yml", "on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{uses: actions/checkout@v5}]}}\n"),
}  # fmt: skip


def test_hooks_are_local_and_need_no_network() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [one["repo"] for one in repos] == ["local"]
    assert {one["language"] for one in HOOKS.values()} == {"system"}
    assert {one["entry"].partition(" ")[0].partition("/")[0] for one in HOOKS.values()} == {".venv"}
    assert HOOKS.keys() == PLANTED.keys() | {"mypy"}


@pytest.mark.parametrize("name", PLANTED)
def test_a_hook_finds_what_it_is_for(name: str, tmp_path: Path) -> None:
    """In a small tree with this one's settings, by the hook's own words; without what is planted it finds nothing."""
    for folder in ("app", "codegen", "docker", "proof", "generated", "tests", "docs", ".github/workflows"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    shutil.copy(WORKFLOWS[0], tmp_path / ".github" / "workflows")
    file, text = PLANTED[name]
    assert run(name, tmp_path, "app/__init__.py").returncode == 0 or name == "deptry"
    (tmp_path / file).write_text(text)
    ended = run(name, tmp_path, file)
    assert ended.returncode != 0
    assert "planted" in ended.stdout + ended.stderr


def run(name: str, folder: Path, file: str) -> subprocess.CompletedProcess[str]:
    hook = HOOKS[name]
    program, *words = hook["entry"].split()
    files = [file] if hook.get("pass_filenames", True) else []
    command = [str(Path(sys.executable).with_name(Path(program).name)), *words, *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_a_commit_and_say_which_version_it_is(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if "uses:" in line]
    assert lines
    assert [line for line in lines if not re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_do_nothing_but_read(file: Path) -> None:
    document = yaml.safe_load(file.read_text())
    assert document["permissions"] == {}
    for job in document["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert "timeout-minutes" in job
        assert {
            one["with"].get("persist-credentials") for one in job["steps"] if "checkout" in one.get("uses", "")
        } == {False}


def test_zizmor_finds_nothing_in_the_workflows() -> None:
    ended = run("workflows", ROOT, "")
    assert ended.returncode == 0, ended.stdout


def test_workflows_run_what_developers_run() -> None:
    text = "".join(file.read_text() for file in WORKFLOWS)
    for target in re.findall(r"run: make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert "bash .ci/run" in text

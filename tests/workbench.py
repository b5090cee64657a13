"""The project that the platform's tests run in: this tree's platform files with the product of `tests/project/`.

So they are green whatever a team writes into `specs/` and `app/features/`, and they run in what a team has: a project.
Where a product is, pytest runs only what holds for every contract (`testpaths`), and this plugin says so.
`python -m tests.workbench COMMAND…` brings `.stele/workbench` to today's state, as a repository of its own, and runs the command
there. What is edited there is overwritten.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.project.owners import Owner, Owners

ROOT = Path(__file__).parents[1]
PRODUCT = ROOT / "tests" / "project"
BENCH = ROOT / ".stele" / "workbench"
SHARED = (".venv", "tests/npm/node_modules", "tests/clients/runtimes/node_modules", "app/console/source/node_modules")
"""Installed once, and used from there."""
COMMITTER = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")


def is_here() -> bool:
    """Whether this tree is such a project: its contract is that of the tests."""
    contract = Path("specs", "openapi.yaml")
    return (ROOT / contract).read_bytes() == (PRODUCT / contract).read_bytes()


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before anything is imported that knows the contract of the tests."""
    allowed = tuple(early_config.getini("testpaths"))
    asked = (Path(name.partition("::")[0]).absolute() for name in early_config.known_args_namespace.file_or_dir)
    names = [path.relative_to(ROOT).as_posix() for path in asked if path.is_relative_to(ROOT)]
    if not is_here() and (strange := [name for name in names if not name.startswith(allowed)]):
        raise pytest.UsageError(f"{strange[0]} runs in the workbench: make test-platform PYTEST_ARGS={strange[0]}")


def tracked(folder: Path) -> list[str]:
    """Files that are committed or could be."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "."]
    listed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return [name for name in dict.fromkeys(listed.splitlines()) if (folder / name).is_file()]


def sources() -> dict[str, Path]:
    """Where each file of the bench comes from. What is generated is made there."""
    owners = Owners.read(ROOT)
    platform = {name: ROOT / name for name in tracked(ROOT) if owners.of(name) is Owner.PLATFORM}
    return platform | {name: PRODUCT / name for name in tracked(PRODUCT)}


def lay_out(bench: Path = BENCH) -> Path:
    """Writes what differs, takes away what is no more, generates, and commits."""
    bench.mkdir(parents=True, exist_ok=True)
    _repository(bench)
    wanted = sources()
    for name in [name for name in tracked(bench) if name not in wanted and not name.startswith("generated/")]:
        (bench / name).unlink()
    for name, source in wanted.items():
        target = bench / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    for name in SHARED:
        _share(bench / name, ROOT / name)
    _name(bench)
    _run(bench, sys.executable, "-m", "codegen", "generate")
    _run(bench, "git", "add", "-A")
    _run(bench, "git", *COMMITTER, "commit", "-q", "--allow-empty", "-m", "The platform with the product of its tests")
    return bench


def _repository(bench: Path) -> None:
    if (bench / ".git").is_dir():
        return
    _run(bench, "git", "init", "-q")
    (bench / ".git" / "info" / "exclude").write_text("".join(f"/{name}\n" for name in SHARED))


def _name(bench: Path) -> None:
    """The name of the tests' product, also where this tree's product has another."""
    named = re.search(r"^  x-name: (\w+)$", (bench / "specs" / "openapi.yaml").read_text(), re.MULTILINE)
    if named and f'name = "{named[1]}"' not in (bench / "pyproject.toml").read_text():
        _run(bench, sys.executable, "-m", "codegen", "rename", named[1], "--title", named[1].capitalize())


def _share(place: Path, source: Path) -> None:
    if not place.exists() and source.exists():
        place.unlink(missing_ok=True)
        place.symlink_to(source)


def _run(bench: Path, *command: str) -> None:
    ended = subprocess.run(command, cwd=bench, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(command)} in {bench}:\n{ended.stdout}{ended.stderr}")


if __name__ == "__main__":
    os.chdir(lay_out())
    if sys.argv[1:]:
        os.execvp(sys.argv[1], sys.argv[1:])

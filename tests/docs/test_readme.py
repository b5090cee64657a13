"""README's five-minute operation works as it is written there, and its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from generated.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CONSTRUCT = (
    "from app.features.authors.handler import Authors\n"
    "from app.features.authors.repository import AuthorRepository\n"
    "from app.features.authors.cursor import CursorSeal\n"
    "Authors(AuthorRepository(), CursorSeal(b'x'))\n"
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def mypy(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "-m", "mypy", "app/features/authors", "--cache-dir", str(folder / ".mypy_cache"))


def insert_after(path: Path, anchor: str, text: str) -> None:
    content = path.read_text()
    assert anchor in content
    path.write_text(content.replace(anchor, anchor + text, 1))


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tracked files of the tree, in a repository of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "before"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def write_specs(folder: Path) -> None:
    """What README says, where README says."""
    schema, http, path, operation, messages, channel, root = blocks("yaml")
    rpc, proto = blocks("proto")
    specs = folder / "specs"
    append(specs / "schemas" / "author.yaml", schema)
    append(specs / "http" / "authors.yaml", http)
    insert_after(specs / "openapi.yaml", "paths:\n", path)
    insert_after(specs / "packages" / "authors.yaml", "operations:\n", operation)
    insert_after(specs / "packages" / "authors.yaml", "\nmessages:\n", messages)
    insert_after(specs / "asyncapi.yaml", "    messages:\n", channel)
    insert_after(specs / "asyncapi.yaml", "\noperations:\n", root)
    insert_after(specs / "proto" / "authors.proto", "service AuthorsService {\n", rpc)
    append(specs / "proto" / "authors.proto", "\n" + proto)


def write_method(folder: Path) -> None:
    handler = folder / "app" / "features" / "authors" / "handler.py"
    (method,) = blocks("python")
    insert_after(handler, "        self._cursors = cursors\n", "\n" + method)
    insert_after(handler, "from generated.models import (\n", "    CountAuthorsRequest,\n")
    insert_after(handler, "from generated.results import Author, ", "AuthorCount, ")


def test_an_operation_is_added_by_specs_and_one_method(copy: Path) -> None:
    write_specs(copy)
    for command in ("lock", "generate"):
        compiled = run(copy, "-m", "codegen", command)
        assert compiled.returncode == 0, compiled.stderr
    assert 'abstract attribute "count_authors"' in run(copy, "-m", "mypy", "app/wiring.py").stdout
    started = run(copy, "-c", CONSTRUCT)
    assert started.returncode != 0
    assert "count_authors" in started.stderr
    write_method(copy)
    checked = mypy(copy)
    assert checked.returncode == 0, checked.stdout
    assert run(copy, "-c", CONSTRUCT).returncode == 0
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=copy, capture_output=True, text=True, check=True)
    touched = {line[3:].partition("/")[0] for line in changed.stdout.splitlines()}
    assert touched == {"specs", "generated", "app"}
    in_app = [line[3:] for line in changed.stdout.splitlines() if line[3:].startswith("app/")]
    assert in_app == ["app/features/authors/handler.py"]


def test_every_command_of_readme_is_a_target_of_make() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    named = set(re.findall(r"make ([a-z-]+)", README))
    assert named
    assert {name for name in named if f"make {name}" not in listed} == set()


def test_make_alone_lists_the_commands_and_make_operations_prints_every_operation() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"run", "test", "generate", "check"} <= set(re.findall(r"make ([a-z-]+)", listed))
    table = subprocess.run(["make", "operations"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {name for name in OPERATIONS if name not in table} == set()


def test_every_place_to_read_on_exists() -> None:
    named = re.findall(r"`((?:specs|docs|app|codegen)/[\w./]*)`", README)
    assert named
    assert {name for name in named if not (ROOT / name.replace("<feature>", "authors")).exists()} == set()


@pytest.mark.parametrize(
    ("target", "program"),
    [
        ("run", "-m app.development run"),
        ("test", "-m pytest"),
        ("lock", "-m codegen lock"),
        ("generate", "-m codegen generate"),
        ("operations", "-m codegen operations"),
        ("bench", "-m tests.load"),
    ],
)
def test_a_command_of_readme_runs_the_program_that_the_tests_run(target: str, program: str) -> None:
    recipe = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert program in recipe

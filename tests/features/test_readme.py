"""README's five-minute operation and its clients work as they are written there, and its commands exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from generated.operations import OPERATIONS
from tests.databases import new_database
from tests.node import MODULES, NODE, TSC, install, judge
from tests.running_service import RunningService

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
ADDRESS = "http://127.0.0.1:8000"
CLIENT_LINES = 8
CONSTRUCT = (
    "from app.features.authors.handler import Authors\n"
    "from app.features.authors.repository import AuthorRepository\n"
    "from app.execution.cursor import CursorSeal\n"
    "Authors(AuthorRepository(), CursorSeal(b'x'))\n"
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def mypy(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "-m", "mypy", "app/features/authors")


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


def commands() -> list[list[str]]:
    """README's commands of the operation, as the Makefile runs them."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line.split()[1:] for line in lines if line.startswith(("make new", "make fix"))]


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the copy's recipes with this Python."""
    python = f"PYTHON_IN={sys.executable}"
    command = ["make", "--no-print-directory", "-o", ".venv/.ready", python, f"VENV={ROOT / '.venv'}", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def write_fields(folder: Path) -> None:
    """What README says stands at the end of the schemas, in the place of the empty records."""
    (fields,) = blocks("yaml")
    schemas = folder / "specs" / "schemas" / "author.yaml"
    text = schemas.read_text()
    schemas.write_text(text[: text.index(fields.partition("\n")[0])] + fields)


def method_block() -> str:
    """The method of the five minutes."""
    (method,) = (block for block in blocks("python") if "@override" in block)
    return method


def write_method(folder: Path) -> None:
    handler, method = folder / "app" / "features" / "authors" / "handler.py", method_block()
    text, signature = handler.read_text(), "\n".join(method.splitlines()[:2]) + "\n"
    # What `make new` leaves to be written.
    body = '        raise NotImplementedError("count_authors is not implemented yet")\n'
    assert signature + body in text
    handler.write_text(text.replace(signature + body, method))


@pytest.mark.long
def test_an_operation_is_added_by_two_records_and_one_method_and_answers_at_all_four_doors(
    copy: Path, tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, valkey: Valkey
) -> None:
    new, fix = commands()
    assert make(copy, *new).returncode == 0
    write_fields(copy)
    fixed = make(copy, *fix)
    assert fixed.returncode == 0, fixed.stderr
    unwritten = make(copy, "check")
    assert unwritten.returncode != 0
    assert "app/features/authors/handler.py:" in unwritten.stdout
    assert "count_authors is not implemented yet" in unwritten.stdout
    write_method(copy)
    checked = mypy(copy)
    assert checked.returncode == 0, checked.stdout
    assert run(copy, "-c", CONSTRUCT).returncode == 0
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=copy, capture_output=True, text=True, check=True)
    touched = {line[3:].partition("/")[0] for line in changed.stdout.splitlines()}
    assert touched == {"specs", "generated", "app"}
    in_app = [line[3:] for line in changed.stdout.splitlines() if line[3:].startswith("app/")]
    assert in_app == ["app/features/authors/handler.py"]
    where = (str(tmp_path_factory.mktemp("service")), new_database(postgres, "readme"), valkey.url)
    called = run(copy, "-m", "tests.docs.call_at_every_door", *where, "editor", "count_authors")
    assert called.returncode == 0, called.stderr
    doors = [json.loads(line) for line in called.stdout.splitlines()]
    assert doors == [[name, "ok", {"count": 0}] for name in ("REST-json", "REST-protobuf", "WS-json", "WS-protobuf")]


@pytest.mark.long
def test_a_method_that_is_missing_is_named_by_mypy_and_by_the_start(copy: Path) -> None:
    new, fix = commands()
    make(copy, *new)
    make(copy, *fix)
    subprocess.run(["git", "checkout", "-q", "app"], cwd=copy, check=True)
    assert 'abstract attribute "count_authors"' in run(copy, "-m", "mypy", "app/wiring.py").stdout
    started = run(copy, "-c", CONSTRUCT)
    assert started.returncode != 0
    assert "count_authors" in started.stderr


@pytest.fixture
def built(copy: Path) -> Path:
    """What `make sdk` builds."""
    install()
    (copy / "tests" / "npm" / "node_modules").symlink_to(MODULES)
    for command in (("changelog", "AGAINST=HEAD"), ("sdk",)):
        made = make(copy, *command)
        assert made.returncode == 0, made.stderr
    return copy / "dist"


def pasted(language: str, service: RunningService) -> str:
    """The lines that use the client; only the address is another."""
    (text,) = (one for one in blocks(language) if ADDRESS in one)
    assert len([line for line in text.splitlines() if line]) == CLIENT_LINES
    return text.replace(ADDRESS, service.url)


def test_the_clients_are_built_and_run_as_pasted(built: Path, service: RunningService, tmp_path: Path) -> None:
    (wheel,), (package,) = built.glob("*.whl"), built.glob("*.tgz")
    assert {wheel.name, package.name} == set(re.findall(r"dist/([\w.-]+\.(?:whl|tgz))", README))
    licences_and_changes(wheel, package)
    in_python(wheel, tmp_path, pasted("python", service))
    in_typescript(package, tmp_path, pasted("ts", service))


def licences_and_changes(wheel: Path, package: Path) -> None:
    """Both packages carry the project's licence, and the contract's changelog."""
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("stele_client-1.0.0.dist-info/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
        assert archive.read("stele_client/CHANGELOG.md").startswith(b"# Changelog\n")
    with tarfile.open(package) as archive:
        assert {"package/LICENSE", "package/CHANGELOG.md", "package/README.md"} <= set(archive.getnames())


def in_python(wheel: Path, folder: Path, text: str) -> None:
    (folder / "main.py").write_text(text)
    verdict = judge(sys.executable, "main.py", cwd=folder, PYTHONPATH=str(wheel), PYTHONSAFEPATH="1")
    assert verdict.accepted, verdict.text
    assert re.fullmatch(r"author_name_taken [0-9a-f]{32}\n\[.*'Mary Shelley'.*\]\n", verdict.text), verdict.text


def in_typescript(package: Path, folder: Path, text: str) -> None:
    target = folder / "page" / "node_modules" / "stele-client"
    target.mkdir(parents=True)
    subprocess.run(["tar", "xzf", package, "--strip-components=1", "-C", target], check=True)
    (folder / "page" / "main.mts").write_text(text)
    flags = ("--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable")
    for command in ((TSC, *flags), ("--disable-warning=ExperimentalWarning",)):
        verdict = judge(NODE, *command, "main.mts", cwd=folder / "page")
        assert verdict.accepted, verdict.text
    code, *names = verdict.text.splitlines()
    assert re.fullmatch(r"author_name_taken [0-9a-f]{32}", code)
    assert "Bram Stoker" in names


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
        ("new", "-m codegen new"),
        ("fix", "-m codegen fix"),
        ("check", "-m codegen check"),
        ("breaking", "-m codegen diff"),
        ("generate", "-m codegen generate"),
        ("operations", "-m codegen operations"),
        ("bench", "-m tests.load"),
    ],
)
def test_a_command_of_readme_runs_the_program_that_the_tests_run(target: str, program: str) -> None:
    recipe = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert program in recipe

"""A new operation stands in all three scripts with its number and a method to fill in; nothing that stood there is changed."""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.fix.fix import fix, texts_of, write
from codegen.new import Refused, Wish, write_operation
from codegen.pipeline import load
from tests.codegen.contracts import ROOT
from tests.docs.test_readme import method_block, write_fields


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("specs", "app", "generated"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(tree: Path, *arguments: str) -> int:
    return main(["--specs", str(tree / "specs"), "--out", str(tree / "generated"), *arguments])


@pytest.mark.parametrize("extra", [[], ["--paginated"], ["--doors", "socket"], ["--doors", "http"]])
def test_what_is_written_compiles_is_typed_and_waits_for_its_body(tree: Path, extra: list[str]) -> None:
    features = ["--features", str(tree / "app" / "features")]
    wanted = [
        "new",
        "--name",
        "archive_author",
        "--feature",
        "authors",
        "--roles",
        "update-author,admin",
        *features,
        *extra,
    ]
    assert run(tree, *wanted) == 0
    assert run(tree, "generate") == 0
    (operation,) = [one for one in load(tree / "specs").contract.operations if one.name == "archive_author"]
    assert operation.roles == (frozenset({"admin"}), frozenset({"update-author"}))
    assert (operation.pkg_id, operation.http is None) == (
        None if extra[-1:] == ["http"] else 9, extra[-1:] == ["socket"],
    )  # fmt: skip
    handler = (tree / "app" / "features" / "authors" / "handler.py").read_text()
    assert 'raise NotImplementedError("archive_author is not implemented yet")' in handler
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "app/features/authors"]
    typed = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert typed.returncode == 0, typed.stdout


def test_only_lines_are_added(tree: Path) -> None:
    write_operation(tree / "specs", tree / "app" / "features", Wish("archive_author", "authors", roles=("admin",)))
    for path in (ROOT / "specs").rglob("*.*"):
        before, after = path.read_text().splitlines(), (tree / path.relative_to(ROOT)).read_text().splitlines()
        removed = [line for line in difflib.ndiff(before, after) if line.startswith("- ")]
        assert removed == [], path


def test_a_person_writes_at_most_25_lines_for_an_operation(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Measured on README's operation: the lines of its fields and of its method, against all that stands there at last."""
    before = texts_of(ROOT / "specs")
    wish = Wish("count_authors", "authors", roles=("get-authors",), is_query=True)
    write_operation(tree / "specs", tree / "app" / "features", wish)
    made = texts_of(tree / "specs")
    write_fields(tree)
    edited = texts_of(tree / "specs")
    write(tree / "specs", fix(tree / "specs"))
    assert run(tree, "generate") == 0
    method = method_block()
    person = added(made, edited) + len(method.splitlines()[2:])
    whole = added(before, texts_of(tree / "specs")) + len(method.splitlines())
    with capsys.disabled():
        print(f"\none operation: {whole} lines by hand, {person} with `new` and `fix`")
    assert person <= 25 < whole


def added(old: dict[str, str], new: dict[str, str]) -> int:
    """Lines of `new` that are not in `old`; the lock is written by a tool."""
    count = 0
    for file, text in new.items():
        if not file.endswith(".lock"):
            lines = difflib.ndiff(old.get(file, "").splitlines(), text.splitlines())
            count += sum(line.startswith("+ ") and bool(line[2:].strip()) for line in lines)
    return count


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish("get_author", "authors"), "is taken"),
        (Wish("class", "authors"), "no keywords"),
        (Wish("archive_author", "authors", roles=("nobody-knows",)), "unknown roles: nobody-knows"),
        (Wish("archive_author", "authors", doors=("window",)), "doors are http and socket"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(tree: Path, wish: Wish, why: str) -> None:
    before = {path: path.read_bytes() for path in (tree / "specs").rglob("*.*")}
    with pytest.raises(Refused, match=why):
        write_operation(tree / "specs", tree / "app" / "features", wish)
    assert before == {path: path.read_bytes() for path in (tree / "specs").rglob("*.*")}


def test_a_new_feature_gets_its_files(tree: Path) -> None:
    write_operation(tree / "specs", tree / "app" / "features", Wish("send_invoice", "billing", roles=("admin",)))
    assert "billing" in load(tree / "specs").contract.features
    assert (
        "class Billing(BillingHandler[Context]):" in (tree / "app" / "features" / "billing" / "handler.py").read_text()
    )

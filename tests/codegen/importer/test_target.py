"""The folder that an import writes is never one that a user would miss."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.importer.target import MARK, check_target, write
from tests.codegen.contracts import ROOT

FILES = {"openapi.yaml": "a: 1\n", "http/pets.yaml": "b: 2\n"}


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_what_it_wrote_it_writes_again_to_the_byte(tmp_path: Path) -> None:
    into = tmp_path / "specs"
    assert write(into, FILES) is None
    first = texts(into)
    check_target(into, force=False)
    assert write(into, FILES) is None
    assert texts(into) == first
    assert [path.name for path in tmp_path.iterdir()] == ["specs"]


@pytest.mark.parametrize("change", ["edit", "add", "remove"])
def test_what_a_user_changed_is_refused_and_with_force_moved_aside(tmp_path: Path, change: str) -> None:
    into = tmp_path / "specs"
    write(into, FILES)
    path = into / ("new.yaml" if change == "add" else "openapi.yaml")
    path.unlink() if change == "remove" else path.write_text("mine: 1\n")
    before = texts(into)
    with pytest.raises(Refused, match="--force"):
        check_target(into, force=False)
    check_target(into, force=True)
    assert write(into, FILES) == tmp_path / "specs.before-import"
    assert texts(tmp_path / "specs.before-import") == before
    assert "a: 1" in (into / "openapi.yaml").read_text()


def test_what_was_moved_aside_is_not_overwritten_either(tmp_path: Path) -> None:
    into = tmp_path / "specs"
    for number in range(3):
        into.mkdir(exist_ok=True)
        (into / "mine.yaml").write_text(f"{number}\n")
        write(into, FILES)
    assert [
        (tmp_path / name / "mine.yaml").read_text()
        for name in ("specs.before-import", "specs.before-import2", "specs.before-import3")
    ] == ["0\n", "1\n", "2\n"]


def test_an_empty_folder_is_free_and_a_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    check_target(tmp_path / "specs", force=False)
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="no folder"):
        check_target(tmp_path / "file", force=True)


def test_a_contract_that_is_the_platform_s_alone_is_free_and_moved_aside(tmp_path: Path) -> None:
    into = tmp_path / "specs"
    (into / "http").mkdir(parents=True)
    (into / "http" / "auth.yaml").write_text("a: 1\n")
    (into / "policy.yaml").write_text("b: 1\n")
    (tmp_path / ".owners").write_text((ROOT / ".owners").read_text())
    check_target(into, force=False)
    assert write(into, FILES) == tmp_path / "specs.before-import"
    (into / "http" / "mine.yaml").write_text("a: 1\n")
    with pytest.raises(Refused):
        check_target(into, force=False)
    assert (into / MARK).is_file()

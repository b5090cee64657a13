"""A new project has a name of its own, nothing of the example, and a history that begins with it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.project.init import ITS_PLACE, LICENCE, OF_THE_PLATFORM, PLATFORM, NewProject, init
from tests.codegen.project.trees import commit, copy_of_tree, head, run
from tests.workbench import tracked

PROTOCOL = re.compile(r"stele\.v1|stele[._]control|Stele-|stele cursor|\.stele|X-Stele|x-stele", re.IGNORECASE)
ROOMS = ("app/", "generated/", "specs/", "docker/", "pyproject.toml", "tests/features/", "tests/doors.py")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With what it says of itself, which the tests' own project has not."""
    made = copy_of_tree(tmp_path_factory.mktemp("platform"))
    for name in OF_THE_PLATFORM:
        (made / name).write_text("Of the platform.\n")
    commit(made, "What it says of itself")
    return made


@pytest.fixture(scope="module")
def orders(platform: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("team") / "orders"
    init(platform, NewProject("orders", into, title="Order desk"))
    return into


def test_it_is_one_commit_that_names_the_platform_s(platform: Path, orders: Path) -> None:
    log = subprocess.run(["git", "log", "--format=%s"], cwd=orders, capture_output=True, text=True, check=True).stdout
    assert log == "Begin orders\n"
    assert (orders / PLATFORM).read_text().strip() == head(platform)
    assert subprocess.run(["git", "status", "--porcelain"], cwd=orders, capture_output=True, check=True).stdout == b""


def test_its_name_is_everywhere_and_the_platform_s_only_in_the_protocol(orders: Path) -> None:
    named = [
        f"{name}: {line}"
        for name in tracked(orders)
        if name.startswith(ROOMS)
        for line in (orders / name).read_text(errors="replace").splitlines()
        if "stele" in PROTOCOL.sub("", line).lower()
    ]
    assert named == []
    assert "x-name: orders" in (orders / "specs" / "openapi.yaml").read_text()
    assert (orders / "README.md").read_text().startswith("# Order desk\n")


def test_only_its_licence_comes_along_of_what_the_platform_says_of_itself(platform: Path, orders: Path) -> None:
    """MIT: the notice is in every copy. At the top it would be said of the product."""
    assert [name for name in (LICENCE, *OF_THE_PLATFORM) if (orders / name).exists()] == []
    assert (orders / ITS_PLACE).read_text() == (platform / LICENCE).read_text()


def test_it_is_right_as_it_is(orders: Path) -> None:
    assert run(orders, "codegen", "check") == ""
    assert run(orders, "mypy", "app", "generated", "tests/features") == ""
    assert run(orders, "pytest", "tests/features", "tests/app/test_product.py") == ""


def test_the_platform_is_tested_there_too_on_the_contract_of_its_tests(orders: Path) -> None:
    """Whatever the team's product is called: the tests' own contract is laid out under its own name."""
    modules = ("tests/codegen/ir/test_operations.py", "tests/contract/test_handshake.py")
    assert run(orders, "tests.workbench", sys.executable, "-m", "pytest", *modules) == ""


def test_the_example_can_be_kept(platform: Path, tmp_path: Path) -> None:
    init(platform, NewProject("kept", tmp_path / "kept", keeps_example=True))
    assert (tmp_path / "kept" / "app" / "features" / "artists" / "handler.py").is_file()
    assert run(tmp_path / "kept", "codegen", "check") == ""


@pytest.mark.parametrize(
    ("name", "folder", "said"),
    [("Order Desk", "new", "order_desk"), ("python", "new", "python"), ("orders", "full", "not empty")],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    platform: Path, tmp_path: Path, name: str, folder: str, said: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "work").touch()
    with pytest.raises(Refused, match=said):
        init(platform, NewProject(name, tmp_path / folder))
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "full" / "work").exists()


def test_a_platform_that_was_changed_and_not_committed_is_refused(platform: Path, tmp_path: Path) -> None:
    changed = platform / "app" / "main.py"
    text = changed.read_text()
    changed.write_text(text + "\n")
    try:
        with pytest.raises(Refused, match=r"app/main\.py"):
            init(platform, NewProject("orders", tmp_path / "new"))
    finally:
        changed.write_text(text)


def test_a_failure_on_the_way_leaves_no_folder(tmp_path: Path) -> None:
    broken = copy_of_tree(tmp_path / "broken")
    (broken / "specs" / "policy.yaml").write_text("roles: [\n")
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qam", "x"], cwd=broken, check=True)
    with pytest.raises(Refused):
        init(broken, NewProject("orders", tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_the_command_says_what_to_do_next(platform: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "codegen", "init", "--name", "orders", "--into", str(tmp_path / "new")]
    ended = subprocess.run(command, cwd=platform, capture_output=True, text=True, check=False)
    assert (ended.returncode, "make run" in ended.stdout) == (0, True), ended.stderr

"""A later platform comes into a project by git's own merge, and the product's files stay as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.project.init import PLATFORM, NewProject, init
from codegen.project.update import update
from tests.codegen.project.trees import commit, copy_of_tree, head, run

OWN = ("specs/policy.yaml", "app/product.py", "README.md", "docker/keycloak/realm.json")


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    return copy_of_tree(tmp_path / "platform")


@pytest.fixture
def orders(platform: Path, tmp_path: Path) -> Path:
    into = tmp_path / "orders"
    init(platform, NewProject("orders", into))
    return into


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new, 1))


def test_what_only_one_side_changed_is_as_that_side_has_it(platform: Path, orders: Path) -> None:
    """The platform changes, adds, removes and moves files, and its example too; the product has a resource and a change of its own."""
    edit(platform, "app/settings.py", '"""', '"""New. ')
    (platform / "app" / "telemetry" / "added.py").write_text('"""Added."""\n')
    (platform / "docs" / "clients.md").unlink()
    edit(platform, "specs/policy.yaml", "# The vocabulary", "# The platform's vocabulary")
    edit(platform, "Makefile", "help: ## Show", "help: ## Now show")
    commit(platform, "Later")
    made = run(orders, "codegen", "resource", "--name", "ticket", "--fields", "title:string(200) note:text?")
    assert made == ""
    edit(orders, "Makefile", "clean: ##", "own: ## Our own\n\t@true\n\nclean: ##")
    commit(orders, "Ours")
    before = {name: (orders / name).read_bytes() for name in OWN}
    done = update(orders, str(platform))
    assert done.conflicts == []
    assert {"app/settings.py", "app/telemetry/added.py", "docs/clients.md", "Makefile"} == set(done.files)
    assert (orders / "app" / "settings.py").read_text().startswith('"""New. ')
    assert (orders / "app" / "telemetry" / "added.py").is_file()
    assert not (orders / "docs" / "clients.md").exists()
    makefile = (orders / "Makefile").read_text()
    assert "own: ## Our own" in makefile
    assert "Now show" in makefile
    assert {name: (orders / name).read_bytes() for name in OWN} == before
    assert (orders / PLATFORM).read_text().strip() == head(platform)
    commit(orders, "Updated")
    assert update(orders, str(platform)).files == []
    assert run(orders, "codegen", "check") == ""
    assert run(orders, "pytest", "tests/features/test_tickets.py", "-k", "created and http-json") == ""


def test_a_line_that_both_changed_is_a_conflict_as_git_shows_it(platform: Path, orders: Path) -> None:
    for root, text in ((platform, "theirs"), (orders, "ours")):
        edit(root, "app/settings.py", '"""', f'"""{text} ')
        commit(root, text)
    done = update(orders, str(platform))
    assert done.conflicts == ["app/settings.py"]
    shown = (orders / "app" / "settings.py").read_text()
    assert all(mark in shown for mark in ("<<<<<<<", '"""ours ', "=======", '"""theirs ', ">>>>>>>"))
    status = subprocess.run(["git", "status", "--porcelain"], cwd=orders, capture_output=True, text=True, check=True)
    assert "UU app/settings.py" in status.stdout


def test_a_file_that_the_product_took_out_and_the_platform_changed_is_a_conflict(platform: Path, orders: Path) -> None:
    edit(platform, "docs/clients.md", "# ", "# New ")
    commit(platform, "Later")
    (orders / "docs" / "clients.md").unlink()
    commit(orders, "Ours")
    assert update(orders, str(platform)).conflicts == ["docs/clients.md"]


def test_a_name_that_is_the_product_s_own_stays_where_the_platform_changes_beside_it(
    platform: Path, orders: Path
) -> None:
    edit(platform, "pyproject.toml", '"alembic>=1.20"', '"alembic>=1.21"')
    commit(platform, "Later")
    assert update(orders, str(platform)).conflicts == []
    assert 'name = "orders"' in (orders / "pyproject.toml").read_text()
    assert '"alembic>=1.21"' in (orders / "pyproject.toml").read_text()


def test_uncommitted_work_is_not_put_at_risk(platform: Path, orders: Path) -> None:
    edit(orders, "app/settings.py", '"""', '"""Mine. ')
    with pytest.raises(Refused, match="commit them first"):
        update(orders, str(platform))
    assert (orders / "app" / "settings.py").read_text().startswith('"""Mine. ')


@pytest.mark.parametrize(("source", "said"), [("nowhere", "nowhere"), ("orders", "has not the commit|does not")])
def test_another_source_is_refused(orders: Path, tmp_path: Path, source: str, said: str) -> None:
    other = tmp_path / source
    if source == "orders":
        other = tmp_path / "stranger"
        other.mkdir()
        subprocess.run(["git", "init", "-q"], cwd=other, check=True)
        (other / ".owners").write_text("* platform\n")
        commit(other, "x")
    with pytest.raises(Refused, match=said):
        update(orders, str(other))
    assert subprocess.run(["git", "status", "--porcelain"], cwd=orders, capture_output=True, check=True).stdout == b""


def test_a_project_that_init_did_not_make_is_told_so(platform: Path) -> None:
    with pytest.raises(Refused, match=r"\.platform does not say"):
        update(platform, str(platform))

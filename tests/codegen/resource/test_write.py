"""What `make resource` writes works as it is: three resources in a copy of this tree, two of them with owners, in a chain of references."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.development.servers import Postgres
from codegen.diagnostics import Refused
from codegen.resource.checks import Wanted
from codegen.resource.write import newest, write_resource
from tests.codegen.new.trees import copy_of_service, texts
from tests.codegen.resource.trees import CATEGORY, COMMENT, TICKET, copy_of_checkout, make_resource, python
from tests.databases import new_database
from tests.one_door import leave_rest

FEATURES = ("categories", "tickets", "comments")
WRITTEN = [
    *(f"app/features/{feature}" for feature in FEATURES),
    *(f"tests/features/test_{feature}.py" for feature in FEATURES),
    "app/product.py",
    "app/migrations/versions",
]
COMPACT = "http-json and (is_not_there or names_what_is_there or is_not_deleted or hears_of_every_change)"
"""Of the tests that are written, those that one door proves."""

STEPS = """
import sys
from app.__main__ import main
walk = [["upgrade"], ["downgrade", "-1", "--yes"], ["downgrade", "-1", "--yes"], ["downgrade", "-1", "--yes"], ["upgrade"]]
sys.exit(any([main(["migrate", *one]) for one in walk]))
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = copy_of_checkout(tmp_path_factory.mktemp("resources"))
    for wanted in (CATEGORY, TICKET, COMMENT):
        make_resource(tree, wanted)
    return tree


def test_what_is_written_is_typed_laid_out_and_fresh(tree: Path) -> None:
    python(tree, "-m", "codegen", "check")
    python(tree, "-m", "ruff", "check", *WRITTEN)
    python(tree, "-m", "ruff", "format", "--check", *WRITTEN)
    python(tree, "-m", "mypy", *WRITTEN)


def test_the_steps_of_the_schema_go_up_and_down_and_up(tree: Path, postgres: Postgres) -> None:
    python(tree, "-c", STEPS, DATABASE_URL=new_database(postgres, "resource steps"))


@pytest.mark.survives("Z02")
@pytest.mark.parametrize("chosen", [COMPACT, pytest.param("test", marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_the_written_tests_pass_against_the_service(tree: Path, chosen: str) -> None:
    """What belongs to another caller is read, changed, deleted and referred to at every door: the answer is the 404 of what never was, and it is in no page."""
    drift = "test_autogenerate_finds_no_difference"
    ran = python(
        tree, "-m", "pytest", "-p", "no:cacheprovider", "-k", f"({chosen}) or {drift}",
        "tests/app/migrations/test_env.py", *(f"tests/features/test_{feature}.py" for feature in FEATURES),
    )  # fmt: skip
    assert "100%" in ran, ran


def test_lines_of_what_stood_there_are_kept(tree: Path) -> None:
    command = ["git", "diff", "--numstat", "--", "specs", "docker"]
    changed = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True).stdout.splitlines()
    removed = {line.split("\t")[2]: int(line.split("\t")[1]) for line in changed}
    written_anew = {"docker/keycloak/realm.json", "specs/contract.lock"}
    assert {file for file, lines in removed.items() if lines} <= written_anew


def test_faults_are_said_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    tree = copy_of_service(tmp_path)
    before = texts(tree)
    wanted = Wanted("artist", "title:sting(3) title:text title:text book_id:ref(book)", owner="nobody")
    with pytest.raises(Refused) as refused:
        write_resource(tree / "specs", tree / "app" / "features", wanted)
    for said in ("fields:7 there is no type 'sting'", "did you mean 'string'", "fields:27 the field 'title' stands twice",
                 "'book', which is no resource", "name:1 the table artist is there already", "owner:1 'nobody' owns nothing"):  # fmt: skip
        assert said in str(refused.value)
    assert texts(tree) == before


def test_a_project_without_a_realm_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    tree = copy_of_service(tmp_path)
    before = texts(tree)
    with pytest.raises(Refused, match="realm"):
        write_resource(tree / "specs", tree / "app" / "features", Wanted("ticket", "title:text"))
    assert texts(tree) == before


@pytest.mark.parametrize(
    ("steps", "found"),
    [({}, None), ({"1": None}, "1"), ({"1": None, "2": "1"}, "2"), ({"0009": None, "0010": "0009"}, "0010")],
)
def test_the_newest_step_is_the_one_that_no_other_follows(
    tmp_path: Path, steps: dict[str, str | None], found: str
) -> None:
    write_steps(tmp_path, steps)
    assert newest(tmp_path) == found


@pytest.mark.parametrize("steps", [{"1": None, "2": None}, {"abc": None}])
def test_a_line_of_steps_without_one_numbered_end_is_refused(tmp_path: Path, steps: dict[str, str | None]) -> None:
    write_steps(tmp_path, steps)
    with pytest.raises(Refused, match="newest step"):
        newest(tmp_path)


def write_steps(folder: Path, steps: dict[str, str | None]) -> None:
    for name, after in steps.items():
        (folder / f"{name}.py").write_text(f'revision = "{name}"\ndown_revision = {after!r}\n')


def test_the_command_says_what_was_written(tmp_path: Path) -> None:
    tree = copy_of_checkout(tmp_path)
    ran = make_resource(tree, {"name": "note", "fields": "text:text"})
    assert " app/features/notes/handler.py\n" in ran
    assert "lines; `make migrate`" in ran
    assert "operations, contract" in ran
    assert sys.executable not in ran


def test_a_contract_of_one_door_is_refused_with_what_to_do(tmp_path: Path) -> None:
    tree = copy_of_service(tmp_path)
    leave_rest(tree)
    with pytest.raises(Refused, match="both doors"):
        write_resource(tree / "specs", tree / "app" / "features", Wanted("ticket", "title:string(200)", "", ""))

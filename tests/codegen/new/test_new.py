"""A new operation stands in all three languages with its number and a method to fill in; nothing that stood there is changed."""

from __future__ import annotations

import difflib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.fix.fix import fix, texts_of, write
from codegen.new.new import write_operation
from codegen.new.operation import NewOperation
from codegen.pipeline import load
from tests.codegen.contracts import ROOT
from tests.codegen.new.trees import copy_of_service, mypy, new, run, texts
from tests.one_door import leave_rest, leave_socket

SHOWN = ("archive_artist", "artists")
FIELDS = """\
CountArtistsQuery:
  type: object
  properties:
    name: {$ref: '#/ArtistName'}
CountArtistsResult:
  type: object
  required: [count]
  properties:
    count: {type: integer, format: int64, minimum: 0, maximum: 9007199254740991}
"""
METHOD = """\
    @override
    async def count_artists(self, context: Context, request: CountArtistsRequest) -> CountArtistsResult:
        filters = _present({"name": request.name})
        _, total = await self._repository.page(context.db, filters, limit=1, offset=0)
        return CountArtistsResult(count=total)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return copy_of_service(tmp_path)


@pytest.mark.parametrize(
    ("extra", "doors"),
    [
        ({}, ("http", "socket")),
        ({"paginated": True}, ("http", "socket")),
        ({"doors": "socket"}, ("socket",)),
        ({"doors": "http"}, ("http",)),
        ({"path": "/api/artists/{artist_id}/archive", "result": "Artist"}, ("http", "socket")),
        ({"path": "/api/artists/{artist_id}", "method": "patch", "result": "Artist"}, ("http", "socket")),
        ({"path": "/api/shelves/{shelf_id}", "method": "delete", "result": "none"}, ("http", "socket")),
        ({"path": "/api/shelves/{label}/artists", "paginated": True, "result": "Artist"}, ("http", "socket")),
    ],
)
def test_what_is_written_compiles_is_typed_and_waits_for_its_body(
    tree: Path, extra: dict[str, str | bool], doors: tuple[str, ...]
) -> None:
    assert new(tree, name="archive_artist", feature="artists", roles="update-artist,admin", **extra) == 0
    assert run(tree, "generate") == 0
    (operation,) = [one for one in load(tree / "specs").contract.operations if one.name == "archive_artist"]
    assert operation.roles == (frozenset({"admin"}), frozenset({"update-artist"}))
    assert operation.pkg_id == (9 if "socket" in doors else None)
    assert (operation.http is not None) == ("http" in doors)
    handler = (tree / "app" / "features" / "artists" / "handler.py").read_text()
    # The method that waits for a person; `make check` refuses it.
    assert 'raise NotImplementedError("archive_artist is not implemented yet")' in handler
    assert mypy(tree, "app/features/artists") == ""


def test_a_path_a_method_and_a_result_are_those_that_were_asked_for(tree: Path) -> None:
    wanted = NewOperation(
        *SHOWN, roles=("admin",), path="/api/artists/{artist_id}/archive", method="put", result="Artist"
    )
    write_operation(tree / "specs", tree / "app" / "features", wanted)
    (operation,) = [one for one in load(tree / "specs").contract.operations if one.name == "archive_artist"]
    assert operation.http is not None
    assert (operation.http.method, operation.http.path) == ("PUT", "/api/artists/{artist_id}/archive")
    assert operation.result.record == "Artist"
    assert [one.name for one in operation.request.fields] == ["artist_id"]


def test_clients_page_what_is_paginated(tree: Path) -> None:
    write_operation(
        tree / "specs",
        tree / "app" / "features",
        NewOperation(*SHOWN, roles=("admin",), is_paginated=True, result="Artist"),
    )
    (operation,) = [one for one in load(tree / "specs").contract.operations if one.name == "archive_artist"]
    assert operation.pager == "paginate_archive_artist"
    assert "cursor_invalid" in operation.errors


def test_what_only_reads_says_so_on_the_socket_alone_too(tree: Path) -> None:
    wanted = NewOperation(*SHOWN, roles=("admin",), is_query=True, doors=("socket",))
    write_operation(tree / "specs", tree / "app" / "features", wanted)
    (operation,) = [one for one in load(tree / "specs").contract.operations if one.name == "archive_artist"]
    assert operation.is_query


def test_only_lines_are_added(tree: Path) -> None:
    wanted = NewOperation(*SHOWN, roles=("admin",), path="/api/artists/{artist_id}", method="patch")
    write_operation(tree / "specs", tree / "app" / "features", wanted)
    for path in (ROOT / "specs").rglob("*.*"):
        before, after = path.read_text().splitlines(), (tree / path.relative_to(ROOT)).read_text().splitlines()
        removed = [line for line in difflib.ndiff(before, after) if line.startswith("- ")]
        assert removed == [], path


def test_a_person_writes_at_most_25_lines_for_an_operation(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lines of its fields and of its method, against all that stands there at last."""
    before = texts_of(ROOT / "specs")
    wanted = NewOperation("count_artists", "artists", roles=("get-artists",), is_query=True)
    write_operation(tree / "specs", tree / "app" / "features", wanted)
    made = texts_of(tree / "specs")
    schemas = tree / "specs" / "schemas" / "artist.yaml"
    schemas.write_text(schemas.read_text().partition("CountArtistsQuery:")[0] + FIELDS)
    edited = texts_of(tree / "specs")
    write(tree / "specs", fix(tree / "specs"))
    assert run(tree, "generate") == 0
    person = added(made, edited) + len(METHOD.splitlines()[2:])
    whole = added(before, texts_of(tree / "specs")) + len(METHOD.splitlines())
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
    ("wanted", "why"),
    [
        (NewOperation("get_artist", "artists", roles=("admin",)), "is taken"),
        (NewOperation(*SHOWN), "roles=… .* or public=yes: neither is said"),
        (NewOperation(*SHOWN, roles=("admin",), is_public=True), "roles=… .* or public=yes: both are said"),
        (NewOperation(*SHOWN, roles=("nobody-knows",)), "unknown roles: nobody-knows; take one of admin, "),
        (NewOperation(*SHOWN, roles=("admin",), result="Artst"), "no schema is called 'Artst'; near it are Artist"),
        (NewOperation(*SHOWN, roles=("admin",), path="/api/artists", method="get"), "GET /api/artists is taken"),
        (NewOperation(*SHOWN, roles=("admin",), path="/auth/login", method="get"), "and not as a block in specs/http/artists"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_is_written(tree: Path, wanted: NewOperation, why: str) -> None:
    before = texts(tree)
    with pytest.raises(Refused, match=why):
        write_operation(tree / "specs", tree / "app" / "features", wanted)
    assert before == texts(tree)


def test_a_new_feature_is_whole_registered_and_as_the_tree_s_rules_want_it(tree: Path) -> None:
    assert new(tree, name="send_invoice", feature="billing", roles="admin", path="/api/invoices/{invoice_id}") == 0
    assert run(tree, "generate") == 0
    assert "billing" in load(tree / "specs").contract.features
    made = {path.name for path in (tree / "app" / "features" / "billing").glob("*.py")}
    assert made == {"__init__.py", "handler.py", "repository.py", "tables.py"}
    assert mypy(tree, "app/product.py", "app/features/billing", "tests/features/test_billing.py") == ""
    written = ("app", "tests/features/test_billing.py")
    for command in (("check",), ("format", "--check")):
        ruff = [sys.executable, "-m", "ruff", *command, *written]
        found = subprocess.run(ruff, cwd=tree, check=False, capture_output=True, text=True)
        assert found.returncode == 0, found.stdout
    waiting = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--noconftest", "-o", "addopts=", "tests/features/test_billing.py"],
        cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (waiting.returncode, "test_every_operation_is_written" in waiting.stdout) == (1, True), waiting.stdout


def test_a_draft_that_was_never_committed_gives_its_number_back(tree: Path) -> None:
    """`make new`, second thoughts, and another `make new`: the first one's numbers are those of nobody."""
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *command], cwd=tree, check=True)
    assert new(tree, name="archive_artist", feature="artists", roles="admin") == 0
    first = (tree / "specs" / "contract.lock").read_text()
    subprocess.run(
        [
            "git",
            "checkout",
            "-q",
            "--",
            "app",
            *(f"specs/{name}" for name in ("http", "packages", "proto", "schemas", "openapi.yaml", "asyncapi.yaml")),
        ],
        cwd=tree,
        check=True,
    )
    assert new(tree, name="restore_artist", feature="artists", roles="admin") == 0
    second = (tree / "specs" / "contract.lock").read_text()
    assert "  ARCHIVE_ARTIST: 9\n" in first
    assert "  RESTORE_ARTIST: 9\n" in second
    assert "ARCHIVE" not in second
    assert "removed: true" not in second


@pytest.mark.parametrize(("leave", "door"), [(leave_rest, "http"), (leave_socket, "socket")])
def test_an_operation_has_the_doors_of_its_contract(tree: Path, leave: Callable[[Path], None], door: str) -> None:
    leave(tree)
    assert new(tree, name="count_artists", feature="artists", roles="get-artists", query=True) == 0
    loaded = load(tree / "specs")
    assert not len(loaded.findings), loaded.report()
    written = next(one for one in loaded.contract.operations if one.name == "count_artists")
    assert (written.http is not None, written.pkg_id is not None) == (door == "http", door == "socket")
    assert not (tree / "specs" / "proto").exists() or door == "socket"

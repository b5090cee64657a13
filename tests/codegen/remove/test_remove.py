"""What goes leaves nothing behind that only it used, keeps its numbers, and says what a person has to decide."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.pipeline import load
from codegen.remove.remove import remove
from tests.codegen.contracts import ROOT
from tests.codegen.new.trees import copy_of_service, mypy, new, run, texts
from tests.one_door import leave_rest, leave_socket


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return copy_of_service(tmp_path)


def commit(tree: Path) -> None:
    artist = ["-c", "user.name=t", "-c", "user.email=t@t"]
    for command in (["init", "-q"], ["add", "-A"], [*artist, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=tree, check=True)


def test_an_operation_goes_from_every_door_and_its_numbers_stay(tree: Path) -> None:
    left = remove(tree / "specs", tree / "app" / "features", name="delete_artist")
    contract = load(tree / "specs").contract
    assert "delete_artist" not in {one.name for one in contract.operations}
    lock = (tree / "specs" / "contract.lock").read_text()
    assert "  DELETE_ARTIST: {number: 6, removed: true}\n" in lock
    assert "DeleteArtistRequest: {artist_id: {number: 1, removed: true}" in lock
    assert "delete_artist" not in "".join(path.read_text() for path in (tree / "specs" / "http").iterdir())
    assert "nothing uses the role 'delete-artist' of specs/policy.yaml now" in left
    assert "tests/features/artists/test_handler.py still names it" in left
    assert run(tree, "generate") == 0
    assert mypy(tree, "app") == ""


def test_a_feature_goes_whole_and_the_service_is_typed_without_it(tree: Path) -> None:
    left = remove(tree / "specs", tree / "app" / "features", feature="artists")
    assert run(tree, "generate") == 0
    assert mypy(tree, "app") == ""
    loaded = load(tree / "specs")
    assert "artists" not in loaded.contract.features
    assert loaded.dialects.words.lock.pkg_ids == load(ROOT / "specs").dialects.words.lock.pkg_ids
    for path in (
        "specs/http/artists.yaml",
        "specs/schemas/artist.yaml",
        "app/features/artists",
        "tests/features/artists",
    ):
        assert not (tree / path).exists(), path
    assert left[0].startswith("databases have the table artist with its rows: `make migration")
    assert "nothing uses the error 'artist_name_taken' of specs/errors.yaml now" in left
    assert "nothing uses the topic 'artists' of specs/policy.yaml now" in left


@pytest.mark.parametrize(
    "wanted",
    [
        {"feature": "artists"},
        {"feature": "artists", "paginated": True, "result": "Artist"},
        {"feature": "artists", "path": "/api/artists/{artist_id}", "method": "patch", "result": "Artist"},
        {"feature": "billing", "path": "/api/invoices/{invoice_id}", "result": "none"},
    ],
)
def test_what_new_wrote_goes_without_a_trace(tree: Path, wanted: dict[str, str | bool]) -> None:
    """The draft was never committed, so that even its numbers go."""
    commit(tree)
    before = texts(tree / "specs")
    assert new(tree, name="send_invoice", roles="admin", **wanted) == 0
    assert texts(tree / "specs") != before
    remove(tree / "specs", tree / "app" / "features", name="send_invoice")
    after = texts(tree / "specs")
    tags = (Path("openapi.yaml"),) if wanted["feature"] == "billing" else ()
    assert {path for path in before | after if before.get(path) != after.get(path)} == {*tags}, "a tag is of a feature"


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({}, "say name=… for an operation or feature=…"),
        ({"name": "a", "feature": "b"}, "say name=… for an operation or feature=…"),
        ({"name": "get_artst"}, "there is no operation 'get_artst'; did you mean 'get_artist'?"),
        ({"feature": "artsts"}, "there is no feature 'artsts'; did you mean 'artists'?"),
        ({"name": "artist_created"}, "something else needs it"),
    ],
)
def test_what_cannot_go_is_refused_and_nothing_is_written(tree: Path, wanted: dict[str, str], why: str) -> None:
    before = texts(tree)
    with pytest.raises(Refused) as refused:
        remove(tree / "specs", tree / "app" / "features", **wanted)
    assert why in str(refused.value)
    assert texts(tree) == before


def test_work_that_no_commit_has_is_not_taken(tree: Path) -> None:
    commit(tree)
    with (tree / "app" / "features" / "artists" / "handler.py").open("a") as handler:
        handler.write("# thought\n")
    before = texts(tree)
    with pytest.raises(Refused, match="has changes that no commit has"):
        remove(tree / "specs", tree / "app" / "features", feature="artists")
    assert texts(tree) == before


@pytest.mark.parametrize(
    "line",
    [
        "from tests.features.test_artists import new_artist",
        "from app.features.artists.tables import ARTIST",
        "await client.artists.delete(artist_id=1)",
        'Column("artist", BigInteger, ForeignKey("artist.id"))',
        'row = table("artist", column("id", BigInteger)).c',
    ],
)
def test_what_still_speaks_of_a_feature_is_named(tree: Path, line: str) -> None:
    module = tree / "tests" / "features" / "test_tickets.py"
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(f"{line}\n")
    left = remove(tree / "specs", tree / "app" / "features", feature="artists")
    assert "tests/features/test_tickets.py still names it" in left


@pytest.mark.parametrize("leave", [leave_rest, leave_socket])
def test_an_operation_goes_from_a_contract_of_one_door(tree: Path, leave: Callable[[Path], None]) -> None:
    leave(tree)
    before = texts(tree / "specs")
    commit(tree)
    assert new(tree, name="count_artists", feature="artists", roles="get-artists", query=True) == 0
    remove(tree / "specs", tree / "app" / "features", name="count_artists")
    assert texts(tree / "specs") == before

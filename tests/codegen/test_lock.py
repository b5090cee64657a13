"""Numbers that are new are issued; none is dropped, changed or issued twice."""

from __future__ import annotations

from pathlib import Path

from codegen import lock
from codegen.pipeline import load
from tests.codegen.contracts import edited

NEW = ("proto/artists.proto", "  int64 version = 7;\n", "  int64 version = 7;\n  optional string shelf = 8;\n")
FIELD = (
    "schemas/artist.yaml",
    "    version: {$ref: '#/ArtistVersion'}\n",
    "    version: {$ref: '#/ArtistVersion'}\n    shelf: {type: string}\n",
)


def test_a_new_number_is_written_beside_the_old_ones(tmp_path: Path) -> None:
    loaded = edited(tmp_path, NEW, FIELD)
    assert {one.rule for one in loaded.findings} == {lock.NEW}
    path = tmp_path / "specs" / "contract.lock"
    assert lock.update(path, loaded) == 1
    assert "version: 7, shelf: 8}" in path.read_text()
    assert not len(load(tmp_path / "specs").findings)


def test_what_left_the_contract_is_marked_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "specs" / "contract.lock"
    loaded = edited(tmp_path, ("contract.lock", "  GET_ARTISTS: 1\n", "  GET_ARTISTS: 1\n  OLD_ONE: 99\n"))
    lock.update(path, loaded)
    assert "  OLD_ONE: {number: 99, removed: true}\n" in path.read_text()


def test_an_empty_contract_has_an_empty_lock(tmp_path: Path) -> None:
    loaded = edited(tmp_path, case="p30_rest_only")
    path = tmp_path / "lock"
    lock.update(path, loaded)
    assert "pkg_ids: {}\n" in path.read_text()


def test_a_member_below_zero_has_its_number(tmp_path: Path) -> None:
    low = "enum: [-1, 0, 5], x-enum-names: [none, low, high]"
    loaded = edited(
        tmp_path,
        ("schemas/things.yaml", "enum: [0, 5], x-enum-names: [low, high]", low),
        ("proto/things.proto", "  LEVEL_HIGH = 5;\n", "  LEVEL_HIGH = 5;\n  LEVEL_NONE = -1;\n"),
        case="p51_everything",
    )
    assert lock.update(tmp_path / "specs" / "contract.lock", loaded) == 1
    assert not len(load(tmp_path / "specs").findings)

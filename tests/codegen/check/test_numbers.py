"""A number is used once, never changes, and never comes back with another meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.check.numbers import next_pkg_id, used_numbers, used_pkg_ids
from codegen.lock import EMPTY
from codegen.parse.policy import Lock
from codegen.pipeline import load
from tests.codegen.contracts import SHIPPED, edited, rules

PROTO, PACKAGES = "proto/artists.proto", "packages/artists.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        (PACKAGES, "x-pkg-id: 3\n", "x-pkg-id: 1\n", "N001"),
        (PACKAGES, "x-pkg-id: 3\n", "x-pkg-id: 99\n", "N004"),
        ("contract.lock", "  CREATE_ARTIST: 3\n", "  REMOVED_ONE: 3\n", "N002"),
        ("contract.lock", "  CREATE_ARTIST: 3\n", "", "N003"),
        ("contract.lock", "ArtistCreated: {artist: 1}", "ArtistCreated: {}", "N003"),
        ("contract.lock", "ArtistCreated: {artist: 1}", "ArtistCreated: {artist: 2}", "N004"),
        ("contract.lock", "ArtistCreated: {artist: 1}", "ArtistCreated: {writer: 1}", "N005"),
        ("contract.lock", "ArtistCreated: {artist: 1}", "ArtistCreated: {artist: 1, old: 2}", "N006"),
        (PACKAGES, "x-pkg-id: 1001", "x-pkg-id: 1002", "N004"),
        ("proto/audit_log.proto", "AUDIT_DOOR_HTTP = 1;\n  AUDIT_DOOR_WEBSOCKET = 2", "AUDIT_DOOR_HTTP = 2;\n  AUDIT_DOOR_WEBSOCKET = 1", "N004"),
        ("contract.lock", "AUDIT_DOOR_WEBSOCKET: 2,", "AUDIT_DOOR_GRPC: 2,", "N005"),
        ("contract.lock", "AUDIT_DOOR_COMMAND: 3}", "AUDIT_DOOR_COMMAND: 3, AUDIT_DOOR_GRPC: 4}", "N006"),
    ],
)  # fmt: skip
def test_a_number_that_disagrees_with_the_lock_is_named(
    tmp_path: Path, file: str, old: str, new: str, rule: str
) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new)))


def test_the_new_numbers_of_a_file_are_one_finding(tmp_path: Path) -> None:
    """A lock that has nothing yet is filled by one command; what else is wrong must not drown in its lines."""
    loaded = edited(tmp_path, ("contract.lock", (SHIPPED / "contract.lock").read_text(), EMPTY))
    new = [one for one in loaded.findings if one.rule == "N003"]
    assert len({one.place.file for one in new}) == len(new) > 3
    assert any("more of this file are not" in one.message for one in new)


def test_a_reserved_number_is_at_peace_with_the_lock(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("contract.lock", "ArtistCreated: {artist: 1}", "ArtistCreated: {artist: 1, old: 2}"),
        (PROTO, "message ArtistCreated {\n", 'message ArtistCreated {\n  reserved 2;\n  reserved "old";\n'),
    )
    assert not len(loaded.findings), loaded.report()


def test_half_a_reservation_is_none(tmp_path: Path) -> None:
    lock = ("contract.lock", "ArtistCreated: {artist: 1}", "ArtistCreated: {artist: 1, old: 2}")
    for index, half in enumerate(("reserved 2;", 'reserved "old";')):
        edit = (PROTO, "message ArtistCreated {\n", f"message ArtistCreated {{\n  {half}\n")
        folder = tmp_path / str(index)
        folder.mkdir()
        assert rules(edited(folder, lock, edit)) == {"N006"}


def test_a_changed_number_says_which_was_issued_and_where(tmp_path: Path) -> None:
    loaded = edited(tmp_path, (PROTO, "  Artist artist = 1;\n", "  Artist artist = 3;\n"))
    (finding,) = loaded.findings
    assert (finding.rule, finding.fix) == ("N004", "write 1")
    assert finding.other
    assert finding.other.file == "specs/contract.lock"


def test_all_numbers_in_use_are_listed_with_their_names() -> None:
    loaded = load(SHIPPED)
    assert {
        name: number for name, (number, _) in used_pkg_ids(loaded.contract).items()
    } == loaded.dialects.words.lock.pkg_ids
    fields = used_numbers(loaded.dialects.proto)
    assert fields["ArtistCreated"] == {"artist": 1}
    assert fields["AuditDoor"] == {
        "AUDIT_DOOR_UNSPECIFIED": 0,
        "AUDIT_DOOR_HTTP": 1,
        "AUDIT_DOOR_WEBSOCKET": 2,
        "AUDIT_DOOR_COMMAND": 3,
    }
    assert "LivezRequest" not in fields


def test_the_next_number_is_after_the_last_that_was_ever_issued_of_its_kind() -> None:
    lock = Lock(pkg_ids={"A": 1, "B": 7, "E": 1001})
    assert next_pkg_id(lock, (9,), is_event=False) == 10
    assert next_pkg_id(lock, (9,), is_event=True) == 1002
    assert next_pkg_id(Lock(), (), is_event=True) == 1001
    assert next_pkg_id(lock, (1000,), is_event=False) is None

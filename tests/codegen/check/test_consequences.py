"""What only follows from an unreadable file is not said, and all the rest is."""

from __future__ import annotations

from pathlib import Path

from tests.codegen.contracts import edited


def test_one_broken_file_is_one_finding_and_hides_none_of_another_feature(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("schemas/author.yaml", "AuthorId:\n", "AuthorId: [\n"),
        ("proto/audit_log.proto", "  int64 id = 1;", "  int32 id = 1;"),
        ("http/system.yaml", "'204': {description: It runs.}", "'203': {description: It runs.}"),
    )
    assert [(one.rule, one.place.file) for one in loaded.findings] == [
        ("O013", "specs/http/system.yaml"),
        ("X012", "specs/schemas/audit_log.yaml"),
        ("Y003", "specs/schemas/author.yaml"),
    ]


def test_what_a_person_must_settle_is_not_copied(tmp_path: Path) -> None:
    """The field is missing in proto; whether it is one of the request at all, the doors do not agree."""
    loaded = edited(
        tmp_path,
        ("schemas/things.yaml", "thing_id: {type: integer, format: int64, minimum: 1}\n", "thing_id: {type: integer, format: int64, minimum: 1}\n    q: {type: string}\n"),
        case="p51_everything",
    )  # fmt: skip
    assert {one.rule for one in loaded.findings} == {"J004", "X010"}
    assert not [one for one in loaded.findings if one.edits]

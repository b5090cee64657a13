"""What only follows from an unreadable file is not said, and all the rest is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from codegen.pipeline import load
from tests.codegen.contracts import ROOT, edited, rules

REFERENCE = re.compile(r"\$ref: '[^']*(?=')")
"""A reference without its closing quote."""


def test_one_broken_file_is_one_finding_and_hides_none_of_another_feature(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("schemas/artist.yaml", "ArtistId:\n", "ArtistId: [\n"),
        ("proto/audit_log.proto", "  int64 id = 1;", "  int32 id = 1;"),
        ("http/system.yaml", "'204': {description: It runs.}", "'203': {description: It runs.}"),
    )
    assert [(one.rule, one.place.file) for one in loaded.findings] == [
        ("O013", "specs/http/system.yaml"),
        ("Y003", "specs/schemas/artist.yaml"),
        ("X012", "specs/schemas/audit_log.yaml"),
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


@pytest.mark.parametrize(
    "file", ["asyncapi.yaml", "http/auth.yaml", "http/artists.yaml", "packages/artists.yaml", "schemas/artist.yaml"]
)
def test_a_reference_that_leads_nowhere_is_all_that_is_said(tmp_path: Path, file: str) -> None:
    """Each reference of the file in turn: no rule of agreement, paging, sessions or paths speaks of what is not known."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    path = tmp_path / "specs" / file
    text = path.read_text()
    found = list(REFERENCE.finditer(text))
    assert found
    for reference in found[:: max(1, len(found) // 15)]:
        path.write_text(f"{text[: reference.end()]}x{text[reference.end() :]}")
        assert rules(load(tmp_path / "specs")) <= {"R002", "R005", "F003"}, reference.group()


@pytest.mark.parametrize(
    ("file", "old", "new", "meant"),
    [
        ("http/artists.yaml", "summary: Create", "sumary: Create", "summary"),
        ("http/artists.yaml", "operationId: create_artist", "operationID: create_artist", "operationId"),
        ("http/artists.yaml", "x-idempotent: key", "x-idempotant: key", "x-idempotent"),
        ("http/artists.yaml", "[create-artist]", "[creat-artist]", "create-artist"),
        ("http/artists.yaml", "artist.yaml#/ArtistInput'", "artist.yaml#/ArtistImput'", "ArtistInput"),
        ("packages/artists.yaml", "    action: send\n", "    actoin: send\n    action: send\n", "action"),
        ("schemas/artist.yaml", "maxLength: 2000", "maxLenght: 2000", "maxLength"),
        ("policy.yaml", "user, when_down: local", "user, when_dwon: local", "when_down"),
    ],
)  # fmt: skip
def test_a_misspelt_name_is_told_what_was_meant(tmp_path: Path, file: str, old: str, new: str, meant: str) -> None:
    loaded = edited(tmp_path, (file, old, new))
    assert any(
        (meant in one.fix.partition(" Else ")[0] and "?" in one.fix) or "instead of" in one.fix
        for one in loaded.findings
    ), loaded.report()


@pytest.mark.parametrize(
    ("case", "file", "old", "new", "rule", "fix"),
    [
        ("p65_response_headers", "http/things.yaml", "x-field: total", "x-field: totals", "O010", "did you mean 'total'?"),
        ("p80_annotations", "schemas/things.yaml", "part: {oneOf: [{$ref: '#/Part'}, {type: 'null'}], default: null,", "part: {allOf: [{$ref: '#/Part'}], descripton: x,", "S004", "did you mean 'description'?"),
        ("p80_annotations", "policy.yaml", "roles:", "rolls:", "F001", "did you mean 'roles'?"),
        ("p80_annotations", "schemas/things.yaml", "properties: {kind: {type: string, const: circle}, side", "properties: {kind: {type: string}, side", "S015", "give each arm one required property"),
        ("p80_annotations", "schemas/things.yaml", "required: [name, shape]", "required: [name, shap]", "S017", "did you mean 'shape'?"),
        ("p61_enum_defaults_and_keys", "schemas/things.yaml", "mode: {$ref: '#/Mode'}", "mode: {allOf: [{$ref: '#/Mode'}], default: fast}", "S026", "keep one of them"),
    ],
)  # fmt: skip
def test_one_fault_is_one_finding_that_says_what_to_do(
    tmp_path: Path, case: str, file: str, old: str, new: str, rule: str, fix: str
) -> None:
    """What else would be said of it follows from it, or stands at the same place."""
    loaded = edited(tmp_path, (file, old, new), case=case)
    said = [(one.rule, one.fix) for one in loaded.findings]
    assert [name for name, _ in said] == [rule], loaded.report()
    assert said[0][1].startswith(fix)

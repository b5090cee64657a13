"""Field by field, the schema and the message are the same fact, or both places are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited

PROTO, SCHEMA = "proto/authors.proto", "schemas/author.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        (PROTO, "  rpc GetAuthor(GetAuthorRequest) returns (Author);\n", "", "X001"),
        (PROTO, "rpc GetAuthor(GetAuthorRequest)", "rpc GetAuthor(GetAuthorsRequest)", "X003"),
        (PROTO, "rpc GetAuthor(GetAuthorRequest) returns (Author)", "rpc GetAuthor(GetAuthorRequest) returns (AuthorList)", "X004"),
        (PROTO, "message AuthorCreated {", "message AuthorMade {", "X005"),
        ("proto/audit_log.proto", "enum AuditDoor {", "enum AuditGate {", "P001"),
        (PROTO, "service AuthorsService {\n", "service AuthorsService {\n  rpc CountAuthors(GetAuthorsRequest) returns (Author);\n", "X007"),
        (SCHEMA, "    name: {$ref: '#/AuthorName'}\n    bio", "    name: {$ref: '#/AuthorName'}\n    shelf: {type: string}\n    bio", "X010"),
        (PROTO, "  int64 version = 7;\n", "  int64 version = 7;\n  string shelf = 8;\n", "X011"),
        (PROTO, "  int64 id = 1;", "  int32 id = 1;", "X012"),
        (PROTO, "  google.protobuf.Timestamp created_at = 5;", "  string created_at = 5;", "X012"),
        (PROTO, "  optional string bio = 3;", "  string bio = 3;", "X013"),
        (PROTO, "  string name = 2;", "  repeated string name = 2;", "X014"),
        (PROTO, "  string name = 2;", "  map<string, string> name = 2;", "X015"),
        ("proto/audit_log.proto", "  AUDIT_OUTCOME_ERROR = 3;\n", "", "X016"),
        ("proto/envelope.proto", "RSP_CODE_TIMEOUT = 8", "RSP_CODE_TIMEOUT = 18", "X019"),
    ],
)  # fmt: skip
def test_a_difference_is_named_by_its_rule(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    loaded = edited(tmp_path, (file, old, new))
    assert rule in {one.rule for one in loaded.findings}, loaded.report()


def test_both_places_are_in_the_finding(tmp_path: Path) -> None:
    loaded = edited(tmp_path, (PROTO, "  int64 id = 1;", "  int32 id = 1;"))
    finding = next(one for one in loaded.findings if one.rule == "X012")
    assert finding.place.file == "specs/schemas/author.yaml"
    assert finding.other
    assert finding.other.file == "specs/proto/authors.proto"
    assert "2147483647" in finding.notes[0]


def test_the_arms_of_a_union_are_the_members_of_the_oneof(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("proto/things.proto", "    Square square = 2;\n", ""), case="p17_union")
    assert "X018" in {one.rule for one in loaded.findings}, loaded.report()

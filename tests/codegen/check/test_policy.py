"""Roles, buckets, topics, errors and events that are named exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

HTTP = "http/artists.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        (HTTP, "x-errors: [artist_name_taken]", "x-errors: [nobody_knows]", "V008"),
        (HTTP, "x-errors: [artist_name_taken]", "x-errors: [artist_name_taken, forbidden]", "V006"),
        (HTTP, "x-idempotent: key", "x-idempotent: key\n    x-rate-limit: nothing", "V008"),
        (HTTP, "security: [{bearer: [get-artists]}]", "security: [{bearer: [get-artists]}, {bearer: [nobody, zeus]}]", "V008"),
        (HTTP, "x-publishes: [artist_created]", "x-publishes: [artist_sold]", "V008"),
        (HTTP, "summary: Find artists by id, name or text.", "summary: Find.\n    x-idempotent: key", "V007"),
        ("packages/artists.yaml", "x-topic: artists", "x-topic: news", "V008"),
    ],
)  # fmt: skip
def test_a_name_that_nobody_declared_is_refused(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("[name, pasword]", "'pasword', but the request has no such field"),
        ("[name, password]", "'password', but it is, or has in it, what no log may have"),
    ],
)
def test_an_audit_row_keeps_what_is_there_and_no_secret(tmp_path: Path, fields: str, said: str) -> None:
    line = "operationId: log_in\n"
    loaded = edited(tmp_path, ("http/things.yaml", line, f"{line}    x-audit-fields: {fields}\n"), case="p37_sensitive")
    (finding,) = loaded.findings
    assert (finding.rule, finding.message) == ("V032", f"the audit row of log_in keeps {said}")


def test_the_events_of_a_topic_ask_for_the_same_roles(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("packages/things.yaml", "x-topic: alerts", "x-topic: things"),
        case="p34_events",
    )
    assert "V009" in rules(loaded)


def test_a_finding_lists_the_names_there_are(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("packages/things.yaml", "x-topic: alerts", "x-topic: news"), case="p34_events")
    (finding,) = (one for one in loaded.findings if one.rule == "V008")
    assert "'news'" in finding.message
    assert "alerts" in finding.fix
    assert finding.place.file == "specs/packages/things.yaml"


def test_a_limit_that_is_none_needs_no_bucket(tmp_path: Path) -> None:
    loaded = edited(tmp_path, (HTTP, "x-idempotent: key", "x-idempotent: key\n    x-rate-limit: none"))
    assert rules(loaded) == set()
    (operation,) = (one for one in loaded.contract.operations if one.name == "create_artist")
    assert operation.bucket is None
    assert "rate_limited" not in operation.errors

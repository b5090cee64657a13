"""A row is harmless before it is stored: no NUL, no lone surrogate, bounded (D3)."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.audit.record import COLUMNS, COMMAND, LIMITS, AuditRecord, Outcome, clean
from app.audit.tables import AUDIT_LOG
from generated.enums import AuditDoor, AuditOutcome

ROOT = Path(__file__).parents[3]
AT = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)


def record(**given: Any) -> AuditRecord:
    plain: dict[str, Any] = {
        "at": AT, "username": "ada", "subject": "iss:1", "roles": ["admin"], "action": "a", "outcome": Outcome.SUCCESS,
        "code": None, "door": "http", "object_id": None, "ip": "127.0.0.1", "user_agent": "t", "trace_id": "t", "duration_ms": 1,
    }  # fmt: skip
    return AuditRecord(**plain | given)


@pytest.mark.parametrize(
    ("text", "stored"), [("a\x00b", "a\\u0000b"), ("\ud800x", "\\ud800x"), ("ä" * 9, "ä" * 9), ("x" * 99, "x" * 99)]
)
def test_what_postgresql_cannot_hold_is_escaped(text: str, stored: str) -> None:
    assert clean(text, 100) == stored
    stored.encode()


@pytest.mark.survives("C06")
@pytest.mark.parametrize(
    ("given", "altered"),
    [
        ({}, False), ({"username": "ä", "data": {"name": "ä"}}, False), ({"username": "\x00"}, True), ({"roles": ["r"] * 257}, True),
        ({"duration_ms": math.nan}, True), ({"data": {"name": "\ud800"}}, True), ({"data": {"name": "x" * 1025}}, True),
    ],
)  # fmt: skip
def test_a_row_says_whether_anything_in_it_was_escaped_or_cut(given: dict[str, Any], altered: bool) -> None:
    """C06 (D3): who reads a row knows whether it is what happened, or what could be stored of it."""
    assert record(**given).altered is altered


def test_a_value_that_is_kept_is_as_long_as_the_contract_shows_it() -> None:
    document = json.loads((ROOT / "generated" / "specs" / "openapi.json").read_text())
    shown = document["components"]["schemas"]["AuditLog"]["properties"]["data"]["additionalProperties"]
    assert record(data={"name": "x" * 5000}).data == {"name": "x" * shown["maxLength"]}


def test_what_is_kept_of_a_request_has_a_bound_as_a_whole_and_what_comes_then_is_left_out() -> None:
    row = record(data={f"field {number}": "ä" * 1024 for number in range(32)})
    stored = str(row.parameters()["data"])
    assert 6000 < len(json.dumps(json.loads(stored), ensure_ascii=False).encode()) <= 8192
    assert list(row.data) == [f"field {number}" for number in range(len(row.data))]
    assert record().parameters()["data"] is None


def test_every_text_is_cut_to_the_contract_s_length() -> None:
    row = record(**dict.fromkeys(LIMITS, "ö" * 5000), roles=["r" * 900] * 999, duration_ms=2**40)
    assert {name: len(getattr(row, name)) for name in LIMITS} == LIMITS
    assert (len(row.roles), len(row.roles[0]), row.duration_ms) == (256, 255, 2**31 - 1)


def test_the_columns_are_the_table_s_without_its_id() -> None:
    assert set(COLUMNS) == {one.name for one in AUDIT_LOG.columns} - {"id"} == {one.name for one in fields(AuditRecord)}


def test_outcomes_and_doors_are_the_contract_s() -> None:
    assert [str(one) for one in Outcome] == [str(one) for one in AuditOutcome]
    assert {"http", "websocket", COMMAND} == {str(one) for one in AuditDoor}


@pytest.mark.parametrize(
    ("given", "kept"), [(math.nan, 0), (math.inf, 2**31 - 1), (-math.inf, 0), (-1, 0), (0, 0), (2**31 - 1, 2**31 - 1)]
)
def test_a_duration_is_clamped_to_a_whole_number_that_the_column_holds(given: float, kept: int) -> None:
    found = record(duration_ms=given).duration_ms
    assert (found, type(found)) == (kept, int)


def test_a_megabyte_is_cut_after_it_was_escaped() -> None:
    found = record(user_agent="\x00" * 1_000_000, username="\udfff" * 1_000_000)
    assert (found.user_agent, len(found.username or "")) == (("\\u0000" * 1024)[:1024], LIMITS["username"])


def test_a_record_is_identified_once_and_only_where_it_is_asked_for() -> None:
    one, other = record(), record()
    assert one.key is None
    for each in (one, other):
        each.identify()
    key = one.key
    one.identify()
    assert (one.key, other.key == key) == (key, False)

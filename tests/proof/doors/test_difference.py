"""Two services' answers are the same but for what each makes for itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proof.doors.difference import outcomes_differ
from proof.doors.door import Outcome


def differ(one: Any, other: Any) -> str:
    return outcomes_differ(Outcome("ok", one), Outcome("ok", other))


def test_what_each_service_seals_is_there_or_not_as_in_the_other() -> None:
    assert differ({"meta": {"next_cursor": "a"}}, {"meta": {"next_cursor": "b"}}) == ""
    assert differ({"meta": {"next_cursor": "a"}}, {"meta": {"next_cursor": None}}).startswith("/meta/next_cursor")


@pytest.mark.parametrize("name", ["key", "door", "ip", "sid", "user_agent", "duration_ms", "trace_id"])
def test_no_member_of_a_contract_is_passed_over_for_its_name(name: str) -> None:
    assert differ({name: "a"}, {name: "b"}).startswith(f"/{name}")


def test_two_moments_near_now_are_both_now() -> None:
    now = datetime.now(UTC)
    one, other = now.isoformat(), (now - timedelta(seconds=3)).isoformat()
    assert differ({"created_at": one}, {"created_at": other}) == ""
    assert differ({"created_at": one}, {"created_at": (now - timedelta(days=1)).isoformat()}) != ""


def test_codes_and_faults_count_before_values() -> None:
    assert outcomes_differ(Outcome("ok", 1), Outcome("conflict", 1)).startswith("code:")
    assert outcomes_differ(Outcome("invalid_data", None, ("/a",)), Outcome("invalid_data", None, ("/b",))).startswith(
        "faults:"
    )
    assert outcomes_differ(Outcome("invalid_data", None, ("/a",)), Outcome("invalid_data", None, ("/a",))) == ""

"""What is decided about a failure, a close, a token's age: tables that the clients of every language are held to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from generated.sdk_python.stele_client.runtime.errors import KINDS, ApiError
from generated.sdk_python.stele_client.runtime.operation import Operation
from generated.sdk_python.stele_client.runtime.retry import (
    BASE_S,
    CAP_S,
    Outcome,
    RetryBudget,
    backoff_s,
    may_repeat,
    outcome_of,
)
from generated.sdk_python.stele_client.runtime.session import after_close, after_refusal, reconnect_s
from generated.sdk_python.stele_client.runtime.token import due_after_s

CASES = Path(__file__).parent / "cases"


def table(name: str) -> Any:
    return json.loads((CASES / f"{name}.json").read_text())


@pytest.mark.parametrize("case", table("repeat"), ids=lambda case: case["name"])
def test_what_is_repeated(case: dict[str, Any]) -> None:
    operation: Operation[None] = Operation(name="x", feature="x", result=lambda: TypeAdapter(None), **case["operation"])
    verdict = may_repeat(operation, Outcome(case["outcome"]), can_refresh=case["can_refresh"])
    assert verdict.value == case["expect"]


@pytest.mark.parametrize("case", table("outcome"), ids=lambda case: f"{case['code']}-{case['status']}")
def test_what_a_refusal_says_of_the_outcome(case: dict[str, Any]) -> None:
    error: ApiError = KINDS[case["kind"]]({"code": case["code"], "status": case["status"]})
    assert outcome_of(error).value == case["expect"]


@pytest.mark.parametrize("case", table("close")["closes"], ids=str)
def test_what_follows_a_close(case: dict[str, Any]) -> None:
    assert after_close(case["code"], renewed=case["renewed"]).value == case["expect"]


@pytest.mark.parametrize("case", table("close")["refusals"], ids=str)
def test_what_follows_a_refused_handshake(case: dict[str, Any]) -> None:
    assert after_refusal(case["status"], renewed=case["renewed"]).value == case["expect"]


@pytest.mark.parametrize("case", table("refresh"), ids=str)
def test_when_a_token_is_renewed(case: dict[str, Any]) -> None:
    assert due_after_s(case["expires_in_s"]) == pytest.approx(case["due_after_s"])


def test_pauses_grow_to_their_cap_and_are_never_below_half() -> None:
    for number in range(1, 12):
        full = min(CAP_S, BASE_S * 2 ** (number - 1))
        assert all(full / 2 <= backoff_s(number) <= full for _ in range(50))
    assert all(3.0 <= backoff_s(1, 3.0) <= 3.3 for _ in range(50))
    assert all(0 <= reconnect_s(40) <= 30 for _ in range(50))


def test_a_failing_server_uses_the_budget_up_and_success_gives_it_back() -> None:
    budget = RetryBudget(left=2.0)
    assert [budget.take() for _ in range(3)] == [True, True, False]
    for _ in range(11):
        budget.refund()
    assert budget.take()

"""Objectives are judged by Prometheus itself: what burns a budget is told, and what does not is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.emit.observability import objectives
from codegen.ir.operations import Contract
from tests.codegen.contracts import contract_of
from tests.codegen.emit.observability.promtool import Labels, judge, promtool, written

GET, PUT, DELETE = "get_thing", "put_thing", "delete_thing"


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    """get_thing: 99.9 %, 99 % within 250 ms; put_thing: 99 %, 95 % within 1 s; delete_thing: nothing."""
    return contract_of("p83_objectives", tmp_path / "case")


def calls(operation: str, code: str, values: str, job: str = "case") -> dict[str, str]:
    labels = f'job="{job}", instance="{job}:1", operation="{operation}", door="http", code="{code}"'
    return {f"case_requests_total{{{labels}}}": values}


def times(operation: str, bound: str, in_time: str, all_of_them: str) -> dict[str, str]:
    labels = f'job="case", instance="case:1", operation="{operation}", door="http"'
    return {
        f'case_request_seconds_bucket{{{labels}, le="{bound}"}}': in_time,
        f'case_request_seconds_bucket{{{labels}, le="+Inf"}}': all_of_them,
        f"case_request_seconds_count{{{labels}}}": all_of_them,
    }


def fired(name: str, operation: str) -> Labels:
    return {"alertname": name, "operation": operation}


def both(name: str, operation: str) -> list[Labels]:
    """What pages burns the budget of the ticket as well."""
    return [fired(name, operation), fired(f"{name}Steadily", operation)]


UP_10 = "0+10x4500"
UP = {
    'up{job="case", instance="case:1"}': "1x4500",
    'case_build_info{job="case", instance="case:1", contract="c"}': "1x4500",
}
HOUR_OF_OUTAGE = "0x120 0+60x60"


@pytest.mark.parametrize(
    ("series", "at", "expected"),
    [
        pytest.param(calls(GET, "ok", UP_10), "3h", [], id="all-is-well"),
        pytest.param(
            calls(GET, "ok", "0+60x120 7200x60") | calls(GET, "unavailable", HOUR_OF_OUTAGE), "140m",
            both("OperationFails", GET), id="an-outage-is-told-within-20-minutes",
        ),
        pytest.param(
            calls(GET, "ok", UP_10) | calls(GET, "forbidden", UP_10) | calls(GET, "rate_limited", UP_10), "3h",
            [], id="what-a-caller-caused-does-not-count",
        ),
        pytest.param(
            calls(DELETE, "internal", UP_10), "3h", [], id="what-promises-nothing-wakes-nobody",
        ),
        pytest.param(
            calls(GET, "ok", "0+1000x4500") | calls(GET, "internal", "0+2x4500"), "74h",
            [fired("OperationFailsSteadily", GET)], id="twice-what-is-allowed-for-days-is-a-ticket",
        ),
        pytest.param(
            calls(PUT, "ok", "0+1000x4500") | calls(PUT, "internal", "0+2x4500"), "74h",
            [], id="the-same-is-within-another-operations-promise",
        ),
        pytest.param(
            calls(GET, "ok", "0 0 0 1x200") | calls(GET, "internal", "0 0 0 0 1 2x200"), "60m",
            [], id="a-few-calls-are-no-outage",
        ),
        pytest.param(
            calls(GET, "ok", UP_10, "other") | calls(GET, "ok", "0+60x120 7200x60")
            | calls(GET, "other", HOUR_OF_OUTAGE), "150m",
            both("OperationFails", GET), id="another-job-does-not-hide-it-and-the-unforeseen-counts",
        ),
        pytest.param(
            times(GET, "0.25", "0+50x400", "0+100x400"), "3h", both("OperationIsSlow", GET),
            id="half-of-the-answers-are-late",
        ),
        pytest.param(times(PUT, "1.0", "0+97x400", "0+100x400"), "3h", [], id="late-ones-within-the-promise"),
        pytest.param(times(GET, "0.25", "0+995x400", "0+1000x400"), "3h", [], id="late-ones-within-another-promise"),
    ],
)  # fmt: skip
def test_exactly_what_burns_a_budget_is_told(
    contract: Contract, tmp_path: Path, series: dict[str, str], at: str, expected: list[Labels]
) -> None:
    assert judge(tmp_path, contract, UP | series, at, expected, "5m" if at == "74h" else "1m") == ""


def test_an_outage_pages_nobody_soon_after_its_end(contract: Contract, tmp_path: Path) -> None:
    """The short window is for that: the long one would go on for an hour."""
    series = calls(GET, "ok", "0+60x120 7200x30 7200+60x60") | calls(GET, "unavailable", "0x120 0+60x30 1800x60")
    before = UP | series
    assert judge(tmp_path, contract, before, "149m", both("OperationFails", GET)) == ""
    assert judge(tmp_path, contract, before, "190m", [fired("OperationFailsSteadily", GET)]) == ""


def test_prometheus_takes_the_rules_of_every_contract(contract: Contract, tmp_path: Path) -> None:
    rules = written(tmp_path, contract)
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", *rules)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_is_allowed_is_the_exact_rest_of_what_is_promised(contract: Contract) -> None:
    (allowed,) = (one for one in objectives.recording_groups(contract) if one["name"] == "objectives")
    rules = allowed["rules"]
    assert isinstance(rules, list)
    said = {(one["labels"]["operation"], one["record"].split(":")[1], one["expr"]) for one in rules}
    assert said == {
        (GET, "case_failed_requests", "vector(0.001)"),
        (GET, "case_slow_requests", "vector(0.01)"),
        (PUT, "case_failed_requests", "vector(0.01)"),
        (PUT, "case_slow_requests", "vector(0.05)"),
    }


def test_a_contract_without_promises_has_no_alerts_on_operations(tmp_path: Path) -> None:
    plain = contract_of("p90_rest_alone", tmp_path)
    assert objectives.alerts(plain) == []
    assert [group["name"] for group in objectives.recording_groups(plain)] == ["shares", "shares-long"]

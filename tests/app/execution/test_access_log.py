"""Failed and slow requests always have a line, of the others a sample; a flood of lines is bounded and counted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.auth.principal import Principal
from app.execution.access_log import MAX_LINES, AccessLog
from app.execution.context import Call, Caller, Door
from app.telemetry.correlation import CURRENT, Correlation
from app.telemetry.logs import add_correlation
from generated.operations import OPERATIONS


async def nothing(context: Any, request: Any) -> None:
    return None


def call(door: Door = Door.HTTP) -> Call:
    return Call(OPERATIONS["get_artists"], nothing, dict, Caller(None, "192.0.2.1", "", door), "trace-1")


def events(log: AccessLog, code: str, seconds: float, door: Door = Door.HTTP) -> list[Any]:
    with capture_logs() as lines:
        log.note(call(door), code, seconds)
    return lines


@pytest.mark.parametrize(
    ("code", "seconds", "level"),
    [("ok", 0.01, None), ("forbidden", 0.01, None), ("cancelled", 0.01, None), ("ok", 1.0, "warning"), ("internal", 0.01, "warning"),
     ("unavailable", 0.01, "warning"), ("cancelled", 2.0, "warning")],
)  # fmt: skip
def test_without_a_sample_only_failures_of_ours_and_slow_ones_have_a_line(
    code: str, seconds: float, level: str | None
) -> None:
    lines = events(AccessLog(), code, seconds)
    assert [one["log_level"] for one in lines] == ([] if level is None else [level])


def test_a_probe_that_says_no_has_no_line_and_one_that_fails_has() -> None:
    """It is asked each second for as long as the node is not ready, and `readiness.changed` has said why."""
    probe = Call(OPERATIONS["readyz"], nothing, dict, Caller(None, "192.0.2.1", "", Door.HTTP), "trace-1")
    for code, seconds, lines in (("unavailable", 0.01, 0), ("unavailable", 1.0, 1), ("internal", 0.01, 1)):
        with capture_logs() as found:
            AccessLog().note(probe, code, seconds)
        assert len(found) == lines, code


def test_a_line_says_the_contract_s_path_and_the_status() -> None:
    [line] = events(AccessLog(), "unavailable", 0.0123)
    assert (line["method"], line["endpoint"], line["status"]) == ("GET", "/api/artists", 503)
    assert (line["event"], line["code"], line["duration_ms"]) == ("request.ended", "unavailable", 12.3)
    [socket] = events(AccessLog(), "unavailable", 0.01, Door.WEBSOCKET)
    assert "endpoint" not in socket


def test_so_large_a_part_has_a_line_as_the_setting_says() -> None:
    draws = iter([0.0, 0.24, 0.25, 0.9])
    log = AccessLog(sample=0.25, draw=lambda: next(draws))
    assert [len(events(log, "ok", 0.01)) for _ in range(4)] == [1, 1, 0, 0]


def test_nothing_is_slow_where_the_setting_is_0() -> None:
    assert events(AccessLog(slow_s=0.0), "ok", 1000.0) == []


def test_a_flood_is_bounded_and_counted() -> None:
    log = AccessLog()
    with capture_logs() as lines:
        for _ in range(MAX_LINES + 7):
            log.note(call(), "unavailable", 0.01)
    assert len(lines) + log.left_out == MAX_LINES + 7
    assert len(lines) >= MAX_LINES
    assert log.left_out > 0


async def test_a_second_after_a_flood_there_are_lines_again_and_the_first_says_how_many_were_left_out() -> None:
    log = AccessLog()
    with capture_logs() as lines:
        for _ in range(MAX_LINES + 7):
            log.note(call(), "unavailable", 0.01)
        before, left_out = len(lines), log.left_out
        async with asyncio.timeout(20):
            while len(lines) == before:
                await asyncio.sleep(0.1)
                log.note(call(), "unavailable", 0.01)
    assert lines[before]["left_out"] == log.left_out >= left_out


def test_the_status_of_a_success_is_the_handler_s_or_the_first_that_is_declared() -> None:
    one = call()
    for chosen, status in ((None, 200), (203, 203)):
        one.status = chosen
        with capture_logs() as lines:
            AccessLog(sample=1.0, draw=lambda: 0.99).note(one, "ok", 0.01)
        assert [(line["status"], line["log_level"], line["code"]) for line in lines] == [(status, "info", "ok")]


async def test_lines_of_users_who_come_at_once_are_each_his_own() -> None:
    """In tasks of one loop, and in the tasks that those begin."""

    async def request(number: int) -> list[dict[str, str]]:
        who = Principal("iss", f"user-{number}", "u", None, frozenset(), 0.0)
        CURRENT.set(Correlation(f"trace-{number}", f"operation-{number}", "http", who))
        told = []
        for _ in range(5):
            await asyncio.sleep(0)
            told.append(dict(add_correlation(None, "info", {})))
            told.append(dict(await asyncio.create_task(line())))
        return told

    async def line() -> Any:
        await asyncio.sleep(0)
        return add_correlation(None, "info", {})

    for number, told in enumerate(await asyncio.gather(*(request(number) for number in range(50)))):
        own = {
            "trace_id": f"trace-{number}",
            "operation": f"operation-{number}",
            "door": "http",
            "subject": f"iss:user-{number}",
        }
        assert told == [own] * 10
    assert add_correlation(None, "info", {}) == {}

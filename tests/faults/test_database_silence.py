"""PostgreSQL is there and says nothing, or says it late: every request still has its answer in time."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tests.faults.processes import end_of, paused
from tests.faults.proxy import Mode
from tests.faults.stage import Stage
from tests.faults.traffic import begin, clock, now_in, reads, writes
from tests.faults.vitals import unsound, watched
from tests.load import requests
from tests.load.openloop import offer
from tests.load.plan import MARK, Result, Stream

NOISE_S = 1.0
"""Two shared cores; the rule itself says 0.25 s (D14)."""
RECOVERY_S = 5.0
"""By itself, or by the signal that it raises again when it has stopped."""
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults")]


def assert_answered_by(result: Result, deadline_s: float) -> None:
    assert "\n".join(unsound([result])) == ""
    assert result.slowest_s <= deadline_s + NOISE_S, f"slowest answer after {result.slowest_s:.2f} s"


@pytest.mark.parametrize("silence_s", [4.0, pytest.param(30.0, marks=[pytest.mark.long, pytest.mark.timeout(300)])])
@pytest.mark.parametrize("mode", [Mode.SILENT, pytest.param(Mode.HALF, marks=pytest.mark.long)])
@pytest.mark.survives("F04")
async def test_requests_meet_their_deadline_while_the_database_is_black_holed(
    proxied: Stage, silence_s: float, mode: Mode
) -> None:
    """F04 (D21): the network to PostgreSQL swallows everything, or only the answers, under 100 requests a second. Each is
    answered by its deadline with 503 or 504, and 5 s after the end of the silence all succeed again."""
    seconds = 1.0 + silence_s + RECOVERY_S + 3.0
    streams = (reads(proxied, 50), writes(proxied, 50, deadline_ms=1000))
    async with watched(proxied):
        load = await begin(proxied, seconds, *streams)
        await proxied.database.switch(mode)
        await asyncio.sleep(silence_s)
        await proxied.database.switch(Mode.FORWARD)
        healed = clock()
        report = await load
    assert_answered_by(report.streams["reads"], 5.0)
    assert_answered_by(report.streams["writes"], 1.0)
    end_s = now_in(report, healed)
    for result in report.streams.values():
        assert result.first_ok_after(end_s) <= RECOVERY_S
        assert result.ok_between(end_s + RECOVERY_S, end_s + RECOVERY_S + 2.0) >= 90


@pytest.mark.survives("D14")
async def test_a_command_ends_by_its_deadline_while_the_database_is_frozen(proxied: Stage) -> None:
    """Fault 2 (D14): PostgreSQL is stopped by SIGSTOP and commands with a deadline of 0.5 s come in at both doors. Each is
    answered by then, and nothing is left behind when PostgreSQL goes on."""
    sockets = Stream(
        name="socket writes",
        rate=10,
        templates=[_framed_write()],
        greetings=[requests.open_socket(token) for token in proxied.tokens],
        connections=len(proxied.tokens),
    )
    async with watched(proxied):
        with paused(proxied.postgres):
            report = await offer(proxied.port, 2.0, writes(proxied, 10, deadline_ms=500), sockets)
        again = await offer(proxied.port, 1.0 + RECOVERY_S, reads(proxied, 20))
    for result in report.streams.values():
        assert_answered_by(result, 0.5)
    assert again.streams["reads"].ok_between(RECOVERY_S, RECOVERY_S + 1.0) >= 18


@pytest.mark.survives("D14")
async def test_a_late_database_costs_no_more_than_the_deadline(proxied: Stage) -> None:
    """Fault 2 (D14): each packet to and from PostgreSQL takes a second longer. Commands with a deadline of 0.5 s are
    refused by then, and those with 10 s succeed."""
    async with watched(proxied):
        proxied.database.latency_s = 0.5
        report = await offer(
            proxied.port,
            2.0,
            writes(proxied, 5, name="hurried", deadline_ms=500),
            writes(proxied, 1, name="patient", deadline_ms=15_000, timeout_s=20.0),
        )
        proxied.database.latency_s = 0.0
        await asyncio.sleep(RECOVERY_S)
        again = await offer(proxied.port, 1.0, reads(proxied, 20))
    assert_answered_by(report.streams["hurried"], 0.5)
    assert_answered_by(report.streams["patient"], 15.0)
    assert report.streams["hurried"].ok.count == 0
    assert again.streams["reads"].ok.count >= 18


@pytest.mark.survives("D26", "D14")
async def test_the_node_stops_in_time_while_the_database_is_silent(proxied: Stage) -> None:
    """Fault 2 (D26): SIGTERM while commands wait for a frozen PostgreSQL. They are answered with problems, never with a bare
    500, and the process ends within 15 s, with exit code 0."""
    with paused(proxied.postgres):
        load = await begin(proxied, 2.0, writes(proxied, 10, deadline_ms=5000))
        signalled = clock()
        os.kill(proxied.service.process.pid, signal.SIGTERM)
        took_s, code = await end_of(proxied.service.process.pid, 30.0)
        report = await load
    result, sent_before = report.streams["writes"], int(now_in(report, signalled) * 10)
    assert result.faults == []
    assert result.answered >= sent_before, f"of {sent_before} that came before the signal: {result}"
    assert (code, took_s <= 15.0) == (0, True), f"ended with {code} after {took_s:.1f} s"


def _framed_write() -> bytes:
    data = b'{"pkg_id":3,"req_id":"%s","data":{"name":"frozen %s"},"meta":{"timeout_ms":500}}'
    return requests.text(data % (requests.REQ_ID, MARK))

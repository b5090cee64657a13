"""What is refused before its operation begins is counted by whom and why, and nobody makes a new label."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.admission import shares as module
from app.admission.shares import Shares
from app.admission.tally import Refused, Tally
from generated.errors import Unavailable
from generated.operations import Priority
from tests.faults.raw import Peer, request
from tests.running_service import RunningService


async def refused_at(service: RunningService) -> Mapping[tuple[str, str], float]:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        text = (await client.get("/metrics")).text
    family = next(one for one in text_string_to_metric_families(text) if one.name == "stele_refused")
    return {(one.labels["by"], one.labels["reason"]): one.value for one in family.samples}


async def refuse(service: RunningService, data: bytes) -> None:
    async with await Peer.open(service.port, data) as peer:
        await peer.answer()


@pytest.mark.survives("D22", "D29")
async def test_what_the_guard_refuses_is_in_the_metrics(service: RunningService) -> None:
    """What the guard refuses is counted in `stele_refused_total` by who refused it and why, a label for each and no other."""
    before = await refused_at(service)
    upgrade = ("Upgrade: websocket", "Connection: Upgrade")
    await refuse(service, request("GET /", host=b""))
    await refuse(service, request("GET /web", *upgrade))
    body = request("POST /auth/login", "Transfer-Encoding: chunked", "Content-Type: application/json")
    await refuse(service, body + b"no chunk\r\n")
    after = await refused_at(service)
    assert set(before) == set(after) == {one.value for one in Refused}
    grown = {labels for labels, count in after.items() if count > before[labels]}
    assert grown == {("guard", "head"), ("guard", "handshake"), ("guard", "body")}


async def test_what_shares_refuse_is_told_apart() -> None:
    tally = Tally()
    shares = Shares(1, tally=tally)
    assert shares.enter_at_once("holder")
    callers = [f"caller {number // module.MAX_WAITING_PER_CALLER}" for number in range(module.WAITING_PER_PLACE)]
    waiting = [asyncio.create_task(shares.enter(Priority.READ, caller)) for caller in callers]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await shares.enter(Priority.READ, "one too many")
    await asyncio.gather(*waiting, return_exceptions=True)
    assert tally.counts()[Refused.SHARE_QUEUE] == 1
    assert tally.counts()[Refused.SHARE_WAIT] == len(waiting)
    wide = Shares(8, tally=tally)
    for _ in range(wide.share):
        assert wide.enter_at_once("greedy")
    own = [asyncio.create_task(wide.enter(Priority.READ, "greedy")) for _ in range(module.MAX_WAITING_PER_CALLER + 1)]
    await asyncio.gather(*own, return_exceptions=True)
    assert tally.counts()[Refused.SHARE_CALLER] == 1

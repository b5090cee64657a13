"""What its metrics cost a request: how often a request of the service is counted and timed, as `/metrics` tells, times what that costs.

A service always counts, so that there is none without metrics to measure beside it. What one number costs is measured here, on objects
of the same classes; background tasks, which count as well, are left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.family import Kind
from app.telemetry.metrics.values import Count, Times

REQUESTS, REPEATS, TRIES = 200, 20_000, 5
OF_REQUESTS = ("requests_", "request_", "database_", "redis_", "limiter_", "audit_")
"""How the families begin that a request adds to."""


@dataclass(frozen=True)
class Counted:
    """Of one request: counters that it adds to, times that it measures, and the processor time of both."""

    counters: float
    times: float
    cpu_us: float

    def line(self, name: str, of_us: float) -> str:
        """`of_us` is what the request costs in all."""
        share = 100 * self.cpu_us / of_us
        return f"metrics of {name}: {self.counters:.1f} counters, {self.times:.1f} times, {self.cpu_us:.2f} µs, {share:.1f} % of its CPU"


async def counted(url: str, path: str, token: str) -> Counted:
    """Of a GET, on average of 200. Raises httpx2.HTTPStatusError where one is refused."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=30) as client:
        before = await _told(client)
        for _ in range(REQUESTS):
            (await client.get(path)).raise_for_status()
        after = await _told(client)
    counters, times = ((after[kind] - before[kind]) / REQUESTS for kind in (Kind.COUNTER, Kind.HISTOGRAM))
    return Counted(counters, times, counters * _cost_us(_count()) + times * _cost_us(_time()))


async def _told(client: httpx2.AsyncClient) -> dict[Kind, float]:
    """How often the worker has counted and measured for requests."""
    text = (await client.get("/metrics")).raise_for_status().text
    kinds = {one.value.full_name: one.value.kind for one in Catalogue if one.value.name.startswith(OF_REQUESTS)}
    found = {Kind.COUNTER: 0.0, Kind.HISTOGRAM: 0.0}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            stem = sample.name.removesuffix("_count")
            if (kind := kinds.get(stem)) in found and (kind is Kind.HISTOGRAM) == (stem != sample.name):
                found[kind] += sample.value
    return found


def _count() -> Callable[[], None]:
    count = Count()

    def add() -> None:
        count.value += 1

    return add


def _time() -> Callable[[], None]:
    """With the two looks at the clock."""
    times = Times(Catalogue.REQUEST_SECONDS.value.bounds)

    def measure() -> None:
        began = time.perf_counter()
        times.observe(time.perf_counter() - began)

    return measure


def _cost_us(act: Callable[[], None]) -> float:
    """The least of some tries, each of 20,000, so that whatever else runs counts little."""
    found = []
    for _ in range(TRIES):
        began = time.process_time()
        for _ in range(REPEATS):
            act()
        found.append((time.process_time() - began) / REPEATS)
    return min(found) * 1e6

"""What metrics cost a request is worked out from what the service itself says that it has counted."""

from __future__ import annotations

import httpx2
import pytest

from tests.load.cells import PAGE
from tests.load.counting import Counted, counted
from tests.running_service import RunningService


async def test_a_page_is_counted_once_timed_once_and_so_is_what_it_asks(service: RunningService) -> None:
    """A page is one request, at least one statement, and one decision of the limiter, which is one command of Redis."""
    found = await counted(service.url, PAGE, await service.token("admin"))
    assert 2 <= found.counters < 20
    assert 3 <= found.times < 20
    assert 0 < found.cpu_us < 1000


async def test_what_is_refused_is_no_measurement(service: RunningService) -> None:
    with pytest.raises(httpx2.HTTPStatusError):
        await counted(service.url, "/api/artists/paginated", "no token")


def test_the_line_says_its_part_of_the_whole() -> None:
    line = Counted(2.0, 4.0, 1.5).line("HTTP page 64c", 150.0)
    assert line == "metrics of HTTP page 64c: 2.0 counters, 4.0 times, 1.50 µs, 1.0 % of its CPU"

"""A visit for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.console.visits import Visit, visit
from tests.running_service import RunningService


@pytest.fixture
async def console(service: RunningService) -> AsyncIterator[Visit]:
    """In the end the browser has had nothing to complain of, and nobody else was asked for anything."""
    async with visit(service.url) as visitor:
        yield visitor
        assert (visitor.complaints, visitor.strangers) == ([], [])

"""Clients of the running service for the tests of its features: each of the four doors in turn, as a user of the realm; and
what the service has done."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Protocol, TypeVar

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from generated.client import AsyncClient, AsyncEventStream
from generated.product import NAME
from tests.running_service import RunningService

Record = TypeVar("Record")

ABSENT = 2**53 - 1
"""An id that nothing has."""


class Connect(Protocol):
    async def __call__(self, user: str, *, follows: bool = False) -> AsyncClient:
        """A client of this test's door; one that follows events has the socket at any door, since they come there alone."""


@pytest.fixture(params=[("http", "json"), ("http", "protobuf"), ("ws", "json"), ("ws", "protobuf")], ids="-".join)
async def connect(service: RunningService, request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """A test that takes this runs four times. Nothing is tried again, so that a test sees each answer."""
    transport, encoding = request.param
    async with AsyncExitStack() as clients:

        async def opened(user: str, *, follows: bool = False) -> AsyncClient:
            client = AsyncClient(
                service.url,
                token=await service.token(user),
                transport="ws" if follows else transport,
                encoding=encoding,
                max_retries=0,
            )
            return await clients.enter_async_context(client)

        yield opened


async def statements(service: RunningService) -> Counter[str]:
    """How often the service has sent each statement to PostgreSQL, by name. Its own tasks send some at any time."""
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as http:
        page = (await http.get("/metrics")).text
    samples = (one for family in text_string_to_metric_families(page) for one in family.samples)
    counted = f"{NAME}_database_statement_seconds_count"
    return Counter({one.labels["statement"]: int(one.value) for one in samples if one.name == counted})


async def heard(stream: AsyncEventStream[Record], wanted: Record) -> None:
    """Waits until the stream has this event; others may come before it. Raises TimeoutError after 20 s."""
    async with asyncio.timeout(20):
        async for event in stream:
            if event.data == wanted:
                return
    raise AssertionError("the stream has ended")

"""For the audit log's tests: databases with every table, each test's own."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest

from app.development.servers import Postgres
from tests.app.audit.stored import Stored
from tests.databases import copy_of, migrated_database


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """The name of a database that nobody is connected to."""
    migrated_database(postgres, "audit template")
    return "audit template"


@pytest.fixture
async def stored(postgres: Postgres, template: str) -> AsyncIterator[Stored]:
    url = await asyncio.to_thread(copy_of, postgres, template, f"audit {uuid.uuid4().hex[:8]}")
    opened = Stored(url)
    yield opened
    await opened.close()

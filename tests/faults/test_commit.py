"""C02: no answer is OK for a write that was not committed, and an unknown outcome is resolved by the same key."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from app.development.servers import Postgres, Valkey
from tests.doors import Door, rest, socket
from tests.faults.proxy import Proxy
from tests.running_service import RunningService


@pytest.fixture
async def proxy(postgres: Postgres) -> AsyncIterator[Proxy]:
    async with Proxy(postgres.port) as running:
        yield running


@pytest.fixture
async def service_behind_proxy(
    proxy: Proxy, postgres: Postgres, valkey: Valkey, tmp_path: Path
) -> AsyncIterator[RunningService]:
    url = postgres.url.replace(str(postgres.port), str(proxy.port))
    running = RunningService(tmp_path / "proxied", url, valkey.url)
    await asyncio.to_thread(running.__enter__)
    yield running
    await asyncio.to_thread(running.__exit__, None, None, None)


async def names_like(postgres: Postgres, prefix: str) -> set[str]:
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    rows = await connection.fetch("SELECT name FROM artist WHERE name LIKE $1", f"{prefix}%")
    await connection.close()
    return {row["name"] for row in rows}


@pytest.mark.survives("C02", "C11")
async def test_a_cut_during_commit_is_an_unknown_outcome_that_the_same_key_resolves(
    service_behind_proxy: RunningService, proxy: Proxy, postgres: Postgres
) -> None:
    """C02, C11 (D1, D4): PostgreSQL's connection is cut while it commits, for calls over REST and for frames. The caller is told
    `outcome_unknown`; the same key, in a frame the same req_id, is answered with the one effect that there is."""
    prefix, token = uuid.uuid4().hex, await service_behind_proxy.token("editor")
    for make in (rest, socket):
        async with make(service_behind_proxy.url, token) as door:
            for index in range(10):
                await cut_and_ask_again(proxy, door, f"{prefix} {make.__name__} {index}")
    assert proxy.cuts >= 20, "a commit of the node's own tasks may have been cut, too"
    assert await names_like(postgres, prefix) == {
        f"{prefix} {make.__name__} {index}" for make in (rest, socket) for index in range(10)
    }


async def cut_and_ask_again(proxy: Proxy, door: Door, name: str) -> None:
    key = str(uuid.uuid4())
    proxy.cut_on = b"COMMIT"
    first = await door.call("create_artist", key=key, name=name)
    proxy.cut_on = None
    assert (first.code, first.status) == ("outcome_unknown", 503)
    assert first.retry_after_s is not None
    assert first.retry_after_s >= 1
    again = await door.call("create_artist", key=key, name=name)
    while again.code in ("request_in_progress", "unavailable"):
        await asyncio.sleep(0.1)
        again = await door.call("create_artist", key=key, name=name)
    assert (again.code, again.value["name"]) == ("ok", name)


async def test_a_connection_that_ends_before_commit_is_refused_and_leaves_nothing(
    service_behind_proxy: RunningService, proxy: Proxy, postgres: Postgres
) -> None:
    prefix = uuid.uuid4().hex
    acknowledged: set[str] = set()
    async with rest(service_behind_proxy.url, await service_behind_proxy.token("editor")) as door:
        for index in range(40):
            name = f"{prefix} {index}"
            proxy.cut_on = b"INTO audit_log" if index % 2 else None
            answer = await door.call("create_artist", name=name)
            assert answer.code in ("ok", "unavailable", "outcome_unknown")
            if answer.code == "ok":
                acknowledged.add(name)
    assert await names_like(postgres, prefix) == acknowledged


async def test_a_commit_that_postgresql_refuses_is_never_ok(service: RunningService, postgres: Postgres) -> None:
    """A deferred constraint trigger fails at COMMIT, for these names only."""
    prefix = uuid.uuid4().hex
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    await connection.execute(
        f"CREATE FUNCTION fail_{prefix}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE integrity_constraint_violation; END $$;"
        f"CREATE CONSTRAINT TRIGGER fail_{prefix} AFTER INSERT ON artist DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        f"WHEN (NEW.name LIKE '{prefix}%') EXECUTE FUNCTION fail_{prefix}()"
    )
    try:
        async with rest(service.url, await service.token("editor")) as door:
            answers = await asyncio.gather(
                *(door.call("create_artist", name=f"{prefix} {index}") for index in range(50))
            )
    finally:
        await connection.execute(f"DROP TRIGGER fail_{prefix} ON artist; DROP FUNCTION fail_{prefix}()")
        await connection.close()
    assert {(answer.code, answer.status) for answer in answers} == {("unavailable", 503)}
    assert await names_like(postgres, prefix) == set()

"""Redis is looked at as it is: there, away, refusing us, or forgetful. A real one answers."""

from __future__ import annotations

from redis.asyncio import Redis

from app.development.servers import Valkey, free_port
from app.diagnosis.findings import State
from app.diagnosis.redis import look
from tests.app.test_settings import settings


async def test_a_good_one_is_told_with_its_version_and_clock(valkey: Valkey) -> None:
    found = await look(settings(redis_url=valkey.url))
    assert {one.state for one in found} == {State.OK}
    assert found[0].said.startswith("Valkey ")


async def test_one_that_forgets_when_it_is_full_is_a_warning(valkey: Valkey) -> None:
    client = Redis.from_url(valkey.url)
    await client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        [found] = [one for one in await look(settings(redis_url=valkey.url)) if one.state is State.WARNING]
    finally:
        await client.config_set("maxmemory-policy", "noeviction")
        await client.aclose()
    assert "allkeys-lru" in found.said


async def test_one_that_refuses_us_is_a_fault_without_the_password(valkey: Valkey) -> None:
    [found] = await look(settings(redis_url=valkey.url.replace("redis://", "redis://nobody:hunter2@")))
    assert (found.state, "hunter2" in found.line) == (State.FAULT, False)


async def test_one_that_is_away_is_said_with_its_address() -> None:
    port = free_port()
    [found] = await look(settings(redis_url=f"redis://127.0.0.1:{port}"))
    assert (found.state, f"127.0.0.1:{port}" in found.said) == (State.AWAY, True)

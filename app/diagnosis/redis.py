"""Looks at Redis or Valkey, at each server that has data: whether it takes us, its version, its clock and what it does when it is full. Changes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError, RedisError

from app.addresses import SENTINEL, masked, redis_nodes
from app.diagnosis.clock import skew
from app.diagnosis.findings import Finding, State
from app.diagnosis.redis_nodes import REFUSALS, URL, look_at_cluster, look_at_sentinels
from app.settings import Settings

WITHIN_S = 2.0
"""For connecting and all questions."""
MICROS = 1_000_000


async def look(settings: Settings) -> list[Finding]:
    """Raises nothing for what a server or a network does."""
    url = settings.redis_url.get_secret_value()
    nodes = redis_nodes(url)
    if nodes is None:
        return await _look_at(url)
    findings, masters = await (look_at_sentinels if nodes.kind == SENTINEL else look_at_cluster)(nodes)
    looked = await asyncio.gather(*(_look_at(one) for one in masters))
    return [*findings, *(finding for one in looked for finding in one)]


async def _look_at(url: str) -> list[Finding]:
    """At one server."""
    where = masked(url)
    try:
        client = Redis.from_url(url, socket_connect_timeout=1.0, socket_timeout=1.0, retry=Retry(NoBackoff(), 0))
    except (ValueError, OSError) as error:
        return [Finding(URL, State.FAULT, f"{where} cannot be used: {error}", "mend the URL")]
    try:
        async with asyncio.timeout(WITHIN_S):
            return list(_judged(where, *await _ask(client)))
    except REFUSALS as error:
        return [Finding(URL, State.FAULT, f"{where} refuses us: {error}", "mend user, password or database in it")]
    except (RedisError, OSError, TimeoutError) as error:
        said = "it is silent" if isinstance(error, TimeoutError) else str(error)
        return [Finding(URL, State.AWAY, f"{where} does not answer: {said}", "start it, or mend the URL")]
    finally:
        await client.aclose()


async def _ask(client: Redis) -> tuple[dict[str, Any], float, float]:
    """What the server says of itself, its clock, and how long that was under way. INFO may be forbidden: then nothing."""
    await client.ping()
    begun = time.monotonic()
    seconds, micros = await client.time()
    passed_s = time.monotonic() - begun
    try:
        info = await client.info()
    except NoPermissionError:
        info = {}
    return info, seconds + micros / MICROS, passed_s


def _judged(where: str, info: dict[str, Any], clock: float, passed_s: float) -> Iterator[Finding]:
    is_valkey = "valkey_version" in info
    version = info.get("valkey_version") or info.get("redis_version") or "of a version that it does not tell"
    yield Finding(URL, State.OK, f"{'Valkey' if is_valkey else 'Redis'} {version} at {where}")
    if info.get("role") == "slave":
        yield Finding(URL, State.AWAY, f"{where} is a replica, which takes no writes", "name the primary")
    if info.get("maxmemory_policy", "noeviction") != "noeviction":
        policy = f"maxmemory-policy is {info['maxmemory_policy']}: a full server forgets limits and events"
        yield Finding(URL, State.WARNING, policy, "set it to noeviction")
    yield from skew("Redis", clock, passed_s)

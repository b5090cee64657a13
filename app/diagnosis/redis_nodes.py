"""Looks at the servers that say where the data is: sentinels, and the nodes of a cluster. Changes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError
from redis.utils import str_if_bytes

from app.addresses import RedisNodes
from app.db.cluster_redis import slots_at
from app.db.sentinel_redis import sentinel_options
from app.diagnosis.findings import Finding, State

URL = "REDIS_URL"
REFUSALS = (AuthenticationError, NoPermissionError, ResponseError)
Place = tuple[str, int]
Found = tuple[list[Finding], list[str]]
"""What there is to say, and the URL of each server that has data."""


async def look_at_sentinels(nodes: RedisNodes) -> Found:
    """Of the masters that are named, more than one only where sentinels differ. Raises nothing."""
    make: Any = Sentinel  # redis-py says no types here
    asked = make(list(nodes.nodes), sentinel_kwargs=sentinel_options(nodes))
    try:
        answers = await asyncio.gather(
            *(one.sentinel_get_master_addr_by_name(nodes.service) for one in asked.sentinels), return_exceptions=True
        )
    finally:
        await asked.aclose()
    told = dict(zip(nodes.nodes, answers, strict=True))
    named = Counter(one for one in answers if isinstance(one, tuple))
    masters = [(str_if_bytes(host), int(port)) for host, port in named]
    return [*_of_sentinels(nodes, told, masters)], [nodes.url(*one) for one in masters]


def _of_sentinels(nodes: RedisNodes, told: Mapping[Place, Any], masters: Sequence[Place]) -> Iterator[Finding]:
    for place, answer in told.items():
        where = f"the sentinel at {_spelled(place)}"
        if isinstance(answer, REFUSALS):
            yield Finding(URL, State.FAULT, f"{where} refuses us: {answer}", "mend its login in the query")
        elif isinstance(answer, BaseException):
            state = State.WARNING if masters else State.AWAY
            yield Finding(URL, state, f"{where} does not answer: {answer or type(answer).__name__}", "start it")
        elif answer is None:
            yield Finding(URL, State.FAULT, f"{where} watches no {nodes.service}", "mend the service behind the hosts")
    if len(masters) > 1:
        said = f"the sentinels name {len(masters)} masters: {', '.join(map(_spelled, masters))}"
        yield Finding(URL, State.WARNING, said, "wait for the end of a failover, or mend what they watch")
    elif masters:
        yield Finding(URL, State.OK, f"the master of {nodes.service} is {_spelled(masters[0])}")


async def look_at_cluster(nodes: RedisNodes) -> Found:
    """As the first of the named nodes that answers sees it. Raises nothing."""
    failures: list[Finding] = []
    for place in nodes.nodes:
        try:
            slots = await slots_at(nodes.url(*place), place[0])
            is_strict = await _needs_all(nodes.url(*place))
        except (RedisError, OSError) as error:
            failures.append(_failure(place, error))
            continue
        masters = dict.fromkeys((str(one["primary"][0]), int(one["primary"][1])) for one in slots.values())
        away = [Finding(URL, State.WARNING, one.said, one.advice) for one in failures]
        owned = sum(last - first + 1 for first, last in slots)
        return [*away, *_of_cluster(len(masters), owned, is_strict=is_strict)], [nodes.url(*one) for one in masters]
    return failures, []


def _failure(place: Place, error: Exception) -> Finding:
    where = f"the node at {_spelled(place)}"
    if isinstance(error, REFUSALS):
        return Finding(URL, State.FAULT, f"{where} refuses us: {error}", "mend the login, or name nodes of a cluster")
    return Finding(
        URL, State.AWAY, f"{where} does not answer: {error or type(error).__name__}", "start it, or mend the URL"
    )


async def _needs_all(url: str) -> bool:
    """Whether a cluster without one of its slots serves none; False where it may not be asked."""
    client: Any = Redis.from_url(url, socket_connect_timeout=1.0, socket_timeout=1.0)
    try:
        told = await client.config_get("cluster-require-full-coverage")
    except ResponseError:
        return False
    finally:
        await client.aclose()
    return bool(told.get("cluster-require-full-coverage") == "yes")


def _of_cluster(masters: int, owned: int, *, is_strict: bool) -> Iterator[Finding]:
    if owned < SLOTS:
        yield Finding(URL, State.FAULT, f"{SLOTS - owned} slots of the cluster have no master", "give them one")
    else:
        yield Finding(URL, State.OK, f"a cluster of {masters} masters")
    if is_strict:
        said = "cluster-require-full-coverage is yes: without one of its masters the cluster serves nothing"
        yield Finding(URL, State.WARNING, said, "set it to no")


def _spelled(place: Place) -> str:
    return f"{place[0]}:{place[1]}"

"""Honest traffic for a stage: reads and writes of its users at a fixed rate, and what they were told of their writes."""

from __future__ import annotations

import asyncio
import time
import uuid

from tests.faults.history import History, connect
from tests.faults.stage import Stage
from tests.load import requests
from tests.load.openloop import offer
from tests.load.plan import Report, Result, Stream

PAGE = "/api/artists/paginated?page=1&per_page=20"
WARM_S = 1.5
LOCKED_S = 0.3
READERS = 15


def reads(
    stage: Stage, rate: float, *, name: str = "reads", deadline_ms: int | None = None, timeout_s: float = 10.0
) -> Stream:
    return Stream(
        name=name,
        rate=rate,
        templates=[requests.get(PAGE, token, _deadline(deadline_ms)) for token in stage.tokens],
        sources=addresses(len(stage.tokens)),
        timeout_s=timeout_s,
    )


def socket_reads(stage: Stage, rate: float, *, name: str = "socket reads") -> Stream:
    """Each user has one socket."""
    return Stream(
        name=name,
        rate=rate,
        templates=[requests.call(2, b'{"page":1,"per_page":20}')],
        greetings=[requests.open_socket(token) for token in stage.tokens],
        connections=len(stage.tokens),
        sources=addresses(len(stage.tokens)),
    )


def addresses(count: int) -> tuple[str, ...]:
    """Of honest users: each has its own, so that none spends another's budget."""
    return tuple(f"127.0.1.{number + 1}" for number in range(count))


def writes(
    stage: Stage,
    rate: float,
    *,
    prefix: str = "",
    name: str = "writes",
    deadline_ms: int | None = None,
    timeout_s: float = 10.0,
) -> Stream:
    """Each creates an artist whose name begins with the prefix."""
    label = prefix or uuid.uuid4().hex
    return Stream(
        name=name,
        rate=rate,
        templates=[requests.create(label, token, _deadline(deadline_ms)) for token in stage.tokens],
        sources=addresses(len(stage.tokens)),
        timeout_s=timeout_s,
        keeps_acked=True,
    )


def remember(history: History, stage: Stage, result: Result) -> None:
    """The acknowledged writes of a stream with the history's prefix; its templates were the users' in turn."""
    for number in result.acked:
        actor = f"u{number % len(stage.tokens)}"
        history.acknowledged[requests.created_name(history.prefix, number)] = actor


async def warm(stage: Stage) -> None:
    """Connections, caches and memory are as they are in use."""
    if not stage.is_warm:
        stage.is_warm = True
        await offer(stage.port, WARM_S, reads(stage, 100), writes(stage, 50), socket_reads(stage, 50))
    await _fill_pool(stage)


async def _fill_pool(stage: Stage) -> None:
    """A lock makes reads wait until every connection of the pool is there."""
    connection = await connect(stage.database_url)
    async with connection.transaction():
        await connection.execute("LOCK artist IN ACCESS EXCLUSIVE MODE")
        waiting = [asyncio.create_task(_read(stage.port, token)) for token in stage.tokens[:READERS]]
        await asyncio.sleep(LOCKED_S)
    await connection.close()
    await asyncio.gather(*waiting)


async def _read(port: int, token: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(requests.get(PAGE, token, "Connection: close\r\n"))
    await asyncio.wait_for(reader.read(), 10.0)
    writer.close()


async def begin(stage: Stage, seconds: float, *streams: Stream) -> asyncio.Task[Report]:
    """The load runs when this returns."""
    task = asyncio.create_task(offer(stage.port, seconds, *streams))
    await asyncio.sleep(1.0)
    return task


def now_in(report: Report, moment: float) -> float:
    """A moment of the monotonic clock in seconds after the load began."""
    return moment - report.began


def clock() -> float:
    return time.monotonic()


def _deadline(milliseconds: int | None) -> str:
    return f"Request-Timeout-Ms: {milliseconds}\r\n" if milliseconds else ""

"""`python -m app tail`: follows what happens on all nodes, audit rows and events, as it is stored. Ends with ^C.

Audit rows are read from PostgreSQL each second, also those that were committed in another order than they were numbered; events
from their streams in Redis. One that goes away ends it with 69.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
import structlog
from redis.exceptions import RedisError

from app.broadcast.redis_stream import Keys
from app.broadcast.stream_reader import StreamReader
from app.commands.printable import printable
from app.configuration.reading import Configuration
from app.db.database import reason_of
from app.db.pipelined_redis import RedisConnection
from app.db.redis_connections import make_connection
from app.exit_codes import FAILED, OK, UNAVAILABLE
from app.settings import Settings
from generated.operations import TOPICS
from generated.product import NAME

EVERY_S = 1.0
LOOK_S = 0.02
BATCH = 200
ANSWER_S = 5.0
LATE_IDS = 1000
"""So many numbers back a row may still be committed."""
NEWEST = "SELECT coalesce(max(id), 0) FROM audit_log"
ROWS = """
SELECT id, at, username, action, outcome, code, door, object_id, ip, trace_id, reason FROM audit_log
WHERE id > $1 AND NOT id = ANY($2::bigint[]) AND ($3::text IS NULL OR username = $3) AND ($4::text IS NULL OR action = $4)
ORDER BY id LIMIT 500
"""
Line = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="?", choices=("all", "audit", "events"), default="all", help="all, if nothing is said"
    )
    parser.add_argument("--user", help="audit rows of this user only")
    parser.add_argument("--action", help="audit rows of this operation only")
    parser.add_argument("--json", action="store_true", help="an object a line, for programs")


def run(options: argparse.Namespace) -> int:
    """Until a signal ends it, or the reader of what it prints goes away. 1 where there is nothing to follow."""
    configuration: Configuration = options.configuration
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        return asyncio.run(follow(configuration.settings, options))
    except KeyboardInterrupt:
        return OK


async def follow(settings: Settings, options: argparse.Namespace, topics: Collection[str] = TOPICS) -> int:
    """Answers the exit code."""
    if options.what == "events" and not topics:
        print("events: the contract has no topic, so there is none to follow", file=sys.stderr)
        return FAILED
    async with AsyncExitStack() as stack:
        sources: list[AsyncIterator[Line]] = []
        if options.what != "events":
            sources.append(audit_rows(settings.database_url.get_secret_value(), options.user, options.action))
        if options.what != "audit" and topics:
            connection = await stack.enter_async_context(_kept(settings.redis_url.get_secret_value()))
            sources += streams(connection, topics)
        return await _print_all(sources, is_json=options.json)


@asynccontextmanager
async def _kept(url: str) -> AsyncIterator[RedisConnection]:
    """It finds where the streams are, unless the URL says so."""
    connection = make_connection(url)
    if connection.url_of(NAME) is not None:
        yield connection
        return
    keeper = asyncio.create_task(connection.run())
    try:
        yield connection
    finally:
        _cancel([keeper])
        await asyncio.gather(keeper, return_exceptions=True)


async def _print_all(sources: Iterable[AsyncIterator[Line]], *, is_json: bool) -> int:
    """Until one ends."""
    tasks = [asyncio.create_task(_print(one, is_json=is_json)) for one in sources]
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _cancel, tasks)
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    _cancel(list(rest))
    await asyncio.gather(*rest, return_exceptions=True)
    failed = next((one.exception() for one in done if not one.cancelled() and one.exception()), None)
    if failed is None:
        return OK
    if not isinstance(failed, OSError | asyncpg.PostgresError | asyncpg.InterfaceError | RedisError):
        raise failed
    print(f"what is followed does not answer: {reason_of(failed)}", file=sys.stderr)
    return UNAVAILABLE


def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()


async def _print(source: AsyncIterator[Line], *, is_json: bool) -> None:
    async for line in source:
        try:
            print(json.dumps(line, default=str) if is_json else as_text(line), flush=True)
        except BrokenPipeError:
            return  # Who reads it has enough; see `python -m app`.


def as_text(line: Line) -> str:
    """What is there, in the order that it has."""
    return "  ".join(f"{name}={printable(value)}" for name, value in line.items() if value is not None)


async def audit_rows(url: str, user: str | None, action: str | None) -> AsyncIterator[Line]:
    """From now on. Raises asyncpg's errors and OSError."""
    connection = await asyncpg.connect(url, timeout=ANSWER_S, command_timeout=ANSWER_S)
    try:
        first = last = await connection.fetchval(NEWEST)
        seen: set[int] = set()
        while True:
            rows = await connection.fetch(ROWS, max(first, last - LATE_IDS), list(seen), user, action)
            for row in rows:
                fields = dict(row)
                yield {"audit": fields.pop("at").isoformat(timespec="milliseconds"), **fields}
            last = max([last, *(row["id"] for row in rows)])
            seen = {one for one in (*seen, *(row["id"] for row in rows)) if one > last - LATE_IDS}
            await asyncio.sleep(0 if rows else EVERY_S)
    finally:
        connection.terminate()


def streams(connection: RedisConnection, followed: Iterable[str]) -> list[AsyncIterator[Line]]:
    """Of these topics, those together that one read may name."""
    topics = {Keys.of(NAME, topic).stream: topic for topic in followed}
    groups = connection.together(list(topics))
    return [
        events({stream: topics[stream] for stream in group}, partial(connection.url_of, group[0])) for group in groups
    ]


async def events(topics: Mapping[str, str], locate: Callable[[], str | None]) -> AsyncIterator[Line]:
    """From now on, of the topics of these streams, once it is known where they are. Raises redis' errors and OSError."""
    async with aclosing(StreamReader(locate)) as reader:
        await _wait_for(locate)
        positions = {stream: await reader.last(stream) for stream in topics}
        while True:
            for name, entries in await reader.read(positions, count=BATCH):
                for entry, fields in entries:
                    positions[name.decode()] = entry
                    yield _told(topics[name.decode()], entry, fields)


async def _wait_for(locate: Callable[[], str | None]) -> None:
    """Until somebody says which server has the streams, for a few seconds; then the reader finds that nobody does."""
    for _ in range(round(ANSWER_S / LOOK_S)):
        if locate() is not None:
            return
        await asyncio.sleep(LOOK_S)


def _told(topic: str, entry: bytes, fields: dict[bytes, bytes]) -> Line:
    return {
        "event": topic,
        "offset": int(entry.rpartition(b"-")[2]),
        "pkg_id": int(fields[b"pkg_id"]),
        "event_id": fields[b"event_id"].decode(),
        "data": fields[b"event"].decode(),
    }

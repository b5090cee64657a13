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
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import aclosing
from typing import Any

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.broadcast.redis_stream import Keys
from app.commands.printable import printable
from app.configuration.reading import Configuration
from app.db.database import reason_of
from app.exit_codes import FAILED, OK, UNAVAILABLE
from app.settings import Settings
from generated.operations import TOPICS
from generated.product import NAME

EVERY_S = 1.0
BLOCK_MS = 1000
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
    try:
        return asyncio.run(follow(configuration.settings, options))
    except KeyboardInterrupt:
        return OK


async def follow(settings: Settings, options: argparse.Namespace, topics: Collection[str] = TOPICS) -> int:
    """Answers the exit code."""
    sources: list[AsyncIterator[Line]] = []
    if options.what != "events":
        sources.append(audit_rows(settings.database_url.get_secret_value(), options.user, options.action))
    if options.what != "audit" and topics:
        sources.append(events(settings.redis_url.get_secret_value(), topics))
    if not sources:
        print("events: the contract has no topic, so there is none to follow", file=sys.stderr)
        return FAILED
    tasks = [asyncio.create_task(_print(one, is_json=options.json)) for one in sources]
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


async def events(url: str, followed: Iterable[str]) -> AsyncIterator[Line]:
    """From now on, of these topics. Raises redis' errors and OSError."""
    topics = {Keys.of(NAME, topic).stream: topic for topic in followed}
    async with aclosing(Redis.from_url(url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S)) as reader:
        positions: dict[Any, Any] = {}
        for stream in topics:
            last = await reader.xrevrange(stream, count=1)
            positions[stream] = last[0][0] if last else "0-0"
        while True:
            found: Any = await reader.xread(positions, block=BLOCK_MS)
            for stream, entries in found or ():
                for entry, fields in entries:
                    positions[stream.decode()] = entry
                    yield _told(topics[stream.decode()], entry, fields)


def _told(topic: str, entry: bytes, fields: dict[bytes, bytes]) -> Line:
    return {
        "event": topic,
        "offset": int(entry.rpartition(b"-")[2]),
        "pkg_id": int(fields[b"pkg_id"]),
        "event_id": fields[b"event_id"].decode(),
        "data": fields[b"event"].decode(),
    }

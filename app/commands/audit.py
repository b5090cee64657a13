"""`python -m app audit`: proves that audit rows are as they were written, takes them out, lets the oldest go, and says which rights it takes.

`verify` ends with 1 where a row or the chain is not as it was. `export` is recorded in the audit log before the first line. `prune`
shows what would go and asks. `grants` prints SQL and asks no database. One that is away ends them with 69.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import getpass
import json
import os
import re
import sys
import uuid
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from app.audit.export import Form, exported
from app.audit.log import AuditLog
from app.audit.parts import PartStatements
from app.audit.privileges import grants
from app.audit.record import COMMAND, AuditRecord, Outcome
from app.audit.verification import Verification
from app.commands.printable import printable
from app.configuration.reading import Configuration
from app.db.database import Database, reason_of
from app.exit_codes import FAILED, OK, UNAVAILABLE, USAGE
from app.settings import KEPT_FOR_EVER, LEAST_RETENTION_DAYS
from generated.errors import ApiError

CONNECT_S = 5.0
MOST_SAID = 1000
"""Faults that are named; the others are counted."""
HEAD = re.compile("[0-9a-fA-F]{64}")
COUNTED = "SELECT count(*) FROM audit_log WHERE at >= $1 AND at < $2"
Work = Callable[[Any, argparse.Namespace], Coroutine[Any, Any, int]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    verify = commands.add_parser("verify", help="compare the rows with the chain; 1 where something was changed")
    _add_times(verify)
    verify.add_argument("--head", type=_hash, help="a head that an earlier run printed: it must be in the chain still")
    verify.add_argument("--json", action="store_true", help="for programs")
    export = commands.add_parser("export", help="write rows, which is itself recorded")
    _add_times(export)
    export.add_argument(
        "--format", type=Form, choices=list(Form), default=Form.NDJSON, help="ndjson, if nothing is said"
    )
    export.add_argument("--output", type=Path, help="a file that is not there yet; else standard output")
    prune = commands.add_parser("prune", help="drop the months that are older than the retention, after asking")
    prune.add_argument("--days", type=_days, help="30 or more; else AUDIT_RETENTION_DAYS")
    prune.add_argument("--yes", action="store_true", help="do not ask")
    granted = commands.add_parser("grants", help="print the SQL that lets a role only add audit rows")
    granted.add_argument("--role", required=True, help="by which the service connects")
    granted.add_argument("--schema", default="public", help="where the tables are; public, if nothing is said")
    granted.add_argument("--retention", action="store_true", help="the role may drop what AUDIT_RETENTION_DAYS says")


def _add_times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="since",
        type=_moment,
        help="such as 2026-01-31 or 2026-01-31T12:00:00Z; UTC, where no zone is said",
    )
    parser.add_argument("--to", dest="until", type=_moment, help="not included")


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no moment such as 2026-01-31") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _hash(text: str) -> bytes:
    if HEAD.fullmatch(text) is None:
        raise argparse.ArgumentTypeError("a head is 64 hexadecimal digits")
    return bytes.fromhex(text)


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) < LEAST_RETENTION_DAYS:
        raise argparse.ArgumentTypeError("a number of days, 30 or more: what is younger is not dropped")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """1 for what verification found, what PostgreSQL refuses and what nobody confirmed; 69 where it does not answer."""
    match options.what:
        case "grants":
            return _grants(options)
        case "verify":
            return _ended(_verify, options)
        case "prune":
            return _ended(_prune, options)
        case _:
            return _export(options)


def _ended(work: Work, options: argparse.Namespace) -> int:
    try:
        return asyncio.run(_connected(work, options))
    except BrokenPipeError:
        raise  # Who reads it has enough; see `python -m app`.
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ApiError) as error:
        cause = (error.__cause__ or error) if isinstance(error, ApiError) else error
        if isinstance(cause, asyncpg.PostgresError | asyncpg.InterfaceError):
            print(f"the database refused: {cause}", file=sys.stderr)
            return FAILED
        print(f"DATABASE_URL: it does not answer: {reason_of(cause)}", file=sys.stderr)
        return UNAVAILABLE


async def _connected(work: Work, options: argparse.Namespace) -> int:
    connection = await asyncpg.connect(_url(options), timeout=CONNECT_S)
    try:
        return await work(connection, options)
    finally:
        connection.terminate()


def _url(options: argparse.Namespace) -> str:
    configuration: Configuration = options.configuration
    return configuration.settings.database_url.get_secret_value()


def _grants(options: argparse.Namespace) -> int:
    try:
        print(grants(options.role, schema=options.schema, retention=options.retention), end="")
    except ValueError as error:
        print(f"--role, --schema: {error}", file=sys.stderr)
        return USAGE
    return OK


async def _verify(connection: Any, options: argparse.Namespace) -> int:
    looked = Verification(options.since, options.until, options.head)
    count = 0
    async for fault in looked.faults(connection):
        count += 1
        if count > MOST_SAID:
            continue
        said = {"fault": fault.kind, "ids": fault.ids, "said": fault.said}
        print(json.dumps(said) if options.json else f"{fault.kind}: {printable(fault.said)}")
    summary = {
        "faults": count,
        "rows": looked.rows,
        "links": looked.links,
        "not_sealed": looked.unsealed,
        "oldest_not_sealed": looked.oldest_unsealed and looked.oldest_unsealed.isoformat(),
        "dropped": [
            f"{one['name']}: {one['rows']} rows, {one['at'].isoformat()}, {one['by']}" for one in looked.dropped
        ],
        "position": looked.head.position,
        "head": looked.head.hash.hex(),
    }
    if options.json:
        print(json.dumps(summary))
    else:
        _tell(summary)
    return FAILED if count else OK


def _tell(summary: dict[str, Any]) -> None:
    for one in summary["dropped"]:
        print(f"dropped: {printable(one)}")
    if summary["faults"] > MOST_SAID:
        print(f"and {summary['faults'] - MOST_SAID} more")
    waiting = f"{summary['not_sealed']} not sealed yet"
    if summary["not_sealed"]:
        waiting += f", the oldest of {summary['oldest_not_sealed']}"
    print(f"{summary['faults']} faults in {summary['rows']} rows under {summary['links']} links; {waiting}")
    print(
        f"head: {summary['head']} at {summary['position']}; kept elsewhere, it proves later that nothing before it was written anew"
    )


def _export(options: argparse.Namespace) -> int:
    """A file has another name until it is whole, and is nobody else's to read."""
    output: Path | None = options.output
    if output is None:
        options.target = sys.stdout
        sys.stdout.reconfigure(newline="", encoding="utf-8")  # type: ignore[union-attr]  # it is a TextIOWrapper
        return _ended(_write, options)
    partial = output.with_name(f"{output.name}.part")
    try:
        if output.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        print(f"--output: {error.strerror}", file=sys.stderr)
        return USAGE
    try:
        with open(handle, "w", newline="", encoding="utf-8") as options.target:
            code = _ended(_write, options)
        if code == OK:
            os.link(partial, output)
        return code
    finally:
        partial.unlink()


async def _write(connection: Any, options: argparse.Namespace) -> int:
    await _record(options)
    total = 0
    async for text, count in exported(connection, options.format, options.since, options.until):
        options.target.write(text)
        total += count
    options.target.flush()
    print(f"{total} rows", file=sys.stderr)
    return OK


async def _record(options: argparse.Namespace) -> None:
    """Who takes out what, committed before the first line: a row too many is better than an export that no row names."""
    database = Database(_url(options), 2)
    record = AuditRecord(
        at=datetime.now(UTC), username=operator(), subject=None, roles=[], action="audit.export", outcome=Outcome.SUCCESS,
        code=None, door=COMMAND, object_id=f"{_said(options.since)}/{_said(options.until)}", ip=None, user_agent=None,
        trace_id=uuid.uuid4().hex, duration_ms=0, reason=str(options.format),
    )  # fmt: skip
    try:
        await AuditLog(database, on_drop=lambda _: None).write(database, record)
    finally:
        await database.close()


def operator() -> str:
    """Who runs the command, as the system has it."""
    with suppress(KeyError, OSError):
        return getpass.getuser()
    return f"uid {os.getuid()}"


def _said(at: datetime | None) -> str:
    return at.isoformat() if at else ".."


async def _prune(connection: Any, options: argparse.Namespace) -> int:
    days = options.days or options.configuration.settings.audit_retention_days
    if days == KEPT_FOR_EVER:
        print("AUDIT_RETENTION_DAYS is 0: all is kept for ever; say --days", file=sys.stderr)
        return USAGE
    statements = PartStatements()
    parts = await connection.fetch(statements.old.sql, *statements.old.arguments({"days": days}))
    if not parts:
        print(f"no part of the audit log is older than {days} days")
        return OK
    for part in parts:
        rows = await connection.fetchval(COUNTED, part["since"], part["until"])
        size = await connection.fetchval(statements.size.sql, *statements.size.arguments({"part": part["name"]}))
        print(f"{part['name']}  until {part['until'].isoformat()}  {rows} rows  {size / 2**20:.1f} MiB")
    if not options.yes and not _agreed(len(parts)):
        print("nothing was dropped")
        return FAILED
    for part in parts:
        given = statements.drop.arguments({"part": part["name"], "who": operator()})
        rows = await connection.fetchval(statements.drop.sql, *given)
        print(f"dropped {part['name']}: {'it was gone' if rows is None else f'{rows} rows'}")
    return OK


def _agreed(count: int) -> bool:
    print(f"These {count} parts are dropped with their rows. Type yes to go on: ", end="", flush=True)
    return sys.stdin.readline().strip() == "yes"

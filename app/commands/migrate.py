"""`python -m app migrate`: the schema, forward and back, of the database that DATABASE_URL names.

Two lines of steps go side by side, each with its own owner: `platform` for the tables that every service has, `product` for
those of its features (in `versions/`). An upgrade takes both to their ends; a step back or a new step is one of the product.
A downgrade drops tables and asks first, unless `--yes` is given.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.addresses import masked, postgres_url
from app.configuration.reading import SettingsRefused
from app.configuration.sources import gather
from app.db.database import reason_of
from app.db.schema import LINES, configuration
from app.exit_codes import CONFIG, FAILED, OK, UNAVAILABLE

HINT = "set it to postgresql://user:password@host:port/database; `make run` prints that of its embedded server, which answers while it runs"
WAIT_S = 30.0
"""For a database that is away, unless somebody says otherwise."""
SAY_EACH_S = 5.0
BUSY = {"55P03", "40P01"}
"""Of PostgreSQL: a lock was not to be had in time; two waited for each other."""
BUSY_S = 300.0
"""How long steps are begun anew before they are given up."""
BUSY_PAUSE_S = 2.0
"""In which the nodes that serve catch up."""
AWAY = (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "step", nargs="?", default="upgrade", choices=["upgrade", "downgrade", "history", "current", "revision"],
        help="upgrade (what is meant without a word), downgrade, history, current, or revision: write a new step",
    )  # fmt: skip
    parser.add_argument("target", nargs="?", help="a revision, -1, base or heads; for `revision` its message")
    parser.add_argument("--line", choices=sorted(LINES), default="product", help="whose step is taken back or written")
    parser.add_argument("--yes", action="store_true", help="do not ask before a downgrade")
    parser.add_argument(
        "--wait", type=float, help="seconds to wait for a database that is away; else START_WAIT_S, or 30"
    )


def run(options: argparse.Namespace) -> int:
    """78 without a usable DATABASE_URL, 69 where the database is away, 1 where it or the steps refuse, or a person did."""
    try:
        url, wait_s = _said(os.environ)
    except SettingsRefused as refused:
        print(*refused.lines, sep="\n", file=sys.stderr)
        return CONFIG
    if options.step == "downgrade" and not options.yes and not _agreed(options.target or "-1"):
        print("nothing was changed")
        return FAILED
    try:
        if options.step != "history":
            asyncio.run(_await_database(url, wait_s if options.wait is None else options.wait))
        _run(options, url)
    except CommandError as error:
        print(f"the steps of this release do not lead there: {error}", file=sys.stderr)
        return FAILED
    except AWAY as error:
        print(f"DATABASE_URL: {masked(url)} does not answer: {reason_of(error)}", file=sys.stderr)
        return UNAVAILABLE
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        print(f"the database refused: {error}", file=sys.stderr)
        return FAILED
    return OK


def _said(environ: Mapping[str, str]) -> tuple[str, float]:
    """The URL, and for how long to wait. Other settings are not needed, so they may be wrong. Raises SettingsRefused."""
    said = gather(environ, Path.cwd())
    text, wait = said.of("DATABASE_URL"), said.of("START_WAIT_S") or ""
    places = "DATABASE_URL" if text is not None else ("DATABASE_URL", ".env")
    if faults := [line for line in said.faults if line.startswith(places)]:
        raise SettingsRefused(faults)
    if text is None:
        raise SettingsRefused([f"DATABASE_URL: is not set; {HINT}"])
    try:
        return postgres_url(text), float(wait) if wait.isdigit() else WAIT_S
    except ValueError as error:
        raise SettingsRefused([f"DATABASE_URL: {error}; {HINT}"]) from None


async def _await_database(url: str, wait_s: float) -> None:
    """Says each 5 s for what it waits. Raises what is the matter in the end, and at once what waiting does not mend."""
    begun = said = time.monotonic()
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=5)
            await connection.close()
            return
        except AWAY as error:
            now = time.monotonic()
            if now - begun >= wait_s:
                raise
            if now - said >= SAY_EACH_S or said == begun:
                said = now
                print(f"waiting for PostgreSQL at {masked(url)}: {reason_of(error)}", file=sys.stderr, flush=True)
        await asyncio.sleep(0.5)


def _agreed(target: str) -> bool:
    print(f"A downgrade to {target} drops tables and the rows in them. Type yes to go on: ", end="", flush=True)
    return sys.stdin.readline().strip() == "yes"


def _run(options: argparse.Namespace, url: str) -> None:
    config = _configuration(url)
    match options.step:
        case "upgrade":
            _persist(lambda: command.upgrade(config, options.target or "heads"))
        case "downgrade":
            _persist(lambda: command.downgrade(config, _of_line(options.line, options.target or "-1")))
        case "history":
            command.history(config, verbose=False)
        case "current":
            command.current(config, verbose=False)
        case _:
            _write_step(url, options.line, options.target or "change")


def _persist(take: Callable[[], None]) -> None:
    """Takes steps while others use the tables. A lock that a long transaction holds is waited for in turns of a second, between which
    everything is let go: calls wait behind a step no longer than that. Raises what is the matter after 5 min, and at once what is not busy."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            return take()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in BUSY or time.monotonic() >= until:
                raise
        print("a table is in use by a transaction that does not end: the steps begin anew", file=sys.stderr, flush=True)
        time.sleep(BUSY_PAUSE_S)


def _of_line(line: str, target: str) -> str:
    """A number of steps back is one line's; a revision is what it is, and base is that of both."""
    return f"{line}@{target}" if target.startswith("-") else target


def _configuration(url: str) -> Config:
    config = configuration()
    config.attributes["database_url"] = url
    return config


def _write_step(url: str, line: str, message: str) -> None:
    """A line that has no folder yet begins with this step."""
    LINES[line].mkdir(exist_ok=True)
    config = _configuration(url)
    begins = not any(line in step.branch_labels for step in ScriptDirectory.from_config(config).walk_revisions())
    made = command.revision(
        config, message=message, autogenerate=True, version_path=str(LINES[line]),
        head="base" if begins else f"{line}@head", branch_label=line if begins else None,
    )  # fmt: skip
    _lay_out([one.path for one in (made if isinstance(made, list) else [made]) if one is not None])


def _lay_out(files: list[str]) -> None:
    """As the project's checks want it; without ruff, as alembic wrote it."""
    for arguments in (("check", "--quiet", "--fix"), ("format", "--quiet")):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, *files], check=False)

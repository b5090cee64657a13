"""Whether the database has the schema that this release was written for, by the names of the steps in `app/migrations`.

Promises: it has, if no step of any branch is missing and none is unknown but those that only add (`expands` in the step's file); else one
line says which and how to mend it. A node asks until it has, and never again: a later release takes its steps while the nodes of this
one still serve.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import to_tuple
from sqlalchemy import Connection, text

from app.db.database import Database
from generated.errors import Unavailable

MIGRATIONS = Path(__file__).parents[1] / "migrations"
LINES = {"platform": MIGRATIONS / "platform", "product": MIGRATIONS / "versions"}
"""Each owner's steps are a line of their own."""
EXPANDS = "expands"
"""The word of a step that only adds, so that nodes of the release before serve with it, and begin."""
WITHIN_S = 2.0
"""For connecting and asking together."""
OLDER = "run `make migrate` (python -m app migrate)"
"""How a person mends a database that is older than the code."""
NEWER = "start the release that it was made for, or a later one"
log = structlog.get_logger(__name__)


def compared(connection: Connection) -> Callable[[str | None, str, object], bool]:
    """What Alembic compares with the code: all but the parts of tables, which are as many as there are months."""
    names = connection.execute(text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'"))
    parts = frozenset(names.scalars())
    return lambda name, kind, _: kind != "table" or name not in parts


def served(script: ScriptDirectory, found: Iterable[str]) -> frozenset[str]:
    """Of a database that names these steps, all known: after which steps a release may have been made that serves it. The last of each
    line, and the one before each that only adds."""
    last = _taken(script, found)
    last -= {before for name in last for before in to_tuple(script.get_revision(name).down_revision, default=())}
    fit: set[str] = set()
    waiting = list(last)
    while waiting:
        step = script.get_revision(waiting.pop())
        fit.add(step.revision)
        if getattr(step.module, EXPANDS, False):
            waiting += to_tuple(step.down_revision, default=())
    return frozenset(fit)


def _taken(script: ScriptDirectory, names: Iterable[str]) -> frozenset[str]:
    """The named steps with all that came before. A step on which another branch depends is not named any more."""
    taken: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in taken:
            taken.add(name)
            step = script.get_revision(name)
            needed = (script.get_revision(one) for one in to_tuple(step.dependencies, default=()))
            waiting += [*to_tuple(step.down_revision, default=()), *(one.revision for one in needed)]
    return frozenset(taken)


def configuration() -> Config:
    """For Alembic, and for `Schema`: where the steps are, the package's own folders. A product without a table of its
    own has no line yet."""
    config = Config()
    config.set_main_option("script_location", "app:migrations")
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(path) for path in LINES.values() if path.is_dir()))
    return config


async def _column(connection: Any, query: str) -> list[str]:
    """None where there is no such table."""
    try:
        return [str(row[0]) for row in await connection.fetch(query)]
    except asyncpg.UndefinedTableError:
        return []


class Schema:
    """The steps that the code has, read from their files when it is made. A database names the last steps that it took,
    one for each branch."""

    def __init__(self, config: Config) -> None:
        self._script = ScriptDirectory.from_config(config)
        self._steps = frozenset(one.revision for one in self._script.walk_revisions())
        self._heads = frozenset(self._script.get_heads())
        self._is_right = False
        self._said: str | None = None

    def unknown(self, found: Iterable[str]) -> list[str]:
        """Steps of a later release."""
        return sorted(frozenset(found) - self._steps)

    def fault_of(self, found: Iterable[str], served: Collection[str] = ()) -> str | None:
        """What is wrong with a database that names these steps, or None. `served` are those after which it says that a release may have been made."""
        names = frozenset(found)
        if unknown := self.unknown(names):
            if self._heads and self._heads <= frozenset(served):
                return None
            return f"the database is newer than this release, which does not know {', '.join(unknown)}: {NEWER}"
        if missing := sorted(self._heads - _taken(self._script, names)):
            at = ", ".join(sorted(names)) or "no step"
            return f"the database is older than this release: it is at {at} and has not {', '.join(missing)}: {OLDER}"
        return None

    async def fault(self, database: Database) -> str | None:
        """What is wrong with this database. Raises Unavailable, TimeoutError or asyncpg's errors where it cannot be
        asked. Asks on a connection of its own, within 2 s."""
        async with asyncio.timeout(WITHIN_S):
            connection = await database.connect_alone()
            try:
                return self.fault_of(*await self.ask(connection))
            finally:
                connection.terminate()

    async def ask(self, connection: Any) -> tuple[list[str], list[str]]:
        """Of a database what `fault_of` asks for: its steps, and where some are unknown, after which a release may have been made. Raises
        asyncpg's errors."""
        found = await _column(connection, "SELECT version_num FROM alembic_version")
        is_later = bool(self.unknown(found))
        return found, await _column(connection, "SELECT revision FROM schema_served") if is_later else []

    async def lasting_fault(self, database: Database) -> str | None:
        """For readiness: what is wrong; each fault is one line of the log, however often it is asked. Once it was right
        nobody is asked again. That the database cannot be asked is a fault, too."""
        if self._is_right:
            return None
        try:
            fault = await self.fault(database)
        except (Unavailable, TimeoutError, OSError, asyncpg.PostgresError):
            return "the database cannot be asked"
        if fault is not None and fault != self._said:
            log.error("schema.wrong", fault=fault)
        self._said = fault
        self._is_right = fault is None
        return fault

"""INV4: what callers were told against what PostgreSQL holds: nothing acknowledged is lost, doubled, or audited wrongly."""

from __future__ import annotations

from dataclasses import dataclass, field

import asyncpg

ROWS = """
SELECT a.name, count(l.id) AS audited, array_agg(DISTINCT l.username) AS actors
FROM artist a LEFT JOIN audit_log l
    ON l.action = 'create_artist' AND l.outcome = 'success' AND l.object_id = a.id::text
WHERE a.name LIKE $1 GROUP BY a.id
"""
GHOSTS = """
SELECT count(*) FROM audit_log l WHERE l.action = 'create_artist' AND l.outcome = 'success'
AND NOT EXISTS (SELECT 1 FROM artist a WHERE a.id::text = l.object_id)
"""


@dataclass
class History:
    """`acknowledged` maps the names of artists whose creation was answered with success to who created them.

    Every name begins with `prefix`. The audit log may hold other tests' rows, whose artists must not have been deleted
    since `begin`.
    """

    url: str
    prefix: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    _ghosts_before: int = 0

    async def begin(self) -> None:
        connection = await connect(self.url)
        self._ghosts_before = await connection.fetchval(GHOSTS)
        await connection.close()

    async def effects(self) -> int:
        """Artists whose names begin so, whoever was told of them."""
        connection = await connect(self.url)
        count = await connection.fetchval("SELECT count(*) FROM artist WHERE name LIKE $1", f"{self.prefix}%")
        await connection.close()
        return int(count)

    async def faults(self) -> list[str]:
        """One line per broken promise; an effect that nobody was told of is none, but has its one row too."""
        connection = await connect(self.url)
        rows = await connection.fetch(ROWS, f"{self.prefix}%")
        ghosts = await connection.fetchval(GHOSTS) - self._ghosts_before
        await connection.close()
        stored = {row["name"]: row for row in rows}
        found = [f"acknowledged and lost: {name}" for name in self.acknowledged if name not in stored]
        found += [f"{row['audited']} audit rows: {row['name']}" for row in rows if row["audited"] != 1]
        found += [f"{len(rows) - len(stored)} names are stored twice"] * (len(rows) != len(stored))
        found += [
            f"audited as {stored[name]['actors']}, not {actor}: {name}"
            for name, actor in self.acknowledged.items()
            if name in stored and stored[name]["actors"] != [actor]
        ]
        return found + [f"{ghosts} audit rows of success without an effect"] * bool(ghosts)


async def connect(url: str) -> asyncpg.Connection:
    """As the owner; `url` is one of SQLAlchemy's."""
    return await asyncpg.connect(url.replace("+asyncpg", ""))

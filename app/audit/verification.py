"""Compares the audit log with its chain: which rows were edited, deleted, reordered or inserted since they were sealed.

Promises: reads one snapshot, so that writers, seals and crashes are no faults; memory is that of one seal, whatever the log's size. It does
not know rows that are not sealed yet, nor whether the whole chain was written anew: a head that was kept elsewhere tells that.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from app.audit.chain import COLUMNS_OF, FORM, SEALED, Head, Link, digest_of, month_of, packed, unpacked

LINKS = f"""
SELECT {", ".join(f"c.{one.name}" for one in fields(Link))}, d.digests
FROM audit_chain c LEFT JOIN audit_digests d ON d.position = c.position ORDER BY c.position
"""  # nosec B608  # The columns are our own tables', here and below.
ROWS = f"SELECT id, {', '.join(SEALED)} FROM audit_log WHERE id > $1 AND id <= $2 ORDER BY id, at"  # nosec B608
UNSEALED = "SELECT count(*) AS rows, min(at) AS oldest FROM audit_log WHERE id > $1"
DROPPED = "SELECT name, since, until, rows, sealed, head_position, head, by, at FROM audit_dropped ORDER BY id"
BEFORE_ALL = -(2**63)
"""No row has an id of 0 or less: PostgreSQL gives none."""
PREFETCH = 50
"""Links of one round trip; each has 20 kB of digests at most."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is edited, deleted, reordered or inserted for rows, `chain` for links and heads."""

    kind: str
    ids: tuple[int, ...]
    said: str


@dataclass(slots=True)
class Verification:
    """What was looked at, when `faults` has ended."""

    since: datetime | None = None
    until: datetime | None = None
    expected_head: bytes | None = None
    """The hash of a link that must be in the chain."""
    head: Head = field(default_factory=Head)
    links: int = 0
    rows: int = 0
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    dropped: list[Mapping[str, Any]] = field(default_factory=list)

    async def faults(self, connection: Any) -> AsyncIterator[Fault]:
        """In the order of the chain. `connection` is asyncpg's, without a time limit for statements. Raises asyncpg's errors."""
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            self.dropped = await connection.fetch(DROPPED)
            heads = {row["head_position"]: row["head"] for row in self.dropped if row["head_position"]}
            is_found = self.expected_head is None
            for fault in _differences({}, {}, set(), await connection.fetch(ROWS, BEFORE_ALL, 0)):
                yield fault
            async for seal in _seals(connection.cursor(LINKS, prefetch=PREFETCH)):
                for fault in self._links(seal, heads):
                    yield fault
                is_found = is_found or any(link.hash == self.expected_head for link, _ in seal)
                if self._is_wanted(seal):
                    for fault in await self._rows(connection, seal):
                        yield fault
            if not is_found:
                yield Fault("chain", (), "no link has the head that was given: the chain was cut or written anew")
            for position in sorted(heads):
                yield Fault("chain", (), f"link {position} was the head when a part was dropped, and is not there")
            rest = await connection.fetchrow(UNSEALED, self.head.last_id)
            self.unsealed, self.oldest_unsealed = rest["rows"], rest["oldest"]

    def _links(self, seal: list[tuple[Link, bytes | None]], heads: dict[int, bytes]) -> Iterator[Fault]:
        """`heads` loses those that are met."""
        begins_at = self.head.last_id
        for link, digests in seal:
            self.links += 1
            if link.position != self.head.position + 1:
                places = f"links are missing between {self.head.position} and {link.position}"
                yield Fault("chain", (), f"{places}: rows {begins_at + 1} to {link.after_id} have no seal")
            elif link.previous != self.head.hash or link.after_id != begins_at:
                yield Fault("chain", (), f"link {link.position} does not follow the one before it")
            if link.form not in COLUMNS_OF:
                yield Fault(
                    "chain",
                    (),
                    f"link {link.position} has the form {link.form}, which a later release has: verify with that one",
                )
            if link.hash != link.expected_hash():
                yield Fault("chain", (), f"link {link.position} was changed")
            if digests is not None and hashlib.sha256(digests).digest() != link.rows_hash:
                yield Fault("chain", (), f"the digests of link {link.position} were changed")
            if digests is None and not self._was_dropped(link):
                yield Fault("chain", (), f"the digests of link {link.position} are gone")
            if heads.pop(link.position, link.hash) != link.hash:
                yield Fault("chain", (), f"link {link.position} had another hash when a part was dropped")
            self.head = Head(link.position, link.last_id, link.hash)

    def _was_dropped(self, link: Link) -> bool:
        begin = datetime(link.month.year, link.month.month, 1, tzinfo=UTC)
        return any(
            one["since"] <= begin < one["until"] and link.position <= one["head_position"] for one in self.dropped
        )

    def _is_wanted(self, seal: list[tuple[Link, bytes | None]]) -> bool:
        """Whether rows of that time are in it."""
        begin, end = min(link.first_at for link, _ in seal), max(link.last_at for link, _ in seal)
        return (self.since is None or end >= self.since) and (self.until is None or begin < self.until)

    async def _rows(self, connection: Any, seal: list[tuple[Link, bytes | None]]) -> list[Fault]:
        """Faults among the rows of the seal's range of ids. Where digests are gone or were changed, a month's rows are judged together."""
        first = seal[0][0]
        found = await connection.fetch(ROWS, first.after_id, first.last_id)
        self.rows += len(found)
        expected: dict[int, bytes] = {}
        forms: dict[int, int] = {}
        excused: set[int] = set()
        faults: list[Fault] = []
        for link, digests in seal:
            if digests is None or hashlib.sha256(digests).digest() != link.rows_hash:
                rows = [(row["id"], digest_of(row, link.form)) for row in found if month_of(row["at"]) == link.month]
                if hashlib.sha256(digests := packed(rows)).digest() != link.rows_hash and not self._was_dropped(link):
                    said = (
                        f"rows of {link.month:%Y-%m} among {link.after_id + 1} to {link.last_id}, without their digests"
                    )
                    faults.append(Fault("edited", (), said))
            pairs = dict(unpacked(digests))
            expected |= pairs
            forms |= dict.fromkeys(pairs, link.form)
            if self._was_dropped(link):
                excused |= pairs.keys()
        return faults + list(_differences(expected, forms, excused, found))


async def _seals(links: Any) -> AsyncIterator[list[tuple[Link, bytes | None]]]:
    """Links with their digests, those of one range together."""
    seal: list[tuple[Link, bytes | None]] = []
    async for row in links:
        link = Link(**{one.name: row[one.name] for one in fields(Link)})
        if seal and (link.after_id, link.last_id) != (seal[0][0].after_id, seal[0][0].last_id):
            yield seal
            seal = []
        seal.append((link, row["digests"]))
    if seal:
        yield seal


def _differences(
    expected: dict[int, bytes], forms: dict[int, int], excused: set[int], found: list[Any]
) -> Iterator[Fault]:
    """`forms` are those of the links that have `expected`; `found` may have one id twice: the key of the table has the time as well."""
    digests = [(row, digest_of(row, forms.get(row["id"], FORM))) for row in found]
    missing = dict(expected)
    strange: dict[int, list[tuple[Any, bytes]]] = {}
    for row, digest in digests:
        if missing.get(row["id"]) == digest:
            del missing[row["id"]]
        else:
            strange.setdefault(row["id"], []).append((row, digest))
    owners = {digest: number for number, digest in missing.items()}
    for number, rows in sorted(strange.items()):
        for row, digest in rows:
            was = missing.pop(number, None)
            place = owners.get(digest)
            if place is not None and place != number:
                yield Fault("reordered", (place, number), f"{_named(row)} was row {place} when it was sealed")
            elif was is not None:
                yield Fault("edited", (number,), _named(row))
            else:
                yield Fault("inserted", (number,), _named(row))
    for number in sorted(missing.keys() - excused):
        yield Fault("deleted", (number,), f"row {number}")


def _named(row: Any) -> str:
    return f"row {row['id']} ({row['at'].astimezone(UTC).isoformat()}, {row['username'] or 'nobody'}, {row['action']})"

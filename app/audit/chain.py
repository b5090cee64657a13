"""The chain over the audit log: what a row's digest, a link and its hash are. Pure: asks no database.

A digest is SHA-256 of a row's columns without its id, as a JSON array (ASCII, no spaces, `at` in microseconds since 1970, a key as text, the
members of an object by their names).
A link seals the rows of one month (UTC) in a range of ids; its hash is SHA-256 of its own members and of the hash before it, so that
no link changes without all that follow. Anybody can compute both again from what is stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

FORM = 2
"""Of rows and links; a link says its own, so that a later one may have more columns."""
SEALED_BEFORE = (
    "at", "username", "subject", "roles", "action", "outcome", "code", "door", "object_id", "ip", "user_agent",
    "trace_id", "duration_ms", "sid", "reason", "key",
)  # fmt: skip
"""The columns of form 1, in their order."""
SEALED = (*SEALED_BEFORE, "data", "altered")
"""Those of form 2."""
COLUMNS_OF = {1: SEALED_BEFORE, FORM: SEALED}
GENESIS = b"\x00" * 32
"""What stands before the first link."""
DIGEST_BYTES = 32
ID_BYTES = 8
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Head:
    """The last link's place: where the next one begins."""

    position: int = 0
    last_id: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Link:
    """The columns of `audit_chain`. `after_id` is not in the range, `last_id` is; `month` is its first day."""

    position: int
    form: int
    month: date
    after_id: int
    last_id: int
    rows: int
    first_at: datetime
    last_at: datetime
    sealed_at: datetime
    rows_hash: bytes
    previous: bytes
    hash: bytes

    def expected_hash(self) -> bytes:
        """What `hash` must be."""
        times = [microseconds(one) for one in (self.first_at, self.last_at, self.sealed_at)]
        range_of_ids = [self.after_id, self.last_id, self.rows]
        hashes = [self.rows_hash.hex(), self.previous.hex()]
        return _sha256([self.form, self.position, self.month.isoformat(), *range_of_ids, *times, *hashes])


def microseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


def month_of(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)


def digest_of(row: Mapping[str, Any], form: int = FORM) -> bytes:
    """Of a stored row, by the names of its columns; its id is not in it. PostgreSQL hands an object out as text, an export has it as one."""
    values = {name: row[name] for name in COLUMNS_OF.get(form, SEALED)}
    values["at"] = microseconds(row["at"])
    values["key"] = None if row["key"] is None else str(row["key"])
    if values.get("data") is not None:
        data = values["data"]
        values["data"] = dict(sorted((json.loads(data) if isinstance(data, str) else data).items()))
    return _sha256(list(values.values()))


def _sha256(values: list[Any]) -> bytes:
    return hashlib.sha256(json.dumps(values, separators=(",", ":")).encode()).digest()


def seal(
    rows: Sequence[Mapping[str, Any]], head: Head, *, last_id: int, sealed_at: datetime, form: int = FORM
) -> Iterator[tuple[Link, bytes]]:
    """A link for each month of the rows, with its digests. `rows` are all that there are in the range from the head up to `last_id`, by
    their ids; none make no link."""
    months: dict[date, list[Mapping[str, Any]]] = {}
    for row in rows:
        months.setdefault(month_of(row["at"]), []).append(row)
    position, previous = head.position, head.hash
    for month, members in sorted(months.items()):
        position += 1
        digests = packed((row["id"], digest_of(row, form)) for row in members)
        times = [row["at"] for row in members]
        given = (position, form, month, head.last_id, last_id, len(members), min(times), max(times), sealed_at)
        rows_hash = hashlib.sha256(digests).digest()
        unsigned = Link(*given, rows_hash, previous, b"")
        previous = unsigned.expected_hash()
        yield Link(*given, rows_hash, unsigned.previous, previous), digests


def packed(pairs: Iterable[tuple[int, bytes]]) -> bytes:
    """Ids with their digests: 8 bytes, most significant first, and 32."""
    return b"".join(number.to_bytes(ID_BYTES, "big", signed=True) + digest for number, digest in pairs)


def unpacked(digests: bytes) -> Iterator[tuple[int, bytes]]:
    """What `packed` made; of bytes that are cut the whole pairs."""
    size = ID_BYTES + DIGEST_BYTES
    for start in range(0, len(digests) - size + 1, size):
        number = int.from_bytes(digests[start : start + ID_BYTES], "big", signed=True)
        yield number, digests[start + ID_BYTES : start + size]

"""The audit log as lines for other programs: NDJSON or CSV, read by a cursor of the server, so that memory does not grow with the log.

Promises: one snapshot, in the order of the ids; every column that a seal covers, so that digests can be computed from it; no cell of the
CSV is a formula to a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.audit.chain import SEALED

COLUMNS = ("id", *SEALED)
ROWS = f"""
SELECT {", ".join(COLUMNS)} FROM audit_log
WHERE at >= coalesce($1, '-infinity'::timestamptz) AND at < coalesce($2, 'infinity'::timestamptz) ORDER BY id
"""  # nosec B608  # The columns are our own table's.
PREFETCH = 500
"""Rows of one round trip."""
FORMULA = tuple("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for a formula at the beginning of a cell, full-width characters too (OWASP, CSV Injection), and what is put
before it."""


class Form(StrEnum):
    NDJSON = "ndjson"
    """An object a line; `at` in ISO 8601 with microseconds, in UTC."""
    CSV = "csv"
    """RFC 4180 with a header; roles and data as JSON, nothing for null, and `'` before what would be a formula."""


async def exported(
    connection: Any, form: Form, since: datetime | None, until: datetime | None
) -> AsyncIterator[tuple[str, int]]:
    """Text, and how many rows are in it. `since` is included, `until` is not. `connection` is asyncpg's; raises its errors."""
    write: Callable[[Iterable[Mapping[str, Any]]], str] = _as_ndjson if form is Form.NDJSON else _as_csv
    if form is Form.CSV:
        yield _lines([COLUMNS]), 0
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        cursor = await connection.cursor(ROWS, since, until)
        while rows := await cursor.fetch(PREFETCH):
            yield write(rows), len(rows)


def _as_ndjson(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(f"{json.dumps(_plain(row), separators=(',', ':'))}\n" for row in rows)


def _as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    return _lines([_cell(value) for value in _plain(row).values()] for row in rows)


def _lines(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: row[name] for name in COLUMNS}
    values["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    values["key"] = None if row["key"] is None else str(row["key"])
    values["data"] = None if row["data"] is None else json.loads(row["data"])
    return values


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text

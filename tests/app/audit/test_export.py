"""Lines are whole rows, of the time that was asked for; a digest can be computed from them; no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.audit.chain import digest_of, unpacked
from app.audit.export import COLUMNS, PREFETCH, Form, exported
from tests.app.audit.stored import Stored

AT = datetime(2024, 2, 29, 12, 0, 0, 7, tzinfo=UTC)


async def export(stored: Stored, form: Form, **given: Any) -> tuple[str, int]:
    async with stored.connected() as connection:
        parts = [one async for one in exported(connection, form, given.get("since"), given.get("until"))]
    return "".join(text for text, _ in parts), sum(count for _, count in parts)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


async def test_each_line_of_ndjson_is_a_row_from_which_its_digest_is_computed(stored: Stored) -> None:
    await stored.add(3, at=AT, username='ädä \u2028 "x"', code="c", roles=["a", "b"])
    await stored.seal()
    text, count = await export(stored, Form.NDJSON)
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    assert (count, [line["id"] for line in lines], list(lines[0])) == (3, [1, 2, 3], list(COLUMNS))
    assert lines[1]["at"] == "2024-02-29T12:00:01.000007+00:00"
    (digests,) = await stored.fetch("SELECT digests FROM audit_digests")
    read = [
        line | {"at": datetime.fromisoformat(line["at"]), "key": line["key"] and UUID(line["key"])} for line in lines
    ]
    assert [digest_of(line) for line in read] == [digest for _, digest in unpacked(digests["digests"])]


async def test_csv_has_a_header_and_reads_back(stored: Stored) -> None:
    await stored.add(2, at=AT, username='a,"b"\r\nc', reason=None)
    text, count = await export(stored, Form.CSV)
    header, first, second = rows_of(text)
    row = dict(zip(header, first, strict=True))
    assert (tuple(header), count, len(second)) == (COLUMNS, 2, len(COLUMNS))
    assert (row["username"], row["reason"], json.loads(row["roles"])) == ('a,"b"\r\nc', "", ["admin"])
    assert text.endswith("\r\n")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
async def test_no_cell_is_a_formula(stored: Stored, begin: str) -> None:
    """OWASP, CSV Injection; what stands before it can be taken away again."""
    await stored.add(1, at=AT, username=f"{begin}cmd|' /C calc'!A0", user_agent=f"a{begin}")
    header, first = rows_of((await export(stored, Form.CSV))[0])
    row = dict(zip(header, first, strict=True))
    assert (row["username"], row["user_agent"]) == (f"'{begin}cmd|' /C calc'!A0", f"a{begin}")


async def test_only_rows_of_the_time_are_taken(stored: Stored) -> None:
    await stored.add(4, at=AT)
    _, count = await export(stored, Form.NDJSON, since=AT + timedelta(seconds=1), until=AT + timedelta(seconds=3))
    assert count == 2


async def test_rows_come_in_pieces(stored: Stored) -> None:
    await stored.fetch(
        "INSERT INTO audit_log (at, roles, action, outcome, door, trace_id, duration_ms)"
        f" SELECT now(), '{{}}', 'a', 'success', 'http', 't', 1 FROM generate_series(1, {2 * PREFETCH + 1})"
    )
    async with stored.connected() as connection:
        counts = [count async for _, count in exported(connection, Form.NDJSON, None, None)]
    assert counts == [PREFETCH, PREFETCH, 1]


async def test_an_empty_log_is_a_header_or_nothing(stored: Stored) -> None:
    assert await export(stored, Form.NDJSON) == ("", 0)
    assert rows_of((await export(stored, Form.CSV))[0]) == [list(COLUMNS)]

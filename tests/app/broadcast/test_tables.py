"""A row of the outbox gets its place, its event's id and its time from PostgreSQL."""

from __future__ import annotations

import asyncpg
import pytest

from app.broadcast.tables import EVENT_OUTBOX

ADD = "INSERT INTO event_outbox (topic, pkg_id, event) VALUES ('t', 1001, '{}') RETURNING id, event_id, at = now() AS is_now"


def test_a_topic_s_rows_are_found_in_their_order_by_the_primary_key() -> None:
    assert [column.name for column in EVENT_OUTBOX.primary_key] == ["topic", "id"]


async def test_places_rise_and_no_two_events_have_one_id(raw: asyncpg.Connection) -> None:
    rows = [await raw.fetchrow(ADD) for _ in range(10)]
    assert [row["id"] for row in rows] == sorted({row["id"] for row in rows})
    assert len({row["event_id"] for row in rows}) == 10
    assert all(row["is_now"] for row in rows)


async def test_only_postgresql_gives_places(raw: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.GeneratedAlwaysError):
        await raw.execute("INSERT INTO event_outbox (topic, id, pkg_id, event) VALUES ('t', 1, 1001, '{}')")

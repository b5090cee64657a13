"""A row says the span of the call that published its event, and nothing where the call is not told."""

from __future__ import annotations

import asyncpg

from app.broadcast.topics import Topics
from app.broadcast.traced_outbox import TracedOutbox
from app.db.database import Database
from generated.operations import TOPICS
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS
from generated.wire import EVENT_CODECS, EVENT_OF
from tests.app.broadcast.conftest import event, put_out
from tests.app.telemetry.traces.heard import CURRENT, Heard


async def test_each_row_of_a_told_call_says_its_span_and_others_say_none(
    database: Database, raw: asyncpg.Connection
) -> None:
    heard = Heard()
    outbox = TracedOutbox(
        heard, EVENT_OF, EVENT_CODECS, Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS), wake=lambda topic: None
    )
    await put_out(outbox, database, [event(1), event(2)])
    heard.is_told = False
    await put_out(outbox, database, [event(3)])
    rows = await raw.fetch("SELECT event, traceparent FROM event_outbox ORDER BY id")
    told = [(EVENT_CODECS[1001].decode_json(row["event"]).artist.id, row["traceparent"]) for row in rows]
    assert told == [(1, CURRENT.written), (2, CURRENT.written), (3, None)]

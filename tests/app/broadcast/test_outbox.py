"""An event is committed with its transaction or not at all, and only if its operation declares it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from app.audit.log import AuditLog
from app.broadcast.outbox import Outbox
from app.broadcast.topics import Topics
from app.db.database import Database
from app.db.statements import Statement
from app.db.transaction import Transaction
from generated.errors import Internal, InvalidData
from generated.operations import OPERATIONS, TOPICS
from generated.results import ArtistUpdated
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS
from generated.wire import EVENT_CODECS, EVENT_OF
from tests.app.audit.stored import record
from tests.app.broadcast.conftest import CREATE, event, put_out


class Counting:
    """An executor that counts what passes through it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.count = 0

    async def execute(self, statement: Statement, **parameters: object) -> None:
        self.count += 1
        await self._inner.execute(statement, **parameters)


def make(woken: list[str] | None = None) -> Outbox:
    return Outbox(
        EVENT_OF,
        EVENT_CODECS,
        Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS),
        wake=([] if woken is None else woken).append,
    )


async def artists(raw: asyncpg.Connection) -> list[int]:
    rows = await raw.fetch("SELECT topic, pkg_id, event FROM event_outbox ORDER BY id")
    assert {(row["topic"], row["pkg_id"]) for row in rows} <= {("artists", 1001)}
    return [EVENT_CODECS[1001].decode_json(row["event"]).artist.id for row in rows]


async def test_several_events_are_one_statement_in_the_order_of_publishing(
    database: Database, raw: asyncpg.Connection
) -> None:
    executor: Any = Counting(database)
    await put_out(make(), executor, [event(number) for number in (3, 1, 2)])
    assert (executor.count, await artists(raw)) == (1, [3, 1, 2])


async def test_rows_beside_an_audit_row_are_the_same_statement_and_there_with_it_or_not_at_all(
    database: Database, raw: asyncpg.Connection
) -> None:
    """Outside of a transaction, too."""
    log = AuditLog(database, on_drop=lambda _: None)
    executor: Any = Counting(database)
    for number, action in ((1, "outbox"), (2, "\x00")):
        row, refused = record(action="outbox"), pytest.raises(InvalidData) if number == 2 else nullcontext()
        row.action = action
        with refused:
            await log.write(executor, row, beside=make().rows_of(CREATE, [event(number), event(number + 10)]))
    assert (executor.count, log.written) == (2, 1)
    assert await artists(raw) == [1, 11]
    assert await raw.fetchval("SELECT count(*) FROM audit_log WHERE action = 'outbox'") == 1


async def test_rows_are_the_transaction_s(database: Database, raw: asyncpg.Connection) -> None:
    for number, is_kept in ((1, True), (2, False)):
        transaction = Transaction(database)
        await put_out(make(), transaction, [event(number)])
        assert number not in await artists(raw)
        await (transaction.commit() if is_kept else transaction.rollback())
    assert await artists(raw) == [1]


async def test_without_events_nothing_is_asked(database: Database) -> None:
    executor: Any = Counting(database)
    await put_out(make(), executor, [])
    assert executor.count == 0


@pytest.mark.parametrize(
    ("operation", "published", "name"),
    [
        ("update_artist", event(1), "artist_created"),
        ("create_artist", event(1).artist, "Artist"),
        ("create_artist", "text", "str"),
    ],
)
async def test_what_an_operation_does_not_declare_is_an_error_that_names_both(
    database: Database, raw: asyncpg.Connection, operation: str, published: object, name: str
) -> None:
    with capture_logs() as logs, pytest.raises(Internal):
        await put_out(make(), database, [event(1), published], OPERATIONS[operation])
    (line,) = logs
    assert (line["event"], line["operation"], line["event_name"]) == ("event.not_declared", operation, name)
    assert await artists(raw) == []


async def test_an_event_with_a_value_of_a_wrong_type_is_an_error_that_names_the_field_and_not_the_value(
    database: Database, raw: asyncpg.Connection
) -> None:
    wrong: Any = event(1)
    wrong.artist.name = {"secret": 1}
    with capture_logs() as logs, pytest.raises(Internal):
        await put_out(make(), database, [wrong])
    (line,) = logs
    told = (line["event"], line["event_name"], line["fault"])
    assert told == ("event.wrong", "artist_created", "/artist/name: dict where string is due")
    assert await artists(raw) == []


async def test_after_the_commit_the_topics_are_woken() -> None:
    woken: list[str] = []
    make(woken).wake([event(1), updated(2, "A")])
    make(woken).wake([])
    assert woken == ["artists", "artists/{artist.id}", "artist-names/{artist.name}"]


def updated(number: int, name: str) -> ArtistUpdated:
    artist = event(number).artist
    artist.name = name
    return ArtistUpdated(artist=artist)


async def test_an_event_of_several_topics_is_a_row_for_each_under_the_name_that_its_values_make(
    database: Database, raw: asyncpg.Connection
) -> None:
    executor: Any = Counting(database)
    await put_out(make(), executor, [updated(7, "a/b"), updated(8, "ü")], OPERATIONS["update_artist"])
    rows = await raw.fetch("SELECT topic, name, event_id FROM event_outbox ORDER BY id")
    assert executor.count == 1
    assert [(row["topic"], row["name"]) for row in rows] == [
        ("artists/{artist.id}", "artists/7"),
        ("artist-names/{artist.name}", "artist-names/a%2Fb"),
        ("artists/{artist.id}", "artists/8"),
        ("artist-names/{artist.name}", "artist-names/%C3%BC"),
    ]
    assert len({row["event_id"] for row in rows}) == 4

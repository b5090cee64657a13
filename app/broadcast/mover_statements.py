"""What the mover asks of PostgreSQL, compiled once. Every statement is a transaction of its own on the mover's connection.

Each raises an ApiError for what PostgreSQL or the connection refuses: Unavailable, if it may be asked again later.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, cast, delete, extract, func, select, true

from app.broadcast.tables import EVENT_OUTBOX
from app.db.database import Record, is_translated, translated
from app.db.statement_clock import StatementClock
from app.db.statements import Statement, compile_statement

LOCK = 7_283_552
"""The first half of the advisory locks' key; the second is of the topic's name."""
MAX_COUNTED = 100_000


class MoverStatements:
    """Reads are of at most `batch` rows."""

    def __init__(self, batch: int, clock: StatementClock) -> None:
        self._clock = clock
        row = EVENT_OUTBOX.c
        topic: Any = bindparam("topic")
        now_us = cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
        self._claim = compile_statement(
            select(func.pg_try_advisory_lock(LOCK, func.hashtext(topic)).label("is_ours"), now_us.label("token")),
            name="event_outbox claim",
        )
        at_ms = cast(extract("epoch", row.at) * 1_000, BigInteger).label("at_ms")
        self._read = compile_statement(
            select(row.id, row.pkg_id, row.event, row.event_id, row.name, row.traceparent, at_ms)
            .where(row.topic == topic)
            .order_by(row.id)
            .limit(batch),
            name="event_outbox read",
        )
        ids: Any = bindparam("ids", type_=ARRAY(BigInteger))
        self._delete = compile_statement(delete(EVENT_OUTBOX).where(row.topic == topic, row.id == any_(ids)))
        first = select(row.at).order_by(row.topic, row.id).limit(MAX_COUNTED).subquery()
        oldest = func.least(
            select(func.min(first.c.at)).scalar_subquery(), select(func.min(_heads().c.at)).scalar_subquery()
        )
        age_s = func.coalesce(extract("epoch", func.clock_timestamp() - oldest), 0)
        self._measure = compile_statement(
            select(select(func.count()).select_from(first).scalar_subquery().label("rows"), age_s.label("age_s")),
            name="event_outbox measure",
        )

    async def claim(self, connection: Any, topic: str) -> int:
        """A token greater than any earlier holder's, or 0 while another session holds the topic.

        It is the database's clock, in microseconds: one that was set back delays a mover for as long, and no longer.
        """
        (answer,) = await self._run(connection, self._claim, topic=topic)
        return int(answer["token"]) if answer["is_ours"] else 0

    async def read(self, connection: Any, topic: str) -> list[Record]:
        """The visible rows with the lowest ids, in their order."""
        return await self._run(connection, self._read, topic=topic)

    async def delete(self, connection: Any, topic: str, ids: list[int]) -> None:
        """Rows that are gone already are no error."""
        await self._run(connection, self._delete, topic=topic, ids=ids)

    async def measure(self, connection: Any) -> tuple[int, float]:
        """How many rows wait, counted to 100,000, and the age of the oldest in seconds.

        With more rows than that it is the age of the oldest first row of a topic. A row's time and its place are taken one
        after the other, so another one may be older, by that moment. To be exact would take an index that every insert pays
        for, or a look at every row.
        """
        (answer,) = await self._run(connection, self._measure)
        return int(answer["rows"]), float(answer["age_s"])

    async def _run(self, connection: Any, statement: Statement, **parameters: object) -> list[Record]:
        try:
            rows: list[Record] = await self._clock.fetch(connection, statement, parameters)
        except Exception as error:
            if is_translated(error):
                raise translated(error) from error
            raise
        return rows


def _heads() -> Any:
    """The first row of each topic that has one, contract or not: one step in the index for each."""
    row, later = EVENT_OUTBOX.c, EVENT_OUTBOX.alias()
    first = select(row.topic, row.at).order_by(row.topic, row.id).limit(1).subquery()
    heads = select(first.c.topic, first.c.at).cte("heads", recursive=True)
    behind = select(later.c.topic, later.c.at).where(later.c.topic > heads.c.topic)
    following = behind.order_by(later.c.topic, later.c.id).limit(1).lateral()
    return heads.union_all(select(following.c.topic, following.c.at).select_from(heads.join(following, true())))

"""Takes committed events from the outbox to their topic's stream: one node at a time for each topic, any node.

Promises: a row is deleted only when its event stands in the stream; a topic's events go in the order of their rows' ids, as far
as those are visible; a node that dies, freezes or falls silent is replaced within 5 s. Rows are found by looking at all that is
visible, never by "after the last id", since transactions commit in another order than they take their ids.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog

from app.broadcast.broker import Broker, NotAppended, Pending, Superseded
from app.broadcast.mover_statements import MoverStatements
from app.db.database import Database, Record
from generated.errors import Unavailable
from generated.product import NAME

BATCH = 500
"""Rows of one look."""
PACE_S = 0.005
"""Between two looks at the rows: events of that time share one look, so that the cost of moving stays bounded."""
TICK_S = 1.0
"""How often every topic is looked at, woken or not, and topics without a mover are asked for."""
MEASURE_S = 2.0
FIRST_PAUSE_S, MAX_PAUSE_S = 0.1, 1.0
ANSWER_S = 3.0
"""For each statement of the mover; then its session is given up, and its topics with it."""
SESSION = {
    "application_name": f"{NAME}-mover",
    "statement_timeout": "3000",
    "idle_session_timeout": "3500",
    "tcp_keepalives_idle": "1",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "3500",
}
"""The lock is the session's. PostgreSQL ends it, and frees the topic, when the node has said nothing for 3.5 s (it does so each
second), or its machine has vanished; the lock of a killed process is free at once."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Lane:
    """One topic. `token` is 0 while another node moves it."""

    topic: str
    token: int = 0
    is_due: bool = True
    """There may be rows to move, or, where another node moves them, a word to send."""
    failures: int = 0
    """In a row; each doubles the rest, which ends at 1 s."""
    rests_until: float = 0.0
    """By the monotonic clock."""

    def is_ready(self, now: float) -> bool:
        """`now` by the monotonic clock."""
        return self.is_due and self.rests_until <= now

    def rest(self, now: float) -> None:
        """The stream takes nothing: the rows wait."""
        self.is_due = True
        self.rests_until = now + min(FIRST_PAUSE_S * 2**self.failures, MAX_PAUSE_S)
        self.failures = min(self.failures + 1, 10)


class Mover:
    """`work` moves, in one session of PostgreSQL beside the pool; the other methods neither wait nor raise.
    `on_depth(rows, age_s)` hears every 2 s how many events wait on all nodes, counted to 100,000, and for how long the
    oldest has waited."""

    def __init__(
        self, database: Database, broker: Broker, topics: Iterable[str], *, on_depth: Callable[[int, float], None]
    ) -> None:
        self._database = database
        self._broker = broker
        self._lanes = {topic: Lane(topic) for topic in topics}
        self._on_depth = on_depth
        self._statements = MoverStatements(BATCH, database.clock)
        self._awake = asyncio.Event()
        self._next_tick = 0.0
        self._next_measure = 0.0

    def wake(self, topic: str) -> None:
        """This node has committed events of the topic; if another one moves it, that one is told."""
        lane = self._lanes[topic]
        lane.is_due = True
        if lane.rests_until <= monotonic():
            self._awake.set()

    def moves(self, topic: str) -> bool:
        """Whether this node has the topic's place, as far as it knows: one that was frozen believes so until its next
        statement, and the stream refuses its older token."""
        return self._lanes[topic].token > 0

    def nudge(self, topic: str) -> None:
        """Another node has committed events of the topic. Where this node does not move it, the word is ignored."""
        if self.moves(topic):
            self.wake(topic)

    async def work(self) -> None:
        """Moves for the life of the node; to be supervised. Without PostgreSQL, or without its place, it waits and tries again."""
        self._release()
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                await self._move_while_connected()
            except (Unavailable, Superseded) as error:
                reason = repr(error.__cause__ or error)
                held = self._release()
                pause_s = FIRST_PAUSE_S if held else min(pause_s * 2, MAX_PAUSE_S)
                log.warning("event.mover_lost_its_place", topics=held, reason=reason, pause_s=pause_s)
            await asyncio.sleep(pause_s)

    def _release(self) -> list[str]:
        held = [lane.topic for lane in self._lanes.values() if lane.token]
        for lane in self._lanes.values():
            lane.token = 0
        return held

    async def _move_while_connected(self) -> None:
        connection = await self._database.connect_alone(SESSION, answer_s=ANSWER_S)
        self._next_tick = self._next_measure = 0.0
        try:
            while True:
                await self._tick(connection)
                self._awake.clear()
                for lane in self._lanes.values():
                    if lane.is_ready(monotonic()):
                        await self._serve(connection, lane)
                await self._rest()
        finally:
            connection.terminate()

    async def _tick(self, connection: Any) -> None:
        """Each second: look at every topic, and try for those that no other node holds."""
        now = monotonic()
        if now < self._next_tick:
            return
        self._next_tick = now + TICK_S
        for lane in self._lanes.values():
            if not lane.token:
                lane.token = await self._statements.claim(connection, lane.topic)
                if lane.token:
                    log.info("event.mover_takes", topic=lane.topic)
            lane.is_due = lane.is_due or lane.token > 0
        if now >= self._next_measure:
            self._next_measure = now + MEASURE_S
            self._on_depth(*await self._statements.measure(connection))

    async def _serve(self, connection: Any, lane: Lane) -> None:
        lane.is_due = False
        if not lane.token:
            self._broker.nudge(lane.topic)
            return
        rows = await self._statements.read(connection, lane.topic)
        if not rows:
            return
        try:
            count = await self._broker.append(lane.topic, lane.token, [_pending(row) for row in rows])
        except NotAppended:
            lane.rest(monotonic())
            return
        lane.failures = 0
        lane.is_due = lane.is_due or count < len(rows) or count == BATCH
        await self._statements.delete(connection, lane.topic, [row["id"] for row in rows[:count]])

    async def _rest(self) -> None:
        """Until woken, a rest is over or the next tick is due; PACE_S at least."""
        await asyncio.sleep(PACE_S)
        now = monotonic()
        ends = [max(lane.rests_until, now) for lane in self._lanes.values() if lane.is_due]
        with suppress(TimeoutError):
            async with asyncio.timeout(min([self._next_tick, *ends]) - now):
                await self._awake.wait()


def _pending(row: Record) -> Pending:
    name, traceparent = row["name"] or "", row["traceparent"] or ""
    return Pending(str(row["event_id"]), row["pkg_id"], row["event"], row["at_ms"], name, traceparent)

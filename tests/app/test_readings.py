"""What the parts of a worker keep is told when it is asked, as it is then."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

from app.admission.gate import Gate
from app.admission.shares import Shares
from app.admission.tally import Refused, Tally
from app.audit.log import AuditLog
from app.audit.record import AuditRecord, Outcome
from app.audit.sealer import AuditSealer
from app.audit.upkeep import AuditUpkeep
from app.broadcast.broker import Address, Delivery, Position
from app.broadcast.hub import Hub, Message
from app.broadcast.presence import Presence
from app.broadcast.presence_store import PresenceStore
from app.db.database import Database
from app.db.pipelined_redis import PipelinedConnection
from app.execution.access_log import AccessLog
from app.guard.places import Places
from app.readings import known, read_parts
from app.supervision.readiness import Readiness
from app.supervision.supervisor import Supervisor
from app.telemetry.metrics.metrics import Metrics
from generated.operations import TOPICS
from generated.product import NAME
from tests.app.telemetry.metrics.test_metrics import samples

TOPIC = next(iter(TOPICS))


def nowhere() -> PresenceStore:
    return PresenceStore(PipelinedConnection("redis://127.0.0.1:9"), lease_s=1.0)


class Worker:
    def __init__(self) -> None:
        self.database = Database("postgresql://nobody@127.0.0.1:9/none", 7)
        self.gate, self.shares, self.tally, self.places, self.hub = Gate(), Shares(4), Tally(), Places(10), Hub()
        self.presence = Presence(nowhere(), {TOPIC})
        self.audit = AuditLog(self.database, on_drop=lambda count: None)
        self.audit_sealer, self.audit_upkeep = AuditSealer(self.database), AuditUpkeep(self.database)
        self.access = AccessLog()
        self.readiness = Readiness({"database": self.has_database, "keys": self.has_keys})
        self.supervisor = Supervisor()
        self.metrics = Metrics(known())
        read_parts(self.metrics, self)

    async def has_database(self) -> bool | str:
        return "away"

    async def has_keys(self) -> bool | str:
        return True

    def told(self, name: str, *labels: str) -> float:
        return samples(self.metrics)[f"{NAME}_{name}", labels]


class Socket:
    def __init__(self) -> None:
        self.messages: deque[Message] = deque()

    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        self.messages.append(message)


class Writer:
    def data(self, delivery: Delivery) -> bytes:
        return b""

    def push(self, delivery: Delivery, name: str, data: bytes) -> tuple[Message, int]:
        return {}, 0

    def missed(self, topic: str, position: Position) -> tuple[Message, int]:
        return {}, 0


def row(age_s: float) -> AuditRecord:
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    said: dict[str, Any] = dict.fromkeys(("username", "subject", "code", "object_id", "ip", "user_agent"))
    return AuditRecord(
        at=at, roles=[], action="x", outcome=Outcome.SUCCESS, door="http", trace_id="t", duration_ms=1, **said
    )


async def test_gates_places_and_pools_are_told_as_they_are() -> None:
    worker = Worker()
    worker.gate.arrived("192.0.2.1")
    worker.shares.enter_at_once("ann")
    worker.tally.add(Refused.GATE_FULL)
    for _ in range(3):
        worker.places.take("192.0.2.1")
    worker.metrics.sockets.socket_opened("json")
    assert [worker.told(f"requests_{one}") for one in ("in_flight", "running", "waiting", "limit")] == [1, 1, 0, 1024]
    assert worker.told("refused_total", "full", "gate") == 1
    assert (worker.told("http_connections"), worker.told("sockets")) == (2, 1)
    assert [worker.told(f"database_pool_{one}") for one in ("size", "leased", "pending", "waiting")] == [7, 0, 0, 0]
    worker.places.give_back("192.0.2.1")
    assert worker.told("http_connections") == 1


async def test_the_audit_queue_is_told_with_the_age_of_its_oldest_row() -> None:
    worker = Worker()
    assert (worker.told("audit_queue_rows"), worker.told("audit_queue_age_seconds")) == (0, 0)
    worker.audit.offer(row(30.0))
    worker.audit.offer(row(1.0))
    assert worker.told("audit_queue_rows") == 2
    assert 30 <= worker.told("audit_queue_age_seconds") < 60


async def test_who_is_present_here_is_told_by_users_and_names() -> None:
    worker = Worker()
    for user, name in (("ann", "a"), ("ann", "a"), ("ann", "b"), ("bob", "a")):
        worker.presence.enter(Address(TOPIC, name), user)
    assert worker.told("presence_held") == 3
    worker.metrics.events.presence_changed("lost", 2)
    assert [worker.told("presence_changes_total", one) for one in ("joined", "left", "lost")] == [0, 0, 2]


async def test_events_are_told_by_topic_and_by_how_many_sockets_had_them() -> None:
    worker = Worker()
    writer = Writer()
    for one in (Socket(), Socket()):
        worker.hub.subscribe(Address(TOPIC, TOPIC), one, writer)
    worker.hub.deliver(Delivery(TOPIC, 1, "e", 1, object()))
    assert worker.told("subscriptions", TOPIC) == worker.told("events_delivered_total", TOPIC) == 2
    for _ in range(3):
        worker.hub.note_resumption(TOPIC, is_whole=True)
    assert worker.told("subscriptions_resumed_total", TOPIC, "recovered") == 3
    assert worker.told("subscriptions_resumed_total", TOPIC, "missed") == 0


async def test_a_part_is_ready_or_not_as_the_last_look_found_it() -> None:
    worker = Worker()
    assert (worker.told("part_ready", "database"), worker.told("part_ready", "keys")) == (0.0, 0.0), "not asked yet"
    await worker.readiness.check()
    assert (worker.told("part_ready", "database"), worker.told("part_ready", "keys")) == (0.0, 1.0)


def test_who_seals_and_who_drops_is_asked() -> None:
    worker = Worker()
    worker.audit_sealer.stalled_s, worker.audit_upkeep.dropped_rows = 7.5, 3
    assert worker.told("audit_seal_stalled_seconds") == 7.5
    assert worker.told("audit_parts_dropped_rows_total") == 3

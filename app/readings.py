"""What the parts of a worker keep anyway, told as metrics: asked at each `/metrics`, so that it costs nothing between."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Protocol

from app.admission.gate import Gate
from app.admission.shares import Shares
from app.admission.tally import Tally
from app.audit.log import AuditLog
from app.audit.sealer import AuditSealer
from app.audit.upkeep import AuditUpkeep
from app.auth.credential_refused import Reason
from app.broadcast.hub import Hub
from app.broadcast.presence import Presence
from app.db.database import Database
from app.execution.access_log import AccessLog
from app.guard.places import Places
from app.supervision.readiness import Readiness
from app.supervision.supervisor import Supervisor
from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.metrics import Known, Metrics
from generated.errors import ERRORS, CloseCode
from generated.operations import BUCKETS, CONTRACT_HASH, CONTRACT_VERSION, OPERATIONS, QUESTIONS, TOPICS


def known() -> Known:
    """The closed sets of the contract that is served."""
    return Known(
        operations=(*OPERATIONS, *(one.name for one in QUESTIONS.values())),
        codes=tuple(ERRORS),
        close_codes=tuple(CloseCode),
        reasons=tuple(Reason),
        buckets=tuple(BUCKETS),
        topics=tuple(TOPICS),
        version=CONTRACT_VERSION,
        contract=CONTRACT_HASH,
    )


class Parts(Protocol):
    """Of one worker, as `app/wiring.py` makes them."""

    gate: Gate
    shares: Shares
    tally: Tally
    places: Places
    database: Database
    audit: AuditLog
    audit_sealer: AuditSealer
    audit_upkeep: AuditUpkeep
    hub: Hub
    presence: Presence
    readiness: Readiness
    supervisor: Supervisor
    access: AccessLog


def read_parts(metrics: Metrics, parts: Parts) -> None:
    """From now on `metrics` asks them."""
    gate, shares, pool, audit, hub = parts.gate, parts.shares, parts.database.pool, parts.audit, parts.hub
    read = metrics.read
    read(Catalogue.REQUESTS_IN_FLIGHT, lambda: gate.in_flight)
    read(Catalogue.REQUESTS_LIMIT, lambda: gate.limit)
    read(Catalogue.REQUESTS_RUNNING, lambda: shares.running)
    read(Catalogue.REQUESTS_WAITING, lambda: shares.waiting)
    read(Catalogue.REFUSED, lambda: {one.value: count for one, count in parts.tally.counts().items()})
    read(Catalogue.HTTP_CONNECTIONS, lambda: max(0, parts.places.taken - metrics.sockets.open))
    read(Catalogue.DATABASE_POOL_SIZE, lambda: pool.size)
    read(Catalogue.DATABASE_POOL_LEASED, lambda: pool.leased)
    read(Catalogue.DATABASE_POOL_PENDING, lambda: pool.pending)
    read(Catalogue.DATABASE_POOL_WAITING, lambda: pool.waiting)
    read(Catalogue.AUDIT_QUEUE_ROWS, lambda: audit.waiting)
    read(Catalogue.AUDIT_QUEUE_AGE, lambda: max(0.0, time.time() - audit.waits_since))
    read(Catalogue.AUDIT_WRITTEN, lambda: {("transaction",): audit.written, ("queue",): audit.stored})
    read(Catalogue.AUDIT_QUARANTINED, lambda: audit.quarantined)
    read(Catalogue.AUDIT_SEAL_STALLED, lambda: parts.audit_sealer.stalled_s)
    read(Catalogue.AUDIT_PARTS_DROPPED_ROWS, lambda: parts.audit_upkeep.dropped_rows)
    ready = parts.readiness
    read(Catalogue.PART_READY, lambda: {(one,): float(one not in ready.failing) for one in ready.parts})
    read(
        Catalogue.TASK_FAILING,
        lambda: {(one,): float(says is not None) for one, says in parts.supervisor.faults().items()},
    )
    read(Catalogue.LOG_ACCESS_LEFT_OUT, lambda: parts.access.left_out)
    read(Catalogue.SUBSCRIPTIONS, lambda: _of_topics({one: hub.count(one) for one in TOPICS}))
    read(Catalogue.SUBSCRIPTIONS_RESUMED, lambda: _resumed(hub))
    read(Catalogue.PRESENCE_HELD, lambda: parts.presence.held)
    read(Catalogue.EVENTS_DELIVERED, lambda: _of_topics({one: hub.delivered.get(one, 0) for one in TOPICS}))


def _resumed(hub: Hub) -> dict[tuple[str, ...], float]:
    outcomes = {True: "recovered", False: "missed"}
    return {
        (topic, name): float(hub.resumed.get((topic, outcome), 0))
        for topic in TOPICS
        for outcome, name in outcomes.items()
    }


def _of_topics(counts: Mapping[str, int]) -> dict[tuple[str, ...], float]:
    return {(topic,): float(count) for topic, count in counts.items()}

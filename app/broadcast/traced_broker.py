"""The broker, where the way of an event is told, too: that it went into its topic's stream, and that a node handed it to its sockets.

Promises: both spans stand below the call that published the event, whichever nodes moved and delivered it; an event of a call that is not
told has none. One span for each event and worker that reads it, whatever the number of sockets. Names and attributes are OpenTelemetry's for messaging.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from app.broadcast.broker import Audience, Broker, Delivery, Nudged, Pending, Position
from app.telemetry.traceparent import read_traceparent
from app.telemetry.traces.port import Facts, Tracer

SYSTEM = {"messaging.system": "redis"}
PUBLISH = SYSTEM | {"messaging.operation.name": "publish", "messaging.operation.type": "send"}
DELIVER = SYSTEM | {"messaging.operation.name": "deliver", "messaging.operation.type": "process"}


class TracedBroker:
    """As the broker that it stands before. `delivered` counts what the audience handed on, by topic, as `Hub.delivered`."""

    def __init__(self, tracer: Tracer, broker: Broker, delivered: Mapping[str, int]) -> None:
        self._tracer = tracer
        self._broker = broker
        self._delivered = delivered

    async def append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        """What was not appended is not told: it will be, when it is tried again."""
        began_ns = time.time_ns()
        count = await self._broker.append(topic, token, events)
        for event in events[:count]:
            parent = read_traceparent(event.traceparent)
            if parent is not None:
                facts: Facts = PUBLISH | {"messaging.destination.name": topic, "messaging.message.id": event.event_id}
                self._tracer.sent(f"publish {topic}", facts, parent=parent, began_ns=began_ns)
        return count

    def nudge(self, topic: str) -> None:
        self._broker.nudge(topic)

    async def relay(self, audience: Audience, mover: Nudged) -> None:
        await self._broker.relay(TracedAudience(self._tracer, audience, self._delivered), mover)


class TracedAudience:
    """As the audience that it stands before."""

    def __init__(self, tracer: Tracer, audience: Audience, delivered: Mapping[str, int]) -> None:
        self._tracer = tracer
        self._audience = audience
        self._delivered = delivered

    def deliver(self, delivery: Delivery) -> None:
        parent = read_traceparent(delivery.traceparent)
        if parent is None:
            self._audience.deliver(delivery)
            return
        topic, began_ns = delivery.topic, time.time_ns()
        before = self._delivered.get(topic, 0)
        self._audience.deliver(delivery)
        counts = {"event.offset": delivery.offset, "event.followers": self._delivered.get(topic, 0) - before}
        facts: Facts = {**DELIVER, "messaging.destination.name": topic, **counts}
        self._tracer.processed(f"deliver {topic}", facts, parent=parent, began_ns=began_ns)

    def move(self, topic: str, position: Position, *, lost: bool) -> None:
        self._audience.move(topic, position, lost=lost)

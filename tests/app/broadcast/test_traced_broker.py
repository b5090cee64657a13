"""An event's way is two spans below the call that published it: into the stream, and to the sockets of a node. Others have none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.broadcast.broker import Audience, Delivery, NotAppended, Nudged, Pending, Position
from app.broadcast.traced_broker import TracedAudience, TracedBroker
from tests.app.broadcast.conftest import Nobody
from tests.app.telemetry.traces.heard import CURRENT, Heard

TOLD = Pending("id 1", 1001, b"{}", traceparent=CURRENT.written)
UNTOLD = Pending("id 2", 1001, b"{}")
WRONG = Pending("id 3", 1001, b"{}", traceparent="of a stranger")


class Taking:
    """A broker that appends `count` of what it is given, and hands on `deliveries`."""

    def __init__(self, count: int = 0, deliveries: Sequence[Delivery] = ()) -> None:
        self.count = count
        self.deliveries = deliveries
        self.nudged: list[str] = []

    async def append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        if not self.count:
            raise NotAppended(topic)
        return self.count

    def nudge(self, topic: str) -> None:
        self.nudged.append(topic)

    async def relay(self, audience: Audience, mover: Nudged) -> None:
        for one in self.deliveries:
            audience.deliver(one)
        audience.move("artists", Position("e", 9), lost=True)


class Following:
    """An audience of `count` sockets."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.delivered: dict[str, int] = {}
        self.heard: list[int] = []
        self.moves: list[tuple[str, Position, bool]] = []

    def deliver(self, delivery: Delivery) -> None:
        self.heard.append(delivery.offset)
        self.delivered["artists"] = self.delivered.get("artists", 0) + self.count

    def move(self, topic: str, position: Position, *, lost: bool) -> None:
        self.moves.append((topic, position, lost))


async def test_what_was_appended_is_told_once_below_its_call() -> None:
    heard, broker = Heard(), Taking(3)
    traced = TracedBroker(heard, broker, {})
    assert await traced.append("artists", 1, [TOLD, UNTOLD, WRONG, TOLD]) == 3
    (span,) = heard.spans
    assert (span.name, span.kind, span.parent) == ("publish artists", "producer", CURRENT)
    assert span.facts == {
        "messaging.system": "redis", "messaging.operation.name": "publish", "messaging.operation.type": "send",
        "messaging.destination.name": "artists", "messaging.message.id": "id 1",
    }  # fmt: skip


async def test_what_was_not_appended_is_not_told() -> None:
    heard = Heard()
    with pytest.raises(NotAppended):
        await TracedBroker(heard, Taking(), {}).append("artists", 1, [TOLD])
    assert heard.spans == []


async def test_a_delivery_is_one_span_whatever_the_number_of_sockets() -> None:
    heard, following = Heard(), Following(7)
    said = [CURRENT.written, "", "of a stranger"]
    deliveries = [Delivery("artists", at, "e", 1001, None, traceparent=one) for at, one in enumerate(said, 1)]
    broker = Taking(deliveries=deliveries)
    traced = TracedBroker(heard, broker, following.delivered)
    await traced.relay(following, Nobody())
    traced.nudge("artists")
    assert (following.heard, following.moves, broker.nudged) == (
        [1, 2, 3],
        [("artists", Position("e", 9), True)],
        ["artists"],
    )
    (span,) = heard.spans
    assert (span.name, span.kind, span.parent) == ("deliver artists", "consumer", CURRENT)
    assert span.facts == {
        "messaging.system": "redis", "messaging.operation.name": "deliver", "messaging.operation.type": "process",
        "messaging.destination.name": "artists", "event.offset": 1, "event.followers": 7,
    }  # fmt: skip


def test_what_the_audience_cannot_take_is_its_own_fault() -> None:
    class Failing(Following):
        def deliver(self, delivery: Delivery) -> None:
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        TracedAudience(Heard(), Failing(1), {}).deliver(
            Delivery("artists", 1, "e", 1001, None, traceparent=CURRENT.written)
        )

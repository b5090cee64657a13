"""The port is what the Redis broker has, and what passes through it are values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from app.broadcast.broker import Broker, Delivery, Pending
from app.broadcast.redis_broker import RedisBroker
from tests.app.broadcast.conftest import MakeNode


def test_a_delivery_cannot_be_changed_on_its_way_through_the_sockets() -> None:
    delivery = Delivery("artists", 1, "e", 1001, None)
    with pytest.raises(FrozenInstanceError):
        delivery.offset = 2  # type: ignore[misc]  # that it is refused is the claim


def test_an_event_that_is_appended_again_is_the_same() -> None:
    assert Pending("id", 1001, b"{}") == Pending("id", 1001, b"{}") != Pending("other", 1001, b"{}")


async def test_the_redis_broker_is_a_broker(make_node: MakeNode) -> None:
    broker: Broker = make_node().broker
    assert isinstance(broker, RedisBroker)

"""Hands each event to the sockets of this node that subscribed to its topic.

Promises: one encoding per wire format and event, whatever the number of sockets; a slow socket holds up no other, because
`push` never waits. Does not ask who may subscribe.
"""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping
from typing import Any, Protocol

import structlog

from app.broadcast.broker import Delivery

Message = MutableMapping[str, Any]
"""An ASGI message; all sockets of one format share it, so nobody may change it."""

Encode = Callable[[Delivery], tuple[Message, int]]
"""Makes the message of a push and says its size in bytes. Equal encoders share one encoding."""

logger = structlog.get_logger(__name__)


class Subscriber(Protocol):
    def push(self, message: Message, size: int) -> None:
        """Must neither wait nor raise."""


class Hub:
    """One per node. Everything happens on the loop, without waiting, so that a delivery meets a topic either with or
    without a subscriber. `on_event(topic, lag_s)` hears of each event: how long ago its row was written, as far as the clocks
    agree; None where that is not known."""

    def __init__(self, on_event: Callable[[str, float | None], None] = lambda topic, lag_s: None) -> None:
        self._on_event = on_event
        self.delivered: dict[str, int] = {}
        """Pushes since the start, by topic."""
        self._topics: dict[str, dict[Encode, dict[Subscriber, None]]] = {}

    def subscribe(self, topic: str, subscriber: Subscriber, encode: Encode) -> None:
        """From the next event on; twice is once. Any topic is taken, whether or not it exists."""
        self._topics.setdefault(topic, {}).setdefault(encode, {})[subscriber] = None

    def unsubscribe(self, topic: str, subscriber: Subscriber, encode: Encode) -> None:
        """Unknown ones are ignored; the last one to leave leaves nothing behind."""
        groups = self._topics.get(topic, {})
        members = groups.get(encode, {})
        members.pop(subscriber, None)
        if not members:
            groups.pop(encode, None)
        if not groups:
            self._topics.pop(topic, None)

    def deliver(self, delivery: Delivery) -> None:
        """One encoding for each group of equal encoders, and one `push` for each subscriber. An event that cannot be
        encoded is logged, and the other formats get it all the same."""
        at_ms = delivery.at_ms
        self._on_event(delivery.topic, None if at_ms is None else time.time() - at_ms / 1000)
        for encode, members in list(self._topics.get(delivery.topic, {}).items()):
            try:
                message, size = encode(delivery)
            except Exception:
                logger.exception("event.not_encoded", topic=delivery.topic, pkg_id=delivery.pkg_id)
                continue
            for subscriber in list(members):
                subscriber.push(message, size)
            self.delivered[delivery.topic] = self.delivered.get(delivery.topic, 0) + len(members)

    def count(self, topic: str) -> int:
        """Over all formats."""
        return sum(len(members) for members in self._topics.get(topic, {}).values())

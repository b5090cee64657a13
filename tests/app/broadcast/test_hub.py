"""The hub encodes once per format, reaches every subscriber, and no other."""

from __future__ import annotations

import time
from dataclasses import replace

from app.broadcast.broker import Delivery
from app.broadcast.hub import Hub, Message

DELIVERY = Delivery("artists", 3, "e", 1001, "event")


class Inbox:
    def __init__(self) -> None:
        self.messages: list[Message] = []

    def push(self, message: Message, size: int) -> None:
        self.messages.append(message)


class Encoder:
    def __init__(self) -> None:
        self.count = 0

    def encode(self, delivery: Delivery) -> tuple[Message, int]:
        self.count += 1
        return {"offset": delivery.offset}, 10


def test_each_format_is_encoded_once_and_its_message_shared() -> None:
    hub, one, two = Hub(), Encoder(), Encoder()
    inboxes = [Inbox() for _ in range(100)]
    for index, inbox in enumerate(inboxes):
        hub.subscribe("artists", inbox, (one if index % 2 else two).encode)
    hub.deliver(DELIVERY)
    assert (one.count, two.count) == (1, 1)
    assert [len(inbox.messages) for inbox in inboxes] == [1] * 100
    assert len({id(inbox.messages[0]) for inbox in inboxes}) == 2


def test_nothing_is_encoded_for_a_topic_without_subscribers() -> None:
    hub, encoder, inbox = Hub(), Encoder(), Inbox()
    hub.subscribe("other", inbox, encoder.encode)
    hub.deliver(DELIVERY)
    hub.subscribe("artists", inbox, encoder.encode)
    hub.unsubscribe("artists", inbox, encoder.encode)
    hub.unsubscribe("artists", inbox, encoder.encode)
    hub.deliver(DELIVERY)
    assert (encoder.count, inbox.messages, hub.count("artists")) == (0, [], 0)


def test_subscribing_twice_delivers_once() -> None:
    hub, encoder, inbox = Hub(), Encoder(), Inbox()
    for _ in range(2):
        hub.subscribe("artists", inbox, encoder.encode)
    hub.deliver(DELIVERY)
    assert len(inbox.messages) == 1


def test_an_event_that_cannot_be_encoded_in_one_format_still_goes_out_in_the_other() -> None:
    def fail(delivery: Delivery) -> tuple[Message, int]:
        raise ValueError(delivery.topic)

    hub, broken, whole = Hub(), Inbox(), Inbox()
    hub.subscribe("artists", broken, fail)
    hub.subscribe("artists", whole, Encoder().encode)
    hub.deliver(DELIVERY)
    assert (len(broken.messages), len(whole.messages)) == (0, 1)


def test_a_subscriber_may_leave_while_it_is_being_served() -> None:
    hub, encoder = Hub(), Encoder()

    class Leaver(Inbox):
        def push(self, message: Message, size: int) -> None:
            super().push(message, size)
            hub.unsubscribe("artists", self, encoder.encode)

    leavers = [Leaver() for _ in range(3)]
    for leaver in leavers:
        hub.subscribe("artists", leaver, encoder.encode)
    hub.deliver(DELIVERY)
    assert [len(leaver.messages) for leaver in leavers] == [1, 1, 1]
    assert hub.count("artists") == 0


def test_each_event_is_told_once_with_how_old_it_is_and_pushes_are_counted() -> None:
    heard: list[tuple[str, float | None]] = []
    hub = Hub(lambda topic, lag_s: heard.append((topic, lag_s)))
    for _ in range(3):
        hub.subscribe("artists", Inbox(), Encoder().encode)
    hub.deliver(DELIVERY)
    hub.deliver(replace(DELIVERY, at_ms=round((time.time() - 2) * 1000)))
    hub.deliver(replace(DELIVERY, topic="other"))
    (first, unknown), (second, lag_s), (third, _) = heard
    assert (first, second, third) == ("artists", "artists", "other")
    assert unknown is None
    assert lag_s is not None
    assert 1.9 < lag_s < 10
    assert hub.delivered == {"artists": 6}

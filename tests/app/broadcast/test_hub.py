"""The hub encodes once per format, reaches every subscriber, and no other."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from app.broadcast.broker import Address, Delivery, Position
from app.broadcast.hub import MAX_RECENT, MAX_RECENT_BYTES, Hub, Message

DELIVERY = Delivery("artists", 3, "e", 1001, "event")
ARTISTS, OTHER = Address("artists", "artists"), Address("other", "other")
SEVEN, EIGHT = (Address("artists/{id}", name) for name in ("artists/7", "artists/8"))


class Inbox:
    def __init__(self) -> None:
        self.messages: list[Message] = []

    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        self.messages.append(message)


class Keys:
    """What each push may replace."""

    def __init__(self) -> None:
        self.keys: list[str | None] = []

    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        self.keys.append(latest)


class Encoder:
    def __init__(self) -> None:
        self.count = 0

    def push(self, delivery: Delivery) -> tuple[Message, int]:
        self.count += 1
        return {"offset": delivery.offset}, 10

    def missed(self, name: str, position: Position) -> tuple[Message, int]:
        return {"missed": position.offset}, 10


def test_each_format_is_encoded_once_and_its_message_shared() -> None:
    hub, one, two = Hub(), Encoder(), Encoder()
    inboxes = [Inbox() for _ in range(100)]
    for index, inbox in enumerate(inboxes):
        hub.subscribe(ARTISTS, inbox, one if index % 2 else two)
    hub.deliver(DELIVERY)
    assert (one.count, two.count) == (1, 1)
    assert [len(inbox.messages) for inbox in inboxes] == [1] * 100
    assert len({id(inbox.messages[0]) for inbox in inboxes}) == 2


def test_nothing_is_encoded_for_a_topic_without_subscribers() -> None:
    hub, encoder, inbox = Hub(), Encoder(), Inbox()
    hub.subscribe(OTHER, inbox, encoder)
    hub.deliver(DELIVERY)
    hub.subscribe(ARTISTS, inbox, encoder)
    hub.unsubscribe(ARTISTS, inbox, encoder)
    hub.unsubscribe(ARTISTS, inbox, encoder)
    hub.deliver(DELIVERY)
    assert (encoder.count, inbox.messages, hub.count("artists")) == (0, [], 0)


def test_where_only_the_last_event_counts_it_counts_for_its_name() -> None:
    hub, encoder, keys = Hub(latest={SEVEN.topic}), Encoder(), Keys()
    for address in (ARTISTS, SEVEN, EIGHT):
        hub.subscribe(address, keys, encoder)
        hub.deliver(replace(DELIVERY, topic=address.topic, of=address.name))
    assert keys.keys == [None, "artists/7", "artists/8"]


def test_a_loss_takes_the_place_of_what_waits_under_the_name_and_stands_behind_nothing_later() -> None:
    """So that no later event comes before it."""
    hub, encoder, keys = Hub(latest={SEVEN.topic}), Encoder(), Keys()
    for address in (ARTISTS, SEVEN):
        hub.subscribe(address, keys, encoder)
        hub.move(address.topic, Position("f", 7), lost=True)
    assert keys.keys == [None, "artists/7"]


def test_subscribing_twice_delivers_once() -> None:
    hub, encoder, inbox = Hub(), Encoder(), Inbox()
    for _ in range(2):
        hub.subscribe(ARTISTS, inbox, encoder)
    hub.deliver(DELIVERY)
    assert len(inbox.messages) == 1


def test_an_event_that_cannot_be_encoded_in_one_format_is_told_as_missed_and_goes_out_in_the_other() -> None:
    class Broken(Encoder):
        def push(self, delivery: Delivery) -> tuple[Message, int]:
            raise ValueError(delivery.topic)

    hub, broken, whole = Hub(), Inbox(), Inbox()
    hub.subscribe(ARTISTS, broken, Broken())
    hub.subscribe(ARTISTS, whole, Encoder())
    hub.deliver(DELIVERY)
    assert (broken.messages, whole.messages) == ([{"missed": 3}], [{"offset": 3}])


def test_a_subscriber_may_leave_while_it_is_being_served() -> None:
    hub, encoder = Hub(), Encoder()

    class Leaver(Inbox):
        def push(self, message: Message, size: int, latest: str | None = None) -> None:
            super().push(message, size, latest)
            hub.unsubscribe(ARTISTS, self, encoder)

    leavers = [Leaver() for _ in range(3)]
    for leaver in leavers:
        hub.subscribe(ARTISTS, leaver, encoder)
    hub.deliver(DELIVERY)
    assert [len(leaver.messages) for leaver in leavers] == [1, 1, 1]
    assert hub.count("artists") == 0


def test_each_event_is_told_once_with_how_old_it_is_and_pushes_are_counted() -> None:
    heard: list[tuple[str, float | None]] = []
    hub = Hub(lambda topic, lag_s: heard.append((topic, lag_s)))
    for _ in range(3):
        hub.subscribe(ARTISTS, Inbox(), Encoder())
    hub.deliver(DELIVERY)
    hub.deliver(replace(DELIVERY, at_ms=round((time.time() - 2) * 1000)))
    hub.deliver(replace(DELIVERY, topic="other"))
    (first, unknown), (second, lag_s), (third, _) = heard
    assert (first, second, third) == ("artists", "artists", "other")
    assert unknown is None
    assert lag_s is not None
    assert 1.9 < lag_s < 10
    assert hub.delivered == {"artists": 6}


def deliver(hub: Hub, *offsets: int, epoch: str = "e", size: int = 0) -> None:
    for offset in offsets:
        hub.deliver(replace(DELIVERY, offset=offset, epoch=epoch, size=size))


@pytest.mark.parametrize(
    ("after", "offsets"),
    [
        (Position("e", 5), []),
        (Position("e", 3), [4, 5]),
        (Position("e", 2), [3, 4, 5]),
        (Position("e", 1), None),
        (Position("e", 6), None),
        (Position("other", 3), None),
    ],
)
def test_what_came_after_a_position_is_recalled_whole_or_not_at_all(after: Position, offsets: list[int] | None) -> None:
    hub = Hub()
    hub.move("artists", Position("e", 2), lost=False)
    deliver(hub, 3, 4, 5)
    recalled = hub.after("artists", after)
    assert (None if recalled is None else [one.delivery.offset for one in recalled]) == offsets
    assert hub.position("artists") == Position("e", 5)
    assert hub.after("unknown", after) is None


@pytest.mark.parametrize("size", [0, MAX_RECENT_BYTES // 100])
def test_what_is_remembered_is_bounded_in_number_and_in_bytes(size: int) -> None:
    hub, kept = Hub(), min(MAX_RECENT, MAX_RECENT_BYTES // size if size else MAX_RECENT)
    deliver(hub, *range(1, MAX_RECENT + 200), size=size)
    first = MAX_RECENT + 199 - kept
    assert len(hub.after("artists", Position("e", first)) or ()) == kept
    assert hub.after("artists", Position("e", first - 1)) is None


def test_a_form_that_was_made_for_a_live_socket_is_used_again_for_who_was_away() -> None:
    hub, encoder = Hub(), Encoder()
    hub.subscribe(ARTISTS, Inbox(), encoder)
    deliver(hub, 1, 2)
    recalled = hub.after("artists", Position("e", 1)) or ()
    assert [one.form(encoder) for one in recalled] == [({"offset": 2}, 10)]
    assert encoder.count == 2


def test_who_follows_is_told_of_what_is_lost_and_nothing_before_it_is_recalled() -> None:
    hub, inbox, other, encoder = Hub(), Inbox(), Inbox(), Encoder()
    hub.subscribe(ARTISTS, inbox, encoder)
    hub.subscribe(OTHER, other, encoder)
    deliver(hub, 1, 2)
    hub.move("artists", Position("new", 0), lost=True)
    deliver(hub, 1, epoch="new")
    hub.move("artists", Position("newer", 0), lost=False)
    assert inbox.messages == [{"offset": 1}, {"offset": 2}, {"missed": 0}, {"offset": 1}]
    assert other.messages == []
    assert hub.after("artists", Position("e", 1)) is None
    assert hub.after("artists", Position("newer", 0)) == []


def test_names_of_one_topic_share_its_memory_and_its_count_and_each_hears_its_own() -> None:
    hub, seven, eight, encoder = Hub(), Inbox(), Inbox(), Encoder()
    hub.subscribe(SEVEN, seven, encoder)
    hub.subscribe(EIGHT, eight, encoder)
    for offset, of in enumerate(("artists/7", "artists/9", "artists/8", "artists/7"), 1):
        hub.deliver(replace(DELIVERY, topic="artists/{id}", offset=offset, of=of))
    assert (seven.messages, eight.messages) == ([{"offset": 1}, {"offset": 4}], [{"offset": 3}])
    assert (hub.count("artists/{id}"), hub.delivered) == (2, {"artists/{id}": 3})
    assert hub.position("artists/{id}") == Position("e", 4)
    recalled = hub.after("artists/{id}", Position("e", 1)) or ()
    assert [one.delivery.name for one in recalled] == ["artists/9", "artists/8", "artists/7"]


def test_what_a_topic_has_lost_is_told_under_each_of_its_names() -> None:
    told: list[tuple[str, int]] = []

    class Names(Encoder):
        def missed(self, name: str, position: Position) -> tuple[Message, int]:
            told.append((name, position.offset))
            return {}, 1

    hub, encoder = Hub(), Names()
    for address in (SEVEN, EIGHT, OTHER):
        hub.subscribe(address, Inbox(), encoder)
    hub.move("artists/{id}", Position("e", 9), lost=True)
    assert told == [("artists/7", 9), ("artists/8", 9)]


def test_a_name_that_nobody_follows_any_more_leaves_nothing_behind() -> None:
    hub, inbox, encoder = Hub(), Inbox(), Encoder()
    for number in range(100):
        address = Address("artists/{id}", f"artists/{number}")
        hub.subscribe(address, inbox, encoder)
        hub.unsubscribe(address, inbox, encoder)
    assert hub._topics == {}

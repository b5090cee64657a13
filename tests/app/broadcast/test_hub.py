"""The hub encodes once per format, reaches every subscriber, and no other."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.broadcast.broker import Address, Delivery, Position
from app.broadcast.filters import Fields
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

    def data(self, delivery: Delivery) -> bytes:
        self.count += 1
        return b""

    def push(self, delivery: Delivery, name: str, data: bytes) -> tuple[Message, int]:
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
        def data(self, delivery: Delivery) -> bytes:
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
    assert [one.form(encoder, "artists") for one in recalled] == [({"offset": 2}, 10)]
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


class Kinds(Encoder):
    """Tells names and data, and counts encodings."""

    def push(self, delivery: Delivery, name: str, data: bytes) -> tuple[Message, int]:
        return {name: delivery.offset}, 10

    def missed(self, name: str, position: Position) -> tuple[Message, int]:
        return {name: "missed"}, 10


KINDS = Fields({"kind": str})
PLAIN = Address("notes", "notes")
RED, BLUE, BOTH = (
    Address("notes", f"notes?{query}", KINDS.read("notes", query))
    for query in ("kind=red", "kind=blue", "kind=red&kind=blue")
)


def note(offset: int, kind: str) -> Delivery:
    return Delivery("notes", offset, "e", 1, SimpleNamespace(kind=kind))


def test_filtered_names_hear_what_they_admit_and_the_event_is_encoded_once_for_all_of_them() -> None:
    hub, encoder, inboxes = Hub(), Kinds(), [Inbox() for _ in range(4)]
    for address, inbox in zip((PLAIN, RED, BLUE, BOTH), inboxes, strict=True):
        hub.subscribe(address, inbox, encoder)
    for offset, kind in enumerate(("red", "green", "blue"), 1):
        hub.deliver(note(offset, kind))
    assert [one.messages for one in inboxes] == [
        [{"notes": 1}, {"notes": 2}, {"notes": 3}],
        [{"notes?kind=red": 1}],
        [{"notes?kind=blue": 3}],
        [{"notes?kind=red&kind=blue": 1}, {"notes?kind=red&kind=blue": 3}],
    ]
    assert encoder.count == 3
    assert hub.delivered == {"notes": 7}


def test_fields_are_taken_out_of_an_event_once_and_not_where_nobody_filters() -> None:
    read: list[int] = []

    class Note:
        @property
        def kind(self) -> str:
            read.append(1)
            return "red"

    hub, inbox, encoder = Hub(), Inbox(), Kinds()
    hub.subscribe(PLAIN, inbox, encoder)
    hub.deliver(replace(note(1, ""), event=Note()))
    assert read == []
    for address in (RED, BLUE, BOTH):
        hub.subscribe(address, inbox, encoder)
    hub.deliver(replace(note(2, ""), event=Note()))
    recalled = (hub.after("notes", Position("e", 1)) or ())[0]
    assert [recalled.is_heard(one) for one in (PLAIN, RED, BLUE, BOTH)] == [True, True, False, True]
    assert read == [1]


def test_a_filter_is_of_one_name_of_a_topic_with_parameters() -> None:
    where = KINDS.read("artists/7", "kind=red")
    hub, inbox = Hub(), Inbox()
    hub.subscribe(Address("artists/{id}", "artists/7?kind=red", where), inbox, Kinds())
    for offset, (of, kind) in enumerate((("artists/7", "red"), ("artists/8", "red"), ("artists/7", "blue")), 1):
        hub.deliver(Delivery("artists/{id}", offset, "e", 1, SimpleNamespace(kind=kind), of=of))
    assert inbox.messages == [{"artists/7?kind=red": 1}]


def test_where_only_the_last_event_counts_it_counts_for_the_filtered_name() -> None:
    hub, keys = Hub(latest={"notes"}), Keys()
    hub.subscribe(RED, keys, Kinds())
    hub.deliver(note(1, "red"))
    hub.move("notes", Position("f", 0), lost=True)
    assert keys.keys == ["notes?kind=red", "notes?kind=red"]


def test_an_event_that_cannot_be_encoded_is_missed_by_those_whose_filter_admits_it() -> None:
    class Broken(Kinds):
        def data(self, delivery: Delivery) -> bytes:
            raise ValueError(delivery.topic)

    hub, red, blue, encoder = Hub(), Inbox(), Inbox(), Broken()
    hub.subscribe(RED, red, encoder)
    hub.subscribe(BLUE, blue, encoder)
    hub.deliver(note(1, "red"))
    assert (red.messages, blue.messages) == ([{"notes?kind=red": "missed"}], [])


def test_filtered_names_that_nobody_follows_any_more_leave_nothing_behind() -> None:
    hub, one, two, encoder = Hub(), Inbox(), Inbox(), Kinds()
    for inbox in (one, two):
        for address in (RED, BOTH, RED):
            hub.subscribe(address, inbox, encoder)
    for address in (RED, BOTH, BLUE):
        hub.unsubscribe(address, one, encoder)
    hub.deliver(note(1, "red"))
    assert (len(one.messages), len(two.messages), hub.count("notes")) == (0, 2, 2)
    for address in (BOTH, RED, RED):
        hub.unsubscribe(address, two, encoder)
    assert (hub._topics, hub._selections) == ({}, {})

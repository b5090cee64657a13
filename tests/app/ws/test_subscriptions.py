"""A socket receives a topic only while its roles admit it, and resumes without a gap where it left off."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.broadcast.broker import NotKept, Position
from app.broadcast.presence import Told
from app.ws.envelope import Subscribe
from app.ws.frames import Start
from app.ws.subscriptions import MAX_FOLLOWED, PIECE, admits, topic_roles
from generated.errors import Forbidden, InvalidData, Unavailable
from generated.operations import EVENTS
from tests.app.ws.fakes import principal
from tests.app.ws.following import KINDS, ROLES, ROOMS, Log, Node, caller


def test_the_contract_s_topics_take_the_roles_of_their_events() -> None:
    topics = ("artists", "artists/{artist.id}", "artist-names/{artist.name}")
    assert topic_roles(EVENTS.values()) == dict.fromkeys(topics, (frozenset({"get-artists"}),))


@pytest.mark.parametrize(
    ("topic", "roles", "admitted"),
    [
        ("open", "", True),
        ("artists", "", False),
        ("artists", "a x", True),
        ("both", "a", False),
        ("both", "a b", True),
        ("both", "admin", True),
    ],
)
def test_roles_are_an_or_of_ands(topic: str, roles: str, admitted: bool) -> None:
    assert admits(ROLES[topic], principal(roles=roles)) is admitted


async def test_only_joined_topics_are_delivered() -> None:
    node = Node()
    await node.join("artists", "open")
    await node.join("artists")
    node.tell()
    assert node.topics == ["artists", "open"]
    node.subscriptions.leave(["artists", "never joined"])
    node.tell()
    assert node.topics == ["artists", "open", "open"]


@pytest.mark.parametrize(("topics", "error"), [(["open", "both"], Forbidden), (["open", "none"], InvalidData)])
async def test_one_refused_topic_joins_none(topics: list[str], error: Any) -> None:
    node = Node()
    with pytest.raises(error):
        await node.join(*topics)
    node.tell()
    assert node.socket.seen == []


async def test_a_refresh_without_the_role_ends_the_topic() -> None:
    node = Node()
    await node.join("artists", "open")
    assert await node.subscriptions.review(caller(""), "trace")
    node.tell()
    assert node.topics == ["open"]


async def test_the_end_of_the_socket_leaves_nothing_in_the_hub() -> None:
    node = Node()
    await node.join("artists", "open")
    node.subscriptions.leave_all()
    assert [node.hub.count(topic) for topic in ROLES] == [0, 0, 0, 0]


async def test_a_topic_is_held_once_for_each_name_and_let_go_with_it() -> None:
    """Whatever ends it; a node reads what somebody holds, so that one hold too many is read for ever."""
    node = Node()
    await node.join("artists", "rooms/1", "rooms/2", "rooms/2")
    await node.join("artists", "rooms/2")
    assert node.reading.held == {"artists": 1, "rooms/{id}": 2}
    assert sorted(node.reading.begun) == ["artists", "rooms/{id}"]
    node.subscriptions.leave(["rooms/1", "rooms/1", "rooms/7"])
    assert await node.subscriptions.review(caller(""), "trace")
    assert node.reading.held == {"artists": 0, "rooms/{id}": 1}
    node.subscriptions.leave_all()
    node.subscriptions.leave_all()
    assert node.reading.held == {"artists": 0, "rooms/{id}": 0}


async def test_what_could_not_be_joined_is_not_held() -> None:
    node = Node()
    node.log.is_away = True
    with pytest.raises(Unavailable):
        await node.join("open", artists=7)
    assert node.reading.held == {"open": 0, "artists": 0}


async def test_a_socket_that_ends_while_its_topic_is_begun_holds_nothing() -> None:
    node = Node()
    node.reading.is_stuck = True
    joining = asyncio.create_task(node.join("open"))
    await asyncio.sleep(0)
    assert node.reading.begun == ["open"]
    joining.cancel()
    await asyncio.wait([joining])
    node.subscriptions.leave_all()
    assert node.reading.held == {"open": 0}


async def test_a_subscription_says_after_which_event_it_begins() -> None:
    node = Node()
    node.tell(3)
    await node.join("open", "artists", "open")
    assert node.writer.starts == [Start("open", Position("e", 3), False), Start("artists", Position("e", 3), False)]
    assert Node().hub.position("unknown") is None


@pytest.mark.parametrize("missed", [0, 1, PIECE, PIECE + 1, 5 * PIECE])
@pytest.mark.parametrize("remembered", [0, 10, 1000])
async def test_what_was_missed_comes_in_order_and_then_what_is_live(missed: int, remembered: int) -> None:
    """From the node's memory and from the stream, whichever has it."""
    node = Node(remembered=remembered)
    node.tell(7 + missed)
    node.happens = [node.tell] * 3
    await node.join(open=7)
    node.tell(2)
    assert node.writer.starts == [Start("open", Position("e", 7), True)]
    assert node.offsets == list(range(8, node.log.count + 1))


@pytest.mark.parametrize("remembered", [0, 1000])
async def test_where_only_the_last_event_counts_a_piece_of_history_is_its_last(remembered: int) -> None:
    """And of a topic with parameters the last under the name that is followed."""
    node = Node(remembered=remembered, latest={"open", "rooms/{id}"})
    node.tell(5 + 2 * PIECE + 10)
    await node.join(open=5)
    assert node.offsets == [5 + PIECE, 5 + 2 * PIECE, 5 + 2 * PIECE + 10]
    node.socket.seen.clear()
    await node.join(**{"rooms/1": node.log.count - 4})
    assert node.offsets == [max(one for one in range(node.log.count - 4, node.log.count + 1) if one % ROOMS == 1)]


@pytest.mark.parametrize("remembered", [0, 100, 1000])
async def test_events_that_come_in_any_turn_of_the_loop_while_it_resumes_are_neither_lost_nor_doubled(
    remembered: int,
) -> None:
    node = Node(remembered=remembered)
    node.tell(3 * PIECE)

    async def tell_each_turn() -> None:
        for _ in range(60):
            node.tell()
            await asyncio.sleep(0)

    telling = asyncio.create_task(tell_each_turn())
    await node.join(open=5)
    await telling
    assert node.offsets == list(range(6, node.log.count + 1))


STORY = (
    st.lists(st.sampled_from(["tell", "cut", "resume", "flush", "hole"]), max_size=30),
    st.integers(0, 40),
    st.integers(0, 40),
    st.lists(st.integers(0, 90), max_size=6),
)


@given(*STORY)
@settings(max_examples=300, deadline=None)
def test_after_any_story_a_client_has_every_event_once_or_knows_that_it_has_not(
    story: list[str], remembered: int, kept: int, while_reading: list[int]
) -> None:
    """The model is the log itself: between two offsets that a client was given there is none that it was not told as missed."""
    asyncio.run(_live_through(Listener("open"), story, remembered, kept, while_reading))


@given(*STORY, st.sets(st.integers(0, KINDS - 1), min_size=1), st.sampled_from(["open", "rooms/1"]))
@settings(max_examples=200, deadline=None)
def test_after_any_story_a_client_with_a_filter_has_each_event_that_it_admits_and_no_other(
    story: list[str], remembered: int, kept: int, while_reading: list[int], kinds: set[int], plain: str
) -> None:
    """The model is the same filter over the log."""
    name = f"{plain}?{'&'.join(f'real={one}' for one in kinds)}"
    asyncio.run(_live_through(Listener(name, kinds), story, remembered, kept, while_reading))


class Listener:
    """Who follows a name, and the model of what it has to hear."""

    def __init__(self, name: str, kinds: Collection[int] = range(KINDS)) -> None:
        self.name = name
        self.topic = "rooms/{id}" if name.startswith("rooms") else "open"
        self.kinds = kinds
        self.seen = 0
        self.is_joined = True

    def is_due(self, offset: int) -> bool:
        return offset % KINDS in self.kinds and (self.topic == "open" or offset % ROOMS == 1)

    def take(self, node: Node) -> None:
        """All that it was told since the last time."""
        for told in node.socket.seen:
            if told[0] != self.name:
                continue
            if told[1] == "missed":
                assert told[2] >= self.seen
            else:
                assert told[1] > self.seen
                assert self.is_due(told[1])
                self.nothing_is_due_before(told[1], node)
            self.seen = told[-1]
        node.socket.seen.clear()
        if self.is_joined:
            self.nothing_is_due_before(node.log.count + 1, node)

    def nothing_is_due_before(self, offset: int, node: Node) -> None:
        assert [one for one in range(self.seen + 1, offset) if self.is_due(one)] == [], node.socket.seen


async def _live_through(
    client: Listener, story: list[str], remembered: int, kept: int, while_reading: list[int]
) -> None:
    node = Node(Log(kept), remembered)
    await node.join(client.name)
    for step in story:
        if step == "hole":
            node.log.holes.add(node.log.count + 1)
        elif step == "flush":
            node.log.count += 1
            node.hub.move(client.topic, Position("e", node.log.count), lost=True)
        elif step == "tell":
            node.tell(17)
        elif step == "cut":
            client.take(node)
            client.is_joined = False
            node.subscriptions.leave_all()
        else:
            client.take(node)
            node.happens = [lambda count=count: node.tell(count) for count in while_reading]
            client.is_joined = True
            try:
                await node.join(**{client.name: client.seen})
            except NotKept:
                client.is_joined = False
                node.subscriptions.leave_all()
                continue
            start = node.writer.starts[0]
            if not start.recovered and start.position is not None:
                client.seen = start.position.offset
    client.take(node)


async def test_a_position_that_was_trimmed_or_is_of_another_epoch_is_not_recovered_and_goes_on_live() -> None:
    node = Node(Log(kept=5))
    node.tell(20)
    node.hub.move("open", Position("e", 20), lost=False)
    await node.join(open=3)
    assert node.writer.starts == [Start("open", Position("e", 20), False)]
    node.log.epoch = "other"
    node.hub.move("open", Position("other", 0), lost=True)
    await node.join(open=20)
    assert node.writer.starts == [Start("open", Position("other", 0), False)]
    node.log.count = 0
    node.tell()
    assert node.socket.seen == [("open", "missed", 0), ("open", 1)]


async def test_a_client_that_was_told_more_than_this_node_has_read_waits_for_it_and_hears_nothing_twice() -> None:
    node = Node()
    node.tell(5)
    node.log.count = 9
    joining = asyncio.create_task(node.join(open=8))
    await asyncio.sleep(0.05)
    assert node.writer.starts == []
    for offset in range(6, 10):
        node.hub.deliver(node.log.delivery("open", offset))
    await joining
    node.tell()
    assert (node.writer.starts, node.offsets) == ([Start("open", Position("e", 8), True)], [9, 10])


async def test_an_offset_that_never_was_is_not_recovered() -> None:
    """The stream fell back, or the client lies."""
    node = Node()
    node.tell(5)
    await node.join(open=50)
    assert node.writer.starts == [Start("open", Position("e", 5), False)]


async def test_where_it_cannot_be_found_out_what_was_missed_nothing_is_joined() -> None:
    node = Node()
    node.tell(5)
    node.hub.move("open", Position("e", 5), lost=False)
    node.log.is_away = True
    with pytest.raises(Unavailable):
        await node.join("artists", open=2)
    node.tell()
    assert (node.socket.seen, node.subscriptions.topics) == ([], frozenset())


async def test_a_history_that_is_lost_while_it_is_sent_ends_the_socket() -> None:
    node = Node()
    node.tell(3 * PIECE)
    node.hub.move("open", Position("e", node.log.count), lost=False)
    node.happens = [lambda: setattr(node.log, "epoch", "other")]
    with pytest.raises(NotKept):
        await node.join(open=0)
    assert node.offsets == list(range(1, PIECE + 1))


async def test_a_topic_that_is_left_while_its_history_is_sent_stays_left() -> None:
    node = Node()
    node.tell(3 * PIECE)
    node.happens = [node.subscriptions.leave_all]
    await node.join(open=0)
    node.tell()
    assert node.offsets == list(range(1, PIECE + 1))


async def test_an_entry_that_cannot_be_read_is_told_as_missed_in_its_place() -> None:
    node = Node()
    node.tell(4)
    node.log.holes = {3}
    node.hub.move("open", Position("e", 4), lost=False)
    await node.join(open=1)
    assert node.socket.seen == [("open", 2), ("open", "missed", 3), ("open", 4)]


async def test_a_topic_that_is_followed_already_is_resumed_once() -> None:
    node = Node()
    await node.join("open")
    node.tell(3)
    node.socket.seen.clear()
    await node.join(open=1)
    node.tell()
    assert node.offsets == [2, 3, 4]
    await node.join(open=99)
    assert node.hub.resumed == {("open", True): 1, ("open", False): 1}


async def test_a_name_of_a_topic_hears_what_goes_out_under_it_alone() -> None:
    node = Node()
    await node.join("rooms/1", "open")
    node.tell(6)
    assert [told for told in node.socket.seen if told[0] != "open"] == [("rooms/1", 1), ("rooms/1", 4)]
    node.subscriptions.leave(["rooms/1", "rooms/2"])
    node.tell(6)
    assert len([told for told in node.socket.seen if told[0] != "open"]) == 2


@pytest.mark.parametrize("missed", [0, 1, PIECE, 5 * PIECE])
@pytest.mark.parametrize("remembered", [0, 10, 1000])
async def test_a_name_is_resumed_through_the_history_of_its_topic(missed: int, remembered: int) -> None:
    """While others' events are passed over, the loop and the client have their turn after each piece."""
    node = Node(remembered=remembered)
    node.tell(7 + missed)
    node.happens = [node.tell] * 3
    await node.join(**{"rooms/1": 7})
    node.tell(2)
    assert node.writer.starts == [Start("rooms/1", Position("e", 7), True)]
    assert node.offsets == [one for one in range(8, node.log.count + 1) if one % ROOMS == 1]
    assert node.pauses >= (7 + missed - 8) // PIECE


async def test_an_entry_that_cannot_be_read_is_missed_under_every_name_of_its_topic() -> None:
    node = Node()
    node.tell(4)
    node.log.holes = {3}
    node.hub.move("rooms/{id}", Position("e", 4), lost=False)
    await node.join(**{"rooms/2": 1})
    assert node.socket.seen == [("rooms/2", 2), ("rooms/2", "missed", 3)]


@pytest.mark.parametrize("name", ["rooms", "rooms/", "rooms/x", "rooms/07", "rooms/7/8", "rooms/{id}", "rooms/%37"])
async def test_a_name_under_which_nothing_goes_out_is_no_topic(name: str) -> None:
    with pytest.raises(InvalidData) as refused:
        await Node().join("open", name)
    assert [one.pointer for one in refused.value.errors] == ["/topics/1"]


async def test_a_socket_follows_so_many_topics_and_no_more() -> None:
    node = Node()
    for begin in range(0, MAX_FOLLOWED, 100):
        await node.join(*(f"rooms/{number}" for number in range(begin, begin + 100)))
    await node.join("rooms/7")
    with pytest.raises(InvalidData) as refused:
        await node.join("open")
    assert [(one.pointer, one.message) for one in refused.value.errors] == [
        ("/topics", "One socket follows 1000 topics at most.")
    ]
    node.subscriptions.leave(["rooms/7"])
    await node.join("open")


async def test_a_topic_that_its_handler_does_not_open_joins_none() -> None:
    node = Node()
    node.rooms.closed = {2}
    with pytest.raises(Forbidden):
        await node.join("rooms/1", "rooms/2")
    assert node.subscriptions.topics == frozenset()
    node.rooms.is_away = True
    with pytest.raises(Unavailable):
        await node.join("rooms/1")
    assert node.subscriptions.topics == frozenset()


async def test_after_a_refresh_the_handler_is_asked_again_and_what_it_closes_is_left() -> None:
    node = Node()
    await node.join("rooms/1", "rooms/2", "open")
    node.rooms.closed = {2}
    assert await node.subscriptions.review(caller(), "trace")
    assert node.subscriptions.topics == {"rooms/1", "open"}
    node.tell(3)
    assert node.topics == ["open", "open", "open", "rooms/1"]


async def test_a_handler_that_cannot_say_keeps_nobody_and_the_socket_hears_that_it_has_to_begin_anew() -> None:
    node = Node()
    await node.join("rooms/1")
    node.rooms.is_away = True
    assert not await node.subscriptions.review(caller(), "trace")
    assert node.subscriptions.topics == frozenset()


async def test_a_filter_that_the_topic_cannot_have_is_refused_at_its_place_and_nothing_is_joined() -> None:
    node = Node()
    with pytest.raises(InvalidData) as refused:
        await node.join("open", "open?real=1", "open?real=4", "open?imag=1", "artists?real=1", "none?real=1")
    assert [(one.pointer, one.message) for one in refused.value.errors] == [
        ("/topics/2", "real is never '4'; the fields are real."),
        ("/topics/3", "'imag=1' is no field=value; the fields are real."),
        ("/topics/4", "The topic artists has no filter."),
        ("/topics/5", "There is no such topic."),
    ]
    node.tell()
    assert node.socket.seen == []


async def test_who_follows_a_topic_and_filters_of_it_hears_an_event_under_each_name_as_it_was_written() -> None:
    node = Node()
    await node.join("open", "open?real=2&real=1", "open?real=1&real=2", "open?real=1&real=1")
    node.tell(2)
    assert sorted(node.socket.seen) == [
        ("open", 1), ("open", 2), ("open?real=1&real=1", 1), ("open?real=1&real=2", 1), ("open?real=1&real=2", 2),
        ("open?real=2&real=1", 1), ("open?real=2&real=1", 2),
    ]  # fmt: skip
    node.subscriptions.leave(["open?real=2&real=1", "open"])
    node.socket.seen.clear()
    node.tell(3)
    assert sorted(node.socket.seen) == [("open?real=1&real=1", 5), ("open?real=1&real=2", 5)]


async def test_a_filtered_name_needs_the_roles_and_the_handler_of_its_topic() -> None:
    node = Node()
    node.rooms.closed = {2}
    await node.join("rooms/1?real=1")
    with pytest.raises(Forbidden):
        await node.join("rooms/2?real=1")
    node.rooms.closed = {1}
    assert await node.subscriptions.review(caller(), "trace")
    assert node.subscriptions.topics == frozenset()


async def test_a_follower_is_present_and_hears_who_else_is_if_it_asks() -> None:
    """Once, however often it subscribes; the answer comes before who is there."""
    node = Node()
    await node.join("rooms/1", "rooms/2", "open")
    assert node.presence.present == {("rooms/1", "ann"): 1, ("rooms/2", "ann"): 1}
    assert node.presence.watching == node.socket.seen == []
    await node.watch("rooms/1")
    assert node.presence.present["rooms/1", "ann"] == 1
    assert node.socket.seen == [("rooms/1", Told.PRESENT, "ann", 1)]
    node.subscriptions.leave(["rooms/1", "open"])
    assert (node.presence.present["rooms/1", "ann"], node.presence.watching) == (0, [])
    node.subscriptions.leave_all()
    assert node.presence.present.total() == 0


async def test_whom_the_topic_does_not_admit_any_more_is_not_present_either() -> None:
    node = Node()
    await node.watch("rooms/1")
    node.rooms.closed.add(1)
    assert await node.subscriptions.review(caller(), "trace")
    assert (node.presence.present.total(), node.presence.watching) == (0, [])


async def test_who_is_there_is_not_told_of_a_topic_without_a_presence() -> None:
    node = Node()
    with pytest.raises(InvalidData) as found:
        await node.watch("rooms/1", "open")
    assert [one.pointer for one in found.value.errors] == ["/presence/1"]
    assert (node.subscriptions.topics, node.presence.present.total()) == (frozenset(), 0)


async def test_who_could_not_join_was_never_present() -> None:
    """It cannot be found out what was missed, or the socket ends while that is asked."""
    node = Node()
    node.log.is_away = True
    with pytest.raises(Unavailable):
        await node.subscriptions.join(
            Subscribe(["rooms/1"], None, {"rooms/1": Position("other", 1)}, ["rooms/1"]), caller(), "trace"
        )
    node.subscriptions.leave_all()
    asking = asyncio.create_task(
        node.subscriptions.join(Subscribe(["rooms/1"], None, {"rooms/1": Position("other", 1)}), caller(), "trace")
    )
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    node.subscriptions.leave_all()
    assert node.presence.present.total() == 0

"""A socket receives a topic only while its roles admit it, and resumes without a gap where it left off."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.broadcast.broker import Delivery, Hole, NotKept, Position
from app.broadcast.hub import Hub, Message
from app.ws.envelope import Subscribe
from app.ws.frames import Start
from app.ws.subscriptions import PIECE, Feed, Subscriptions, admits, topic_roles
from generated.errors import Forbidden, InvalidData, Unavailable
from generated.operations import EVENTS
from tests.app.ws.fakes import principal

ROLES = {"open": None, "artists": (frozenset({"a"}),), "both": (frozenset({"a", "b"}), frozenset({"admin"}))}
CALLER = principal(roles="a")


class Log:
    """A stream as Redis keeps it: the last `kept` events of each topic, and one epoch."""

    def __init__(self, kept: int = 1000) -> None:
        self.kept = kept
        self.epoch = "e"
        self.count = 0
        self.is_away = False
        self.holes: set[int] = set()

    async def end(self, topic: str) -> Position:
        await self._answer()
        return Position(self.epoch, self.count)

    async def read(self, topic: str, after: Position, count: int) -> Sequence[Delivery | Hole]:
        await self._answer()
        offsets = range(after.offset + 1, min(after.offset + count, self.count) + 1)
        if after.epoch != self.epoch or not offsets or offsets[0] <= self.count - self.kept:
            raise NotKept(topic)
        return [Hole(topic, one, self.epoch) if one in self.holes else self.delivery(topic, one) for one in offsets]

    def delivery(self, topic: str, offset: int) -> Delivery:
        return Delivery(topic, offset, self.epoch, 1001, offset)

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.is_away:
            raise Unavailable


class Socket:
    """Its inbox."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def push(self, message: Message, size: int) -> None:
        self.seen.append(message["told"])

    def reply(self, message: Message, size: int) -> None:
        if "told" in message:
            self.push(message, size)


class Writer:
    """Writes what a test can compare."""

    def __init__(self) -> None:
        self.starts: list[Start] = []

    def push(self, delivery: Delivery) -> tuple[Message, int]:
        return {"told": (delivery.topic, delivery.offset)}, 1

    def missed(self, topic: str, position: Position) -> tuple[Message, int]:
        return {"told": (topic, "missed", position.offset)}, 1

    def subscribed(self, topics: list[str], starts: Sequence[Start], req_id: str | None) -> bytes:
        self.starts = list(starts)
        return b""

    def message(self, frame: bytes) -> Message:
        return {}


class Node:
    """A hub that has read its log to the end, and one socket of it."""

    def __init__(self, log: Log | None = None, remembered: int = 1000) -> None:
        self.log = log or Log()
        self.hub, self.socket, self.writer = Hub(max_recent=remembered), Socket(), Writer()
        for topic in ROLES:
            self.hub.move(topic, Position(self.log.epoch, self.log.count), lost=False)
        self.subscriptions = Subscriptions(Feed(self.hub, self.log, ROLES), self.socket, self.writer, self.paid)
        self.pauses = 0
        self.happens: list[Any] = []
        """What happens while the client reads."""

    async def paid(self) -> None:
        self.pauses += 1
        if self.happens:
            self.happens.pop(0)()

    def tell(self, count: int = 1) -> None:
        for _ in range(count):
            self.log.count += 1
            for topic in ROLES:
                self.hub.deliver(self.log.delivery(topic, self.log.count))

    async def join(self, *topics: str, **after: int) -> None:
        """`after` are offsets of the epoch by topic."""
        positions = {topic: Position("e", offset) for topic, offset in after.items()}
        await self.subscriptions.join(Subscribe([*topics, *after], None, positions), CALLER)

    @property
    def topics(self) -> list[str]:
        return sorted(topic for topic, *_ in self.socket.seen)

    @property
    def offsets(self) -> list[int]:
        return [told[-1] for told in self.socket.seen]


def test_the_contract_s_topics_take_the_roles_of_their_events() -> None:
    assert topic_roles(EVENTS.values()) == {"artists": (frozenset({"get-artists"}),)}


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
    node.subscriptions.review(principal(roles=""))
    node.tell()
    assert node.topics == ["open"]


async def test_the_end_of_the_socket_leaves_nothing_in_the_hub() -> None:
    node = Node()
    await node.join("artists", "open")
    node.subscriptions.leave_all()
    assert [node.hub.count(topic) for topic in ROLES] == [0, 0, 0]


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


@given(
    st.lists(st.sampled_from(["tell", "cut", "resume", "flush", "hole"]), max_size=30),
    st.integers(0, 40),
    st.integers(0, 40),
    st.lists(st.integers(0, 90), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_after_any_story_a_client_has_every_event_once_or_knows_that_it_has_not(
    story: list[str], remembered: int, kept: int, while_reading: list[int]
) -> None:
    """The model is the log itself: between two offsets that a client was given there is none that it was not told as missed."""
    asyncio.run(_live_through(story, remembered, kept, while_reading))


async def _live_through(story: list[str], remembered: int, kept: int, while_reading: list[int]) -> None:
    node, seen, gaps = Node(Log(kept), remembered), 0, 0
    await node.join("open")
    for step in story:
        if step == "hole":
            node.log.holes.add(node.log.count + 1)
        elif step == "flush":
            node.log.count += 1
            node.hub.move("open", Position("e", node.log.count), lost=True)
        elif step == "tell":
            node.tell(17)
        elif step == "cut":
            node.subscriptions.leave_all()
        else:
            node.happens = [lambda count=count: node.tell(count) for count in while_reading]
            seen, gaps = _check(node, seen, gaps)
            node.socket.seen.clear()
            try:
                await node.join(open=seen)
            except NotKept:
                node.subscriptions.leave_all()
                continue
            start = node.writer.starts[0]
            if not start.recovered and start.position is not None:
                seen, gaps = start.position.offset, gaps + 1
    _check(node, seen, gaps)


def _check(node: Node, seen: int, gaps: int) -> tuple[int, int]:
    """The last offset, and how often something is known to be missed."""
    for told in node.socket.seen:
        if told[0] != "open":
            continue
        if told[1] == "missed":
            assert told[2] >= seen
            gaps += 1
        else:
            assert told[1] == seen + 1, node.socket.seen
        seen = told[-1]
    return seen, gaps


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

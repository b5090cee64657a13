"""Who is present under a name, over several nodes and a real Redis: told once, in order, and right after whatever dies, leaves or forgets."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from app.broadcast.presence import GRACE_S as REAL_GRACE_S
from app.broadcast.presence import LEASE_S as REAL_LEASE_S
from app.broadcast.presence import RENEW_S as REAL_RENEW_S
from app.broadcast.presence import Told
from app.broadcast.presence_view import MAX_TOLD
from app.development.servers import Valkey, embedded_valkey
from tests.app.broadcast.attending import LEASE_S, Ear, Node, room
from tests.app.broadcast.conftest import eventually

StartNode = Callable[..., Awaitable[Node]]


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """Of their own: it is frozen, and made to forget."""
    with embedded_valkey(tmp_path_factory.mktemp("presence")) as server:
        yield server


@pytest.fixture
async def start(valkey: Valkey) -> AsyncIterator[StartNode]:
    nodes: list[Node] = []
    prefix = f"test:{uuid.uuid4().hex}"

    async def one(**options: Any) -> Node:
        nodes.append(await Node.start(valkey.url, prefix, **options))
        return nodes[-1]

    yield one
    for node in nodes:
        await node.die()


def sees(ear: Ear, *users: str) -> Callable[[], bool]:
    return lambda: ear.present == set(users)


def test_a_node_that_died_is_found_out_within_thirty_seconds() -> None:
    """Issue 15: its lease, until the next turn of another node, which may not yet have seen Redis for long."""
    assert REAL_LEASE_S + REAL_RENEW_S + REAL_GRACE_S <= 30
    assert REAL_RENEW_S < REAL_GRACE_S < REAL_LEASE_S


async def test_a_user_is_present_from_his_first_socket_to_his_last_wherever_they_are(start: StartNode) -> None:
    one, other = await start(), await start()
    ear = one.watch("ann")
    await eventually(sees(ear, "ann"))
    other.follow("bob")
    await eventually(sees(ear, "ann", "bob"))
    one.follow("bob")
    other.follow("bob")
    other.leave("bob")
    other.leave("bob")
    one.follow("cid")
    await eventually(sees(ear, "ann", "bob", "cid"))
    one.leave("bob")
    await eventually(sees(ear, "ann", "cid"))
    assert [(told, users) for told, users, _ in ear.heard] == [
        (Told.PRESENT, ["ann"]), (Told.JOINED, ["bob"]), (Told.JOINED, ["cid"]), (Told.LEFT, ["bob"])
    ]  # fmt: skip
    assert [count for _, _, count in ear.heard] == [1, 2, 3, 2]


async def test_who_asks_hears_first_who_is_there_himself_included(start: StartNode) -> None:
    one, other = await start(), await start()
    one.follow("ann")
    await eventually(lambda: one.changes == {"joined": 1})
    ear = other.watch("bob")
    await eventually(lambda: bool(ear.heard))
    assert ear.heard == [(Told.PRESENT, ["ann", "bob"], 2)]


async def test_names_are_apart_and_whoever_watches_no_more_hears_nothing(start: StartNode) -> None:
    node = await start()
    ear, elsewhere = node.watch("ann", "a"), node.watch("ann", "b")
    await eventually(sees(ear, "ann"))
    node.presence.unwatch(room("a"), ear)
    node.follow("bob", "a")
    node.follow("bob", "b")
    await eventually(sees(elsewhere, "ann", "bob"))
    assert len(ear.heard) == 1
    node.presence.unwatch(room("a"), ear)


async def test_of_a_name_that_nobody_follows_nothing_is_left(start: StartNode, valkey: Valkey) -> None:
    node = await start()
    ear = node.watch("ann")
    await eventually(sees(ear, "ann"))
    node.presence.unwatch(room("a"), ear)
    node.leave("ann")
    await eventually(lambda: node.changes == {"joined": 1, "left": 1})
    await eventually(lambda: not node.presence._rooms)
    assert node.presence.held == 0


async def test_what_was_not_heard_is_found_out_at_the_next_turn(start: StartNode) -> None:
    """A word of Redis that is lost costs time alone."""
    deaf, other = await start(listens=False), await start()
    ear = deaf.watch("ann")
    await eventually(sees(ear, "ann"))
    other.follow("bob")
    await eventually(sees(ear, "ann", "bob"))


async def test_one_that_does_not_read_hears_who_is_there_in_place_of_what_changed(start: StartNode) -> None:
    """Of such words the last one stands for all, so that they may take each other's place; who reads again hears changes again."""
    node = await start()
    ear = node.watch("ann")
    await eventually(sees(ear, "ann"))
    ear.is_idle = False
    node.follow("bob")
    await eventually(sees(ear, "ann", "bob"))
    ear.is_idle = True
    node.leave("bob")
    await eventually(sees(ear, "ann"))
    assert [told for told, _, _ in ear.heard] == [Told.PRESENT, Told.PRESENT, Told.LEFT]
    assert ear.latest == ["presence of rooms/a", "presence of rooms/a", None]


async def test_a_word_is_made_once_for_all_who_watch(start: StartNode) -> None:
    node = await start()
    ears = [node.watch(f"u{number}") for number in range(20)]
    users = {f"u{number}" for number in range(20)}
    await eventually(lambda: all(ear.present == users for ear in ears))
    made = node.words.made
    node.follow("ann")
    await eventually(lambda: all(ear.present == users | {"ann"} for ear in ears))
    assert node.words.made == made + 1


async def test_of_many_the_first_are_named_and_all_are_counted(start: StartNode) -> None:
    one, other = await start(), await start()
    many = MAX_TOLD + 200
    for number in range(many):
        one.follow(f"u{number}")
    await eventually(lambda: one.changes.get("joined") == many)
    ear = other.watch("u0")
    await eventually(lambda: bool(ear.heard))
    told, users, count = ear.heard[0]
    assert (told, len(users), count) == (Told.PRESENT, MAX_TOLD, many)
    for number in range(many):
        one.leave(f"u{number}")
    await eventually(sees(ear, "u0"))
    assert ear.heard[-1] == (Told.PRESENT, ["u0"], 1) or ear.heard[-1][0] is Told.LEFT


async def test_a_node_that_dies_takes_with_it_whom_nobody_else_has(start: StartNode) -> None:
    """`left` once for each who was only there, none for those who are elsewhere too, and found out by one of the others."""
    dying, one, other = await start(), await start(), await start()
    ears = [one.watch("ann"), other.watch("bob")]
    for user in ("ann", "cid", "dan"):
        dying.follow(user)
    await eventually(lambda: all(ear.present == {"ann", "bob", "cid", "dan"} for ear in ears))
    await dying.die()
    await eventually(lambda: all(ear.present == {"ann", "bob"} for ear in ears))
    gone = Counter(user for ear in ears for told, users, _ in ear.heard for user in users if told is Told.LEFT)
    assert gone == {"cid": 2, "dan": 2}
    assert one.changes.get("lost", 0) + other.changes.get("lost", 0) == 2


async def test_a_node_that_ends_says_so(start: StartNode) -> None:
    """Before its lease ends; a user with a socket at another node stays."""
    ending, other = await start(lease_s=600), await start(lease_s=600)
    ear = other.watch("ann")
    ending.follow("ann")
    ending.follow("bob")
    await eventually(sees(ear, "ann", "bob"))
    await ending.presence.withdraw()
    await eventually(sees(ear, "ann"))
    ending.leave("bob")
    ending.leave("ann")
    assert ear.heard[-1] == (Told.LEFT, ["bob"], 1)


async def test_what_redis_forgot_is_told_again_and_nobody_leaves_for_it(start: StartNode) -> None:
    """F02: FLUSHALL; whoever left meanwhile is told as soon as all have said whom they hold."""
    one, other = await start(), await start()
    ears = [one.watch("ann"), other.watch("bob")]
    await eventually(lambda: all(ear.present == {"ann", "bob"} for ear in ears))
    heard = [len(ear.heard) for ear in ears]
    await one.pipeline.ask(b"FLUSHALL")
    other.follow("cid")
    await eventually(lambda: all(ear.present == {"ann", "bob", "cid"} for ear in ears))
    one.presence.unwatch(room("a"), ears[0])
    one.leave("ann")
    await eventually(sees(ears[1], "bob", "cid"))
    assert [told for told, _, _ in ears[1].heard[heard[1] :]] == [Told.JOINED, Told.LEFT]
    assert [told for told, _, _ in ears[0].heard[heard[0] :]] == [Told.JOINED]


async def test_while_redis_stands_still_nobody_leaves(start: StartNode, valkey: Valkey) -> None:
    """For longer than a lease; what changed meanwhile is told afterwards."""
    one, other = await start(), await start()
    ear = one.watch("ann")
    other.follow("bob")
    other.follow("cid")
    await eventually(sees(ear, "ann", "bob", "cid"))
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        other.leave("cid")
        await asyncio.sleep(LEASE_S + 1)
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
    await eventually(sees(ear, "ann", "bob"))
    assert [(told, users) for told, users, _ in ear.heard[-1:]] == [(Told.LEFT, ["cid"])]
    assert "lost" not in one.changes | other.changes


@pytest.mark.parametrize("seed", [1, 2])
async def test_in_whatever_order_users_come_and_go_all_hear_the_same(start: StartNode, seed: int) -> None:
    """Against a model that counts sockets: three nodes, with deaths among the steps. Each who watches ends with the model's users, having
    heard nothing twice and no change of one who stayed."""
    draw = random.Random(seed)
    nodes = [await start() for _ in range(3)]
    watchers = {node_index: node.watch(f"w{node_index}") for node_index, node in enumerate(nodes)}
    sockets: list[Counter[str]] = [Counter({f"w{index}": 1}) for index in range(3)]
    for step in range(300):
        index = draw.randrange(3)
        held, user = sockets[index], f"u{draw.randrange(8)}"
        if held[user] and draw.random() < 0.55:
            held[user] -= 1
            nodes[index].leave(user)
        else:
            held[user] += 1
            nodes[index].follow(user)
        if step == 150:
            await nodes[2].die()
            nodes[2] = await start()
            watchers[2] = nodes[2].watch("w2")
            sockets[2] = Counter({"w2": 1})
        if draw.random() < 0.3:
            await asyncio.sleep(draw.random() * 0.01)
    present = {user for held in sockets for user, count in held.items() if count}
    await eventually(lambda: all(ear.present == present for ear in watchers.values()))

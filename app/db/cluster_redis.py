"""A Redis Cluster as one connection: each command goes to the master that has the slot of its first key, pipelined with the others
that go there.

Promises: a master that is away costs the commands of its own slots and no others; a command that a master has sent on runs once, since
the master that sends it on does not run it; who has which slots is asked again when a master says so, falls silent or is lost, and every
10 s. Redis decides whether the slots of a lost master find another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import hiredis
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.cluster import parse_cluster_slots
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.crc import key_slot
from redis.exceptions import AuthenticationError, RedisError, ResponseError
from typing_extensions import override

from app.addresses import RedisNodes
from app.db.pipelined_redis import (
    CLOSED,
    HALF_OPEN,
    NO_MASTER,
    OPEN,
    RECONNECT_S,
    Argument,
    PipelinedConnection,
    RedisConnection,
    RedisUnavailable,
    Transition,
)
from app.telemetry.metrics.redis import RedisMetrics
from app.telemetry.metrics.registry import Registry

ASK_S = 0.5
"""For connecting to a node that is asked who has which slots, and for its answer."""
LOOK_EVERY_S = 10.0
LOOK_AGAIN_S = 1.0
"""While a master is away, or nobody has said who has which slots."""
PAUSE_S = 0.1
"""Between two looks, however often masters send commands on."""
FOLLOW_S = 0.25
"""For a command that is sent on, as long as one may be silent."""
TRY_AGAIN_S = 0.02
FIRST_KEY = {b"EVALSHA": 3, b"EVAL": 3}
"""Where a command has its first key; any other has it behind its word."""
MOVED, ASK, TRY_AGAIN = "MOVED", "ASK", "TRYAGAIN"
SENT_ON = (MOVED, ASK, TRY_AGAIN)
"""Answers of a master that did not run the command: another has the slot, or is about to take it over."""
UNSERVED = "CLUSTERDOWN"
WORST_LAST = (CLOSED, HALF_OPEN, OPEN)

Place = tuple[str, int]

logger = structlog.get_logger(__name__)


class _Node(PipelinedConnection):
    """One master, or one that is about to be."""

    def __init__(self, nodes: RedisNodes, place: Place, on_transition: Transition, metrics: RedisMetrics) -> None:
        name = f"redis {place[0]}:{place[1]}"
        super().__init__(nodes.url(*place), on_transition=on_transition, metrics=metrics, name=name)
        self.place = place


class ClusterConnection(RedisConnection):
    """`run` learns who has which slots and keeps a connection to each master, under the supervisor. Each master has a breaker of its
    own, which the log tells; `on_transition` hears of the worst. Making it opens nothing. One event loop.

    Commands have a key, and all keys of one command are in one slot: what is between `{` and `}` decides.
    """

    def __init__(
        self,
        nodes: RedisNodes,
        *,
        on_transition: Transition = lambda name, old, new: None,
        metrics: RedisMetrics | None = None,
    ) -> None:
        self._seeds = nodes
        self._on_transition = on_transition
        self._metrics = metrics or RedisMetrics(Registry())
        self._slots: list[_Node | None] = [None] * SLOTS
        self._nodes: dict[Place, _Node] = {}
        self._tasks: dict[Place, asyncio.Task[None]] = {}
        self._asked: set[Place] = set()
        """Of nodes that were about to take over a slot since the last look."""
        self._group: asyncio.TaskGroup | None = None
        self._is_known = False
        self._doubts = asyncio.Event()
        self._settled = asyncio.Event()
        """Set when the first look has ended, well or not."""
        self._seeds_refusal: str | None = None

    @override
    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                await self._look_again_and_again()
        except Exception as error:
            self._move(OPEN, type(error).__name__)
            raise
        finally:
            self._slots, self._is_known, self._group = [None] * SLOTS, False, None
            self._nodes.clear()
            self._tasks.clear()

    @property
    @override
    def refusal(self) -> str | None:
        return self._seeds_refusal or next((one.refusal for one in self._nodes.values() if one.refusal), None)

    @property
    @override
    def is_up(self) -> bool:
        """Whether it is known who has which slots; a master that is away refuses its own commands."""
        return self._is_known

    @override
    async def ready(self) -> bool:
        if not self._settled.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(RECONNECT_S):
                    await self._settled.wait()
        return self._is_known

    @override
    def call(self, *arguments: Argument) -> asyncio.Future[Any]:
        """As its base says; a command for a master that was lost or found just now waits for it, as `ready` does."""
        node = self._slots[slot_of(arguments)]
        if node is None:
            self._metrics.away.value += 1
            self._doubts.set()
            raise RedisUnavailable("no master is known to have the slot")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if node.is_up:
            self._await(node.call(*arguments), node, arguments, answer)
        else:
            self._begin(self._call_later(node, arguments, answer), answer)
        return answer

    @override
    def refused(self, error: hiredis.ReplyError) -> RedisUnavailable:
        """The master that gave it has been left already, if it takes no writes."""
        return RedisUnavailable(str(error))

    @override
    def together(self, keys: Sequence[str]) -> Sequence[Sequence[str]]:
        groups: dict[int, list[str]] = {}
        for key in keys:
            groups.setdefault(key_slot(key.encode()), []).append(key)
        return list(groups.values())

    @override
    def url_of(self, key: str) -> str | None:
        node = self._slots[key_slot(key.encode())]
        return None if node is None else node.url_of(key)

    def _await(
        self, asked: asyncio.Future[Any], node: _Node, arguments: tuple[Argument, ...], answer: asyncio.Future[Any]
    ) -> None:
        asked.add_done_callback(partial(self._take, node, arguments, answer))

    def _take(
        self, node: _Node, arguments: tuple[Argument, ...], answer: asyncio.Future[Any], asked: asyncio.Future[Any]
    ) -> None:
        """One that is sent on is followed, whether or not the caller still waits: what was called is sent."""
        error = asked.exception()
        if error is None and isinstance(said := asked.result(), hiredis.ReplyError):
            self._note(node, said)
            if str(said).startswith(SENT_ON):
                self._begin(self._follow(node, arguments, said, answer), answer)
                return
        _settle(answer, error, None if error else asked.result())

    def _begin(self, work: Coroutine[Any, Any, None], answer: asyncio.Future[Any]) -> None:
        """Beside the caller, and no longer than the connection."""
        try:
            if self._group is None:
                raise RuntimeError("it has ended")
            self._group.create_task(work)
        except RuntimeError:
            work.close()
            _settle(answer, RedisUnavailable("the connection ends"))

    async def _call_later(self, node: _Node, arguments: tuple[Argument, ...], answer: asyncio.Future[Any]) -> None:
        try:
            await node.ready()
            self._await(node.call(*arguments), node, arguments, answer)
        except RedisUnavailable as error:
            _settle(answer, error)
        except asyncio.CancelledError:
            _settle(answer, RedisUnavailable("the connection ends"))
            raise

    async def _follow(
        self, node: _Node, arguments: tuple[Argument, ...], said: Any, answer: asyncio.Future[Any]
    ) -> None:
        """Sends the command to where it was sent on, until somebody has run it."""
        try:
            async with asyncio.timeout(FOLLOW_S):
                while isinstance(said, hiredis.ReplyError) and str(said).startswith(SENT_ON):
                    node, said = await self._send_on(node, arguments, str(said))
                    if isinstance(said, hiredis.ReplyError):
                        self._note(node, said)
            _settle(answer, None, said)
        except (RedisUnavailable, TimeoutError) as error:
            _settle(answer, RedisUnavailable(str(error) or "sent on for too long"))
        except asyncio.CancelledError:
            _settle(answer, RedisUnavailable("the connection ends"))
            raise

    async def _send_on(self, node: _Node, arguments: tuple[Argument, ...], said: str) -> tuple[_Node, Any]:
        """Who was asked, and the answer."""
        word, *where = said.split(" ")
        if word == TRY_AGAIN:
            await asyncio.sleep(TRY_AGAIN_S)
            owner = self._slots[slot_of(arguments)] or node
            return owner, await owner.call(*arguments)
        found = self._node(_place(where[1], node.place[0]))
        if word == MOVED:
            self._slots[int(where[0])] = found
        else:
            self._asked.add(found.place)
        await found.ready()
        if word == ASK:
            found.call(b"ASKING")  # Of the next command of this connection, which follows in the same turn.
        return found, await found.call(*arguments)

    def _note(self, node: _Node, error: hiredis.ReplyError) -> None:
        said = str(error)
        if said.startswith((MOVED, UNSERVED)):
            self._doubts.set()
        elif said.startswith(NO_MASTER):
            self._doubts.set()
            node.refused(error)

    async def _look_again_and_again(self) -> None:
        while True:
            self._doubts.clear()
            try:
                self._take_over(await self._look())
            except (RedisError, OSError, TimeoutError) as error:
                self._judge(str(error) or type(error).__name__)
            self._settled.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S if self.state == CLOSED else LOOK_AGAIN_S):
                    await self._doubts.wait()
            await asyncio.sleep(PAUSE_S)

    async def _look(self) -> Mapping[tuple[int, int], Mapping[str, Any]]:
        """Who has which slots, of the first that says so. Raises what the last one gave."""
        failure: Exception = RedisError("nobody was asked")
        for place in self._to_ask():
            try:
                found = await slots_at(self._seeds.url(*place), place[0])
            except (RedisError, OSError, TimeoutError) as error:
                failure = error
                continue
            self._seeds_refusal = None
            return found
        is_refusal = isinstance(failure, AuthenticationError | ResponseError)
        self._seeds_refusal = str(failure) if is_refusal else None
        raise failure

    def _to_ask(self) -> Iterator[Place]:
        """Masters that answer, then those that the settings name."""
        yield from dict.fromkeys((*(place for place, one in self._nodes.items() if one.is_up), *self._seeds.nodes))

    def _take_over(self, found: Mapping[tuple[int, int], Mapping[str, Any]]) -> None:
        slots: list[_Node | None] = [None] * SLOTS
        for (first, last), told in found.items():
            host, port = told["primary"]
            slots[first : last + 1] = [self._node((host, int(port)))] * (last - first + 1)
        self._slots, self._is_known = slots, True
        for place in self._nodes.keys() - {one.place for one in slots if one} - self._asked:
            del self._nodes[place]
            self._tasks.pop(place).cancel()
        self._asked.clear()
        self._judge("the slots are known")

    def _node(self, place: Place) -> _Node:
        """Connects to one that is new."""
        if place not in self._nodes:
            assert self._group is not None
            node = self._nodes[place] = _Node(self._seeds, place, self._heard_of, self._metrics)
            self._tasks[place] = self._group.create_task(node.run())
        return self._nodes[place]

    def _heard_of(self, name: str, old: str, new: str) -> None:
        if new == OPEN:
            self._doubts.set()
        self._judge(f"{name} is {new}")

    def _judge(self, reason: str) -> None:
        owners = set(self._slots)
        self._move(max((OPEN if one is None else one.state for one in owners), key=WORST_LAST.index), reason)

    def _move(self, new: str, reason: str) -> None:
        old, self.state = self.state, new
        if new != old:
            logger.warning("breaker.transition", breaker="redis", old=old, new=new, reason=reason)
            self._on_transition("redis", old, new)


def slot_of(arguments: Sequence[Argument]) -> int:
    """Of a command's first key. Raises ValueError for one that has none."""
    word = arguments[0]
    at = FIRST_KEY.get(word.encode() if isinstance(word, str) else word, 1) if isinstance(word, bytes | str) else 1
    if len(arguments) <= at or (at > 1 and not int(arguments[at - 1])):
        raise ValueError(f"{word!r} names no key, so no master of a cluster is the one to ask")
    key = arguments[at]
    return key_slot(key if isinstance(key, bytes) else str(key).encode())


def _place(text: str, same: str) -> Place:
    """`host:port` of an answer; without a host it is the one that answered."""
    host, _, port = text.rpartition(":")
    return host or same, int(port)


async def slots_at(url: str, host: str) -> Mapping[tuple[int, int], Mapping[str, Any]]:
    """Who has which slots, from one node; `host` is its own, where it does not know that. `primary` is host and port. Raises
    redis-py's errors and OSError."""
    client: Any = Redis.from_url(url, socket_connect_timeout=ASK_S, socket_timeout=ASK_S, retry=Retry(NoBackoff(), 0))
    try:
        return parse_cluster_slots(await client.execute_command("CLUSTER SLOTS"), current_host=host)
    finally:
        await client.aclose()


def _settle(answer: asyncio.Future[Any], error: BaseException | None, result: Any = None) -> None:
    """A caller that is gone leaves nothing that asyncio complains about."""
    if answer.done():
        return
    if error is None:
        answer.set_result(result)
    else:
        answer.set_exception(error)
        answer.exception()

"""Takes new connections from a listening socket, many in each turn of the loop: uvloop itself takes one, so that while turns are
long the queue of the kernel grows, and a probe waits in it for seconds.

Promises: a turn takes a bounded number, so that those who are connected have theirs; who connects too often while others wait is
turned away before anything is made for him, see `arrivals`; without a file descriptor left it rests, and does not spin. Whether a
connection may stay is for its protocol to say.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Any

import uvloop

from app.guard.arrivals import Arrivals, turn_away
from app.guard.places import capacity

MAX_BATCH = 64
"""Connections of one turn, whatever waits."""
MAX_LOOKED_AT = 8
"""Batches: so many a turn accepts at most, those included that it turns away."""
REST_S = 0.1
"""How long nobody is taken once descriptors or memory have run out."""
EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})  # accept(2)
NOBODY = frozenset({errno.EAGAIN, errno.EINTR})

ProtocolFactory = Callable[[], asyncio.BaseProtocol]


def batch_of(places: int) -> int:
    """At most an eighth of the places: what is refused holds its descriptor until the end of the turn."""
    return max(1, min(MAX_BATCH, places // 8))


class Listener:
    """What uvicorn asks of an asyncio.Server. Begins at once. Each of `listening` must not block; they are closed with
    it. `loop` is any that has `add_reader`. A turn of the loop takes at most `batch` connections of each."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listening: list[socket.socket],
        make_protocol: ProtocolFactory,
        *,
        batch: int,
        arrivals: Arrivals | None = None,
        on_turned_away: Callable[[], None] = lambda: None,
    ) -> None:
        self._loop = loop
        self._listening = listening
        self._make_protocol = make_protocol
        self._batch = batch
        self._arrivals = arrivals or Arrivals(loop.time)
        self._on_turned_away = on_turned_away
        self._opening: set[asyncio.Task[Any]] = set()
        self._rests: dict[socket.socket, asyncio.TimerHandle] = {}
        for one in listening:
            self._wake(one)

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        return tuple(self._listening)

    def is_serving(self) -> bool:
        """Until `close`."""
        return bool(self._listening)

    def close(self) -> None:
        """Takes nobody any more; who was taken stays connected. Who waits in the kernel's queue is taken before, as in one more turn:
        the kernel would reset them."""
        for one in self._listening:
            self._loop.remove_reader(one)
            self._accept(one)
            one.close()
        for timer in self._rests.values():
            timer.cancel()
        self._listening = []
        self._rests = {}

    async def wait_closed(self) -> None:
        """Connections are the server's to wait for, not ours."""

    def _wake(self, listening: socket.socket) -> None:
        self._rests.pop(listening, None)
        self._loop.add_reader(listening, self._accept, listening)

    def _accept(self, listening: socket.socket) -> None:
        """Until the queue is empty or the batch is full; the loop calls again while somebody waits."""
        left = self._batch
        for _ in range(MAX_LOOKED_AT * self._batch):
            try:
                connection, address = listening.accept()
            except OSError as error:
                if error.errno in EXHAUSTED:
                    self._rest(listening)
                if error.errno in EXHAUSTED | NOBODY:
                    return
                continue  # That one went away while it waited.
            if not self._arrivals.take(address[0] if address else ""):
                turn_away(connection)
                self._on_turned_away()
                continue
            self._open(connection)
            left -= 1
            if not left:
                self._arrivals.fell_behind()
                return

    def _rest(self, listening: socket.socket) -> None:
        self._loop.remove_reader(listening)
        self._rests[listening] = self._loop.call_later(REST_S, self._wake, listening)

    def _open(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        task = self._loop.create_task(self._connect(connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _connect(self, connection: socket.socket) -> None:
        """Ends within two turns of the loop."""
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.connect_accepted_socket(self._make_protocol, connection)
        except OSError:
            connection.close()  # Its peer has gone already.


class GuardedLoop(uvloop.Loop):
    """The loop of a worker: its servers are Listeners, whoever starts them and with however many workers. All else is
    uvloop's. `on_turned_away` hears of each connection that was, for metrics."""

    on_turned_away: Callable[[], None] | None = None

    async def create_server(  # type: ignore[override]  # what uvicorn uses of its options; TLS ends in front of a node
        self,
        protocol_factory: ProtocolFactory,
        host: str | None = None,
        port: int | None = None,
        *,
        sock: socket.socket | None = None,
        ssl: None = None,
        backlog: int = 100,
    ) -> Listener:
        """One socket for each address that the host has. Raises OSError where an address cannot be had."""
        listening = [sock] if sock is not None else await asyncio.to_thread(bound, host, port or 0)
        for one in listening:
            one.setblocking(False)
            one.listen(backlog)
        return Listener(
            self,
            listening,
            protocol_factory,
            batch=batch_of(capacity()),
            on_turned_away=self.on_turned_away or (lambda: None),
        )


def bound(host: str | None, port: int) -> list[socket.socket]:
    """A socket for each address that the host has, which nobody listens to yet. Raises OSError where one cannot be had."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    made: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            one = socket.socket(family, socket.SOCK_STREAM)
            made.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
    except OSError:
        for one in made:
            one.close()
        raise
    return made

"""How the requests of one stream travel: over idle HTTP connections, or in frames over sockets. Raw bytes, little is parsed."""

from __future__ import annotations

import asyncio
import re
import socket
from abc import ABC, abstractmethod
from collections import deque
from time import monotonic
from typing import cast

from tests.load.plan import MARK, Stream
from tests.load.tally import Tally

FRESH_S = 2.0
"""An idle connection that is older may be closed by the server in this very moment."""
REOPEN_S = 0.2
IP_BIND_ADDRESS_NO_PORT = 24
"""Linux: the port is chosen by connect, so that many connections share it."""
STATUS = re.compile(rb'"status":(\d{3})')
NUMBER = re.compile(rb'"req_id":"[0-9a-f-]{24}(\d{12})"')


class Sender(ABC):
    """`send` never waits. What is open at the end is aborted by `close`."""

    def __init__(self, stream: Stream, port: int, tally: Tally) -> None:
        self.stream = stream
        self.tally = tally
        self._port = port
        self._templates = [one.split(MARK) for one in stream.templates]
        self._in_flight: deque[tuple[float, int, Connection]] = deque()
        self._dials: set[asyncio.Task[None]] = set()
        self._dialled = 0
        self.number = 0

    @abstractmethod
    async def prepare(self) -> None: ...

    @abstractmethod
    def _pick(self) -> Connection | None:
        """A connection that can take a request now."""

    @abstractmethod
    def close(self) -> None: ...

    def send(self, now: float) -> None:
        connection = self._pick()
        number, self.number = self.number, self.number + 1
        if connection is None:
            self.tally.unsent += 1
            return
        self.tally.sent += 1
        self._in_flight.append((now, number, connection))
        connection.ask(number, now, (b"%012d" % number).join(self._templates[number % len(self._templates)]))

    @property
    def is_waiting(self) -> bool:
        while self._in_flight and not self._in_flight[0][2].awaits(self._in_flight[0][1]):
            self._in_flight.popleft()
        return bool(self._in_flight)

    def expire(self, now: float) -> None:
        """What had no answer in time."""
        while self._in_flight and self._in_flight[0][0] + self.stream.timeout_s <= now:
            _, number, connection = self._in_flight.popleft()
            if connection.forget(number):
                self.tally.timeouts += 1

    def dial(self, connection: Connection) -> None:
        task = asyncio.get_running_loop().create_task(self._dial(connection))
        self._dials.add(task)
        task.add_done_callback(self._dials.discard)

    async def _dial(self, connection: Connection) -> None:
        source = self.stream.sources[self._dialled % len(self.stream.sources)]
        self._dialled += 1
        try:
            await connect_from(source, self._port, connection)
        except OSError:
            connection.connection_lost(None)


async def connect_from(source: str, port: int, protocol: asyncio.BaseProtocol) -> None:
    """A connection from one of this machine's addresses; nothing is resolved, so that no thread is waited for."""
    loop, one = asyncio.get_running_loop(), socket.socket()
    try:
        one.setblocking(False)
        one.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        one.bind((source, 0))
        await loop.sock_connect(one, ("127.0.0.1", port))
        await loop.create_connection(lambda: protocol, sock=one)
    except BaseException:
        one.close()
        raise


class Connection(asyncio.Protocol, ABC):
    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.is_open = True

    @abstractmethod
    def ask(self, number: int, now: float, data: bytes) -> None: ...

    @abstractmethod
    def awaits(self, number: int) -> bool: ...

    @abstractmethod
    def forget(self, number: int) -> bool:
        """Whether the request still waited; nothing that comes for it counts any more."""

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class HttpSender(Sender):
    def __init__(self, stream: Stream, port: int, tally: Tally) -> None:
        super().__init__(stream, port, tally)
        self.open: set[HttpConnection] = set()
        self.idle: list[HttpConnection] = []

    async def prepare(self) -> None:
        return

    def _pick(self) -> HttpConnection | None:
        """The one used last, so that the others grow old and are left."""
        while self.idle:
            connection = self.idle.pop()
            if connection.is_open and connection.idle_since + FRESH_S > monotonic():
                return connection
            connection.abort()
        if len(self.open) >= self.stream.connections:
            return None
        connection = HttpConnection(self)
        self.open.add(connection)
        self.dial(connection)
        return connection

    def close(self) -> None:
        for connection in list(self.open):
            connection.abort()


class HttpConnection(Connection):
    """One request at a time, on a kept connection."""

    def __init__(self, sender: HttpSender) -> None:
        super().__init__()
        self.idle_since = 0.0
        self._sender = sender
        self._number = -1
        self._sent_at = 0.0
        self._unsent = b""
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if not self.is_open:
            transport.close()
        self.transport.write(self._unsent)

    def ask(self, number: int, now: float, data: bytes) -> None:
        self._number, self._sent_at = number, now
        if self.transport is None:
            self._unsent = data
        else:
            self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length: ")
        size = int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        body = self._buffer[end + 4 :]
        if len(body) >= size:
            self._buffer = b""
            self._settle(head, body)

    def _settle(self, head: bytes, body: bytes) -> None:
        number, self._number = self._number, -1
        tally, now = self._sender.tally, monotonic()
        if number >= 0:
            status = int(head[9:12])
            tally.answered(number, self._sent_at, now, status)
            if status >= 300:
                tally.judge(status, head, body)
        if b"connection: close" in head:
            self.abort()
        else:
            self.idle_since = now
            self._sender.idle.append(self)

    def awaits(self, number: int) -> bool:
        return number == self._number

    def forget(self, number: int) -> bool:
        if number != self._number:
            return False
        self._number = -1
        self.is_open = False
        self._sender.open.discard(self)
        self.abort()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._sender.open.discard(self)
        if self._number >= 0:
            self._number = -1
            self._sender.tally.lost += 1


class SocketSender(Sender):
    def __init__(self, stream: Stream, port: int, tally: Tally) -> None:
        super().__init__(stream, port, tally)
        self._sockets: list[SocketConnection] = []
        self._is_closing = False

    async def prepare(self) -> None:
        """Every socket is open, or was refused, before the first request is due."""
        for index in range(self.stream.connections):
            one = SocketConnection(self, self.stream.greetings[index % len(self.stream.greetings)])
            self._sockets.append(one)
            await self._dial(one)
        await asyncio.sleep(REOPEN_S)

    def _pick(self) -> SocketConnection | None:
        count = len(self._sockets)
        for step in range(count):
            one = self._sockets[(self.number + step) % count]
            if one.is_accepted and one.is_open:
                return one
        return None

    def replace(self, closed: SocketConnection) -> None:
        """A closed socket is opened anew a little later."""
        if not self._is_closing and closed in self._sockets:
            again = SocketConnection(self, closed.greeting)
            self._sockets[self._sockets.index(closed)] = again
            asyncio.get_running_loop().call_later(REOPEN_S, self.dial, again)

    def close(self) -> None:
        self._is_closing = True
        for one in self._sockets:
            one.abort()


class SocketConnection(Connection):
    """Many requests at once; answers are known by their `req_id`."""

    def __init__(self, sender: SocketSender, greeting: bytes) -> None:
        super().__init__()
        self.greeting = greeting
        self.is_accepted = False
        self._sender = sender
        self._waiting: dict[int, float] = {}
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.greeting)

    def ask(self, number: int, now: float, data: bytes) -> None:
        assert self.transport is not None
        self._waiting[number] = now
        self.transport.write(data)

    def awaits(self, number: int) -> bool:
        return number in self._waiting

    def forget(self, number: int) -> bool:
        return self._waiting.pop(number, None) is not None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.is_accepted:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            self.is_accepted, self._buffer = b" 101 " in head, rest
        while (found_frame := next_frame(self._buffer)) is not None:
            opcode, payload, self._buffer = found_frame
            if opcode == 9 and self.transport is not None:
                self.transport.write(bytes((0x8A, 0x80 | len(payload))) + b"\0\0\0\0" + payload)
            elif opcode in (1, 2):
                self._settle(payload)

    def _settle(self, payload: bytes) -> None:
        found = NUMBER.search(payload)
        sent_at = self._waiting.pop(int(found[1]), None) if found else None
        if found is None or sent_at is None:
            return
        tally, state = self._sender.tally, STATUS.search(payload)
        status = 200 if b'"status_code":0' in payload[:300] else int(state[1]) if state else 500
        tally.answered(int(found[1]), sent_at, monotonic(), status)
        if status != 200:
            tally.judge(status, b"", payload)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._sender.tally.lost += len(self._waiting)
        self._waiting.clear()
        self._sender.replace(self)


def next_frame(buffer: bytes) -> tuple[int, bytes, bytes] | None:
    """(opcode, payload, rest) of a server's frame, None while it is not whole."""
    if len(buffer) < 2:
        return None
    size, start = buffer[1] & 127, 2
    if size > 125:
        start = 4 if size == 126 else 10
        size = int.from_bytes(buffer[2:start], "big") if len(buffer) >= start else len(buffer)
    if len(buffer) < start + size:
        return None
    return buffer[0] & 15, buffer[start : start + size], buffer[start + size :]

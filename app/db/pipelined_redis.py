"""One pipelined connection to Redis: the commands of a loop's turn go out in one write, answers come back in order.

Promises: a caller of a silent server waits at most 0.25 s; after a loss callers fail at once until the connection is back; a cancelled
caller keeps its place, so that no answer is taken for another's.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import hiredis
import structlog

ANSWER_S = 0.15
SWEEP_S = 0.05
CONNECT_S = 2.0
BACKOFF_S = (0.05, 0.1, 0.2, 0.5, 1.0)
MAX_WAITING = 10_000

logger = structlog.get_logger(__name__)


class Lost(Exception):
    """The connection is away, too slow, or has too many waiting."""


class PipelinedConnection(asyncio.Protocol):
    """`start` connects and keeps connecting; it does not wait for a server that is away."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._transport: asyncio.Transport | None = None
        self._reader: Any = None
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._outgoing: list[bytes] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._was_overdue = False
        self._lost = asyncio.Event()
        self._opened = asyncio.Event()

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        with suppress(OSError, Lost, TimeoutError):
            await self._connect()
        self._keeper = asyncio.create_task(self._keep(), name="pipelined-redis")

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        self._close()

    async def reopened(self, within_s: float) -> bool:
        """Whether the connection is open, now or soon."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._opened.wait()
        return self.is_open

    @property
    def is_open(self) -> bool:
        return self._opened.is_set()

    def call(self, *arguments: bytes | str | int | float) -> asyncio.Future[Any]:
        """The answer's future; a Redis error is its result, an instance of `hiredis.ReplyError`."""
        if not self.is_open or self._loop is None or len(self._waiting) >= MAX_WAITING:
            raise Lost
        return self._enqueue(arguments)

    def _enqueue(self, arguments: Iterable[Any]) -> asyncio.Future[Any]:
        loop = self._loop or asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if not self._outgoing:
            loop.call_soon(self._flush)
        self._outgoing.append(hiredis.pack_command(tuple(arguments)))
        self._waiting.append((loop.time(), future))
        return future

    def _flush(self) -> None:
        data, self._outgoing = b"".join(self._outgoing), []
        if self._transport is not None and data:
            self._transport.write(data)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader()
        self._lost.clear()
        url = self._url
        async with asyncio.timeout(CONNECT_S):
            if url.scheme == "unix":
                await loop.create_unix_connection(lambda: self, url.path)
            else:
                context = ssl.create_default_context() if url.scheme == "rediss" else None
                await loop.create_connection(lambda: self, url.hostname or "127.0.0.1", url.port or 6379, ssl=context)
            await self._greet()
        self._opened.set()

    async def _greet(self) -> None:
        commands: list[tuple[str, ...]] = []
        if self._url.password is not None:
            user = (unquote(self._url.username),) if self._url.username else ()
            commands.append(("AUTH", *user, unquote(self._url.password)))
        database = self._url.path.strip("/")
        if self._url.scheme != "unix" and database not in ("", "0"):
            commands.append(("SELECT", database))
        for command in commands:
            answer = await self._enqueue(command)
            if isinstance(answer, hiredis.ReplyError):
                self._close()
                raise Lost(command[0])

    async def _keep(self) -> None:
        """Sweeps what waits too long, and reconnects."""
        attempt = 0
        while True:
            if self.is_open:
                attempt = 0
                with suppress(TimeoutError):
                    async with asyncio.timeout(SWEEP_S):
                        await self._lost.wait()
                self._sweep()
                continue
            await asyncio.sleep(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)])
            attempt += 1
            with suppress(OSError, Lost, TimeoutError):
                await self._connect()

    def _sweep(self) -> None:
        """A connection that two sweeps find overdue is stuck and given up; one alone may be a stall of our own loop."""
        loop = self._loop or asyncio.get_running_loop()
        overdue = bool(self._waiting) and loop.time() - self._waiting[0][0] > ANSWER_S
        if overdue and self._was_overdue:
            self._close()
        self._was_overdue = overdue

    def _close(self) -> None:
        self._opened.clear()
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
        waiting, self._waiting = self._waiting, deque()
        self._outgoing = []
        self._was_overdue = False
        for _, future in waiting:
            if not future.done():
                future.set_exception(Lost())
        self._lost.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are none by class

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (answer := self._reader.gets()) is not False:
                _, future = self._waiting.popleft()
                if not future.done():
                    future.set_result(answer)
        except (hiredis.ProtocolError, IndexError):
            self._close()

    def connection_lost(self, error: Exception | None) -> None:
        self._close()


class Script:
    """One Lua script, called by its digest and loaded again where the server has forgotten it."""

    def __init__(self, connection: PipelinedConnection, source: bytes) -> None:
        self._connection = connection
        self._source = source
        self._digest = b""
        self._is_failing = False

    async def run(self, *arguments: bytes | str | int) -> Any:
        """`arguments` begin with the number of keys; raises Lost, also for an error of the script."""
        for _ in range(2):
            if not self._digest:
                self._digest = self._checked(await self._connection.call(b"SCRIPT", b"LOAD", self._source))
            answer = await self._connection.call(b"EVALSHA", self._digest, *arguments)
            if not (isinstance(answer, hiredis.ReplyError) and str(answer).startswith("NOSCRIPT")):
                return self._checked(answer)
            self._digest = b""
        raise Lost("the script does not stay loaded")

    def _checked(self, answer: Any) -> Any:
        """Logs the first of several failures in a row: the server is there, and refuses."""
        if isinstance(answer, hiredis.ReplyError):
            if not self._is_failing:
                logger.error("redis.script_refused", error=str(answer))
            self._is_failing = True
            raise Lost(str(answer))
        self._is_failing = False
        return answer

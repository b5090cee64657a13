"""One pipelined connection to Redis: the commands of a loop's turn go out in one write, answers come back in order.

Promises: it counts as up only while the server answers (a PING, then every command within 0.25 s); a caller waits no longer than
that, and not at all once the breaker is open; a cancelled caller keeps its place, so that no answer is taken for another's.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from hashlib import sha1
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import hiredis
import structlog
from typing_extensions import override

from app.addresses import redis_tls
from app.telemetry.metrics.redis import RedisMetrics
from app.telemetry.metrics.registry import Registry
from app.telemetry.metrics.values import Times

ANSWER_S = 0.15
"""So late is the server away; with SWEEP_S and RECHECK_S a caller waits 0.25 s at most."""
SWEEP_S = 0.05
RECHECK_S = 0.02
"""What is found overdue is looked at once more: it may be our own loop that stood still, with the answer unread."""
CONNECT_S = 1.0
RECONNECT_S = 0.2
"""How long callers wait for a connection that was lost just now."""
BACKOFF_S = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Before each attempt in a row; the last one stays."""
QUICK_ATTEMPTS = 2
"""So often in a row a connection that the server closed unused is tried again before the breaker opens."""
MAX_WAITING = 10_000
"""Commands without an answer; beyond it callers fail at once."""
NO_MASTER = ("READONLY", "LOADING", "MASTERDOWN")
"""Errors of a server that takes no writes: a replica after a failover, or one that still reads its data."""
REFUSALS = ("NOAUTH", "WRONGPASS", "NOPERM", "ERR invalid password", "ERR AUTH", "ERR DB index")
"""Errors that no waiting mends."""

CLOSED, HALF_OPEN, OPEN = "closed", "half-open", "open"
Transition = Callable[[str, str, str], None]
Argument = bytes | str | int | float

logger = structlog.get_logger(__name__)


class RedisUnavailable(Exception):
    """Redis is away, too slow, has too many waiting, or refuses the command. One that was sent may have run."""


class Refused(RedisUnavailable):
    """The server is there, and does not take us."""


class Link(asyncio.Protocol):
    """One TCP connection: commands go out, answers come in their order. After `on_lost` every future of it has ended."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_lost: Callable[[], None], metrics: RedisMetrics) -> None:
        self._metrics = metrics
        self._loop = loop
        self._on_lost = on_lost
        self._reader = hiredis.Reader()
        self._transport: asyncio.Transport | None = None
        self._outgoing: list[tuple[bytes, asyncio.Future[Any], Times]] = []
        self._waiting: deque[tuple[float, float, asyncio.Future[Any], Times]] = deque()
        """When it was written by the loop's clock and by the exact one, for whom, and where its time is counted."""
        self._is_closed = False
        self.answers = 0

    def send(self, arguments: tuple[Any, ...]) -> asyncio.Future[Any]:
        if self._is_closed or len(self._waiting) + len(self._outgoing) >= MAX_WAITING:
            (self._metrics.away if self._is_closed else self._metrics.full).value += 1
            raise RedisUnavailable("closed" if self._is_closed else "too many commands are waiting")
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        future: asyncio.Future[Any] = self._loop.create_future()
        self._outgoing.append((hiredis.pack_command(arguments), future, self._metrics.command(arguments[0])))
        return future

    def is_overdue(self) -> bool:
        """Whether the oldest command, counted from when it was written, waits too long."""
        return bool(self._waiting) and self._loop.time() - self._waiting[0][0] > ANSWER_S

    def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if self._transport is not None:
            self._transport.abort()
        unanswered = [*(entry[2] for entry in self._waiting), *(entry[1] for entry in self._outgoing)]
        self._metrics.lost.value += len(unanswered)
        for future in unanswered:
            if not future.done():
                future.set_exception(RedisUnavailable("the connection was lost"))
                future.exception()  # asked for once, so that asyncio logs nothing where the caller is gone
        self._waiting.clear()
        self._outgoing.clear()
        self._on_lost()

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is None or not outgoing:
            return
        now, exact = self._loop.time(), time.perf_counter()
        self._waiting.extend((now, exact, future, times) for _, future, times in outgoing)
        self._transport.write(b"".join(data for data, _, _ in outgoing))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are none by class
        if self._is_closed:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            now = time.perf_counter()
            while (answer := self._reader.gets()) is not False:
                _, written, future, times = self._waiting.popleft()
                times.observe(now - written)
                if isinstance(answer, hiredis.ReplyError):
                    self._metrics.refused.value += 1
                self.answers += 1
                if not future.done():
                    future.set_result(answer)
        except (hiredis.ProtocolError, IndexError):
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.close()


class RedisConnection(ABC):
    """What the rest of the service knows of Redis, whether that is one server, a master that sentinels name, or a cluster."""

    state: str = CLOSED
    """Of the breaker; of a cluster the worst of its masters'."""

    @property
    @abstractmethod
    def refusal(self) -> str | None:
        """The server's own words where it is there and does not take us: a wrong user, password or database."""

    @property
    @abstractmethod
    def is_up(self) -> bool:
        """Whether commands are taken now. A server that falls silent counts as up until an answer has been missing for
        about 0.25 s."""

    @abstractmethod
    async def run(self) -> None:
        """Does not return. Raises what is no failure of the network, such as a wrong URL."""

    @abstractmethod
    async def ready(self) -> bool:
        """Whether the connection is up; waits, at most 0.2 s, only for one that was lost or begun just now."""

    @abstractmethod
    def call(self, *arguments: Argument) -> asyncio.Future[Any]:
        """The answer's future; a Redis error is its result, an instance of `hiredis.ReplyError`. Raises
        RedisUnavailable at once without a connection, or while 10,000 commands wait; the future does so when the
        connection is lost. Nothing is sent twice. The future may be cancelled: the command is still sent."""

    async def ask(self, *arguments: Argument) -> Any:
        """As `call`, for one answer at a time: waits as `ready` does, and raises RedisUnavailable for a Redis error too."""
        await self.ready()
        answer = await self.call(*arguments)
        if isinstance(answer, hiredis.ReplyError):
            raise self.refused(answer)
        return answer

    @abstractmethod
    def refused(self, error: hiredis.ReplyError) -> RedisUnavailable:
        """The exception for a Redis error; a server that takes no writes is left for the one that does by now."""

    @abstractmethod
    def together(self, keys: Sequence[str]) -> Sequence[Sequence[str]]:
        """The keys in groups, each of which one command or script may name. Without keys there is no group."""

    @abstractmethod
    def url_of(self, key: str) -> str | None:
        """Of the single server that has the key, as far as is known, for who needs a connection of his own."""


class PipelinedConnection(RedisConnection):
    """One server. `run` connects and keeps connecting, under the supervisor; the other methods are for everybody else. `url` is
    redis://, rediss:// or unix://. Making it opens nothing. One event loop.

    It is a breaker: `closed` while the server answers, `open` while it does not, `half-open` while one PING asks
    whether it does again. A connection that the server closed is tried again first, and only if that fails the breaker
    opens. `on_transition(name, old, new)` hears of each change, `metrics` of each command and each attempt to connect.
    """

    refusal: str | None = None

    def __init__(
        self,
        url: str,
        *,
        on_transition: Transition = lambda name, old, new: None,
        metrics: RedisMetrics | None = None,
        name: str = "redis",
    ) -> None:
        self._metrics = metrics or RedisMetrics(Registry())
        self._name = name
        self._url = urlsplit(url)
        self._tls: ssl.SSLContext | None = None
        self._on_transition = on_transition
        self._link: Link | None = None
        self._attempt = 0
        self._lost = asyncio.Event()
        self._settled = asyncio.Event()
        """Set while it is known whether the server answers: the connection is up, or the breaker open."""

    @override
    async def run(self) -> None:
        try:
            while True:
                await asyncio.sleep(BACKOFF_S[min(self._attempt, len(BACKOFF_S) - 1)])
                was_useful = await self._live()
                self._attempt = 0 if was_useful else self._attempt + 1
        except Exception as error:
            self._move(OPEN, type(error).__name__)
            raise

    @property
    @override
    def is_up(self) -> bool:
        return self._link is not None

    @override
    async def ready(self) -> bool:
        if self._link is None and not self._settled.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(RECONNECT_S):
                    await self._settled.wait()
        return self._link is not None

    @override
    def call(self, *arguments: Argument) -> asyncio.Future[Any]:
        if self._link is None:
            self._metrics.away.value += 1
            raise RedisUnavailable(self.state)
        return self._link.send(arguments)

    @override
    def refused(self, error: hiredis.ReplyError) -> RedisUnavailable:
        if str(error).startswith(NO_MASTER) and self._link is not None:
            self._link.close()
        return RedisUnavailable(str(error))

    @override
    def together(self, keys: Sequence[str]) -> Sequence[Sequence[str]]:
        return [keys] if keys else []

    @override
    def url_of(self, key: str) -> str | None:
        return self._url.geturl()

    async def _live(self) -> bool:
        """One connection from its beginning to its end; whether the server answered a command after the PING."""
        self._lost.clear()
        link = Link(asyncio.get_running_loop(), self._forget, self._metrics)
        try:
            await self._connect(link)
            return await self._serve(link)
        except (OSError, TimeoutError, RedisUnavailable) as error:
            self._move(OPEN, str(error) or type(error).__name__)
            return False
        finally:
            link.close()

    async def _connect(self, link: Link) -> None:
        try:
            await self._open(link)
        except (OSError, TimeoutError, RedisUnavailable):
            self._metrics.not_connected.value += 1
            raise
        self._metrics.connected.value += 1

    async def _open(self, link: Link) -> None:
        loop, url = asyncio.get_running_loop(), self._url
        async with asyncio.timeout(CONNECT_S):
            if url.scheme == "unix":
                await loop.create_unix_connection(lambda: link, url.path)
            else:
                if self._tls is None and url.scheme == "rediss":
                    self._tls = redis_tls(url.geturl())
                await loop.create_connection(lambda: link, url.hostname or "127.0.0.1", url.port or 6379, ssl=self._tls)
        if self.state == OPEN:
            self._move(HALF_OPEN, "connected")
        try:
            await greet(link, [*self._introduction(), ("PING",)])
        except Refused as error:
            self.refusal = str(error)
            raise
        self.refusal = None
        if self._lost.is_set():
            raise RedisUnavailable("closed by the server")

    def _introduction(self) -> Iterable[tuple[str, ...]]:
        if self._url.password is not None:
            user = (unquote(self._url.username),) if self._url.username else ()
            yield ("AUTH", *user, unquote(self._url.password))
        database = self._url.path.strip("/")
        if self._url.scheme != "unix" and database not in ("", "0"):
            yield ("SELECT", database)

    async def _serve(self, link: Link) -> bool:
        greeted = link.answers
        self._link = link
        self._move(CLOSED, "answers")
        is_silent = await self._watch(link)
        link.close()
        was_useful = link.answers > greeted
        if is_silent or (not was_useful and self._attempt >= QUICK_ATTEMPTS):
            self._move(OPEN, "silent" if is_silent else "closed by the server")
        return was_useful

    async def _watch(self, link: Link) -> bool:
        """Waits for the end of the connection; whether it is the server's silence."""
        was_overdue = False
        while not self._lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(RECHECK_S if was_overdue else SWEEP_S):
                    await self._lost.wait()
            is_overdue = link.is_overdue()
            if was_overdue and is_overdue:
                return True
            was_overdue = is_overdue
        return False

    def _forget(self) -> None:
        self._link = None
        self._lost.set()
        if self.state == CLOSED:
            self._settled.clear()

    def _move(self, new: str, reason: str) -> None:
        """Closed without a connection is the one state that is not settled."""
        old, self.state = self.state, new
        self._settled.set()
        if new != old:
            logger.warning("breaker.transition", breaker=self._name, old=old, new=new, reason=reason)
            self._on_transition(self._name, old, new)


async def greet(link: Link, commands: Iterable[tuple[str, ...]]) -> list[Any]:
    """The answers. Raises RedisUnavailable unless the server answers each command, and in time."""
    answers = [link.send(command) for command in commands]
    await asyncio.wait(answers, timeout=ANSWER_S)
    await asyncio.wait(answers, timeout=RECHECK_S)
    for answer in answers:
        if not answer.done():
            raise RedisUnavailable("no answer")
        if isinstance(found := answer.result(), hiredis.ReplyError):
            raise (Refused if str(found).startswith(REFUSALS) else RedisUnavailable)(str(found))
    return [answer.result() for answer in answers]


class Script:
    """One Lua script, called by its digest; a server that does not know it is sent its text."""

    def __init__(self, connection: RedisConnection, source: bytes) -> None:
        self._connection = connection
        self._source = source
        self._digest = sha1(source, usedforsecurity=False).hexdigest().encode()
        self._is_failing = False

    async def run(self, *arguments: bytes | str | int) -> Any:
        """`arguments` begin with the number of keys; raises RedisUnavailable, also for an error of the script. The text goes only
        to who has said that it did not run, so it never runs twice."""
        if not self._connection.is_up:
            await self._connection.ready()
        answer = await self._connection.call(b"EVALSHA", self._digest, *arguments)
        if isinstance(answer, hiredis.ReplyError) and str(answer).startswith("NOSCRIPT"):
            answer = await self._connection.call(b"EVAL", self._source, *arguments)
        return self._checked(answer)

    def _checked(self, answer: Any) -> Any:
        """Logs the first of several failures in a row: the server is there, and refuses."""
        if isinstance(answer, hiredis.ReplyError):
            if not self._is_failing:
                logger.error("redis.script_refused", error=str(answer))
            self._is_failing = True
            raise self._connection.refused(answer)
        self._is_failing = False
        return answer

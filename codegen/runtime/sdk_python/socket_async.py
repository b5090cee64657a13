"""The socket door: one connection that is kept, many calls in flight, events to those who follow.

Promises: a call's frame is written at most once per attempt; when the connection ends, every call in flight hears of it at
once; where the server announces its end the next connection is opened first, and no call notices; after `close` no task is left.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .call import Call
from .codec import Authenticated, BadFrame, Draining, Expiring, Missed, Presence, Reply, TopicsChanged
from .errors import ApiError, AuthenticationLost, ClientError, ConnectionLost
from .followers import Followers
from .handshake import handshake
from .line_async import AsyncLine
from .operation import Contract
from .options import Options
from .retry import AttemptFailed, Outcome
from .session import (
    MAX_IN_FLIGHT,
    STABLE_S,
    Action,
    Answered,
    ControlRefused,
    Ending,
    Pushed,
    Session,
    after_close,
    after_refusal,
    reconnect_s,
    unwanted,
)
from .socket_items_async import AsyncSocketItems
from .tokens_async import AsyncTokens

T = TypeVar("T")
ABNORMAL = 1006
UNREADABLE = 3002
NORMAL = 1000


class AsyncSocketDoor:
    def __init__(
        self,
        contract: Contract,
        session: Session,
        options: Options,
        tokens: AsyncTokens,
        on_contract: Callable[[str], None],
    ) -> None:
        self._contract = contract
        self._options = options
        self._addresses = options.addresses
        self._session = session
        self._hooks = options.hooks
        self._tokens = tokens
        self._on_contract = on_contract
        self._line: AsyncLine | None = None
        self._opened = asyncio.Event()
        self._room = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._keeper: asyncio.Task[None] | None = None
        self._errands: set[asyncio.Task[None]] = set()
        self._count = 0
        self.followers = Followers(session.codec, options.hooks)
        self.token: str | None = None
        """The one that the connection was opened with, or has been given since."""
        self.stopped: ClientError | None = None
        """Why the socket is not opened again, until it is reset."""

    @property
    def is_open(self) -> bool:
        return self._line is not None

    def start(self) -> None:
        """Open, and keep open; nothing if that is so already, or if the socket was stopped."""
        if self.stopped is None and (self._keeper is None or self._keeper.done()):
            self._keeper = asyncio.create_task(self._keep(), name="socket-keeper")

    async def opened(self, within_s: float) -> bool:
        """Whether the socket is open, now or within the time; at once False when it was stopped."""
        self.start()
        if self._keeper is None or self.stopped is not None:
            return False
        waiting = asyncio.ensure_future(self._opened.wait())
        try:
            await asyncio.wait({waiting, self._keeper}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        return self.is_open

    async def close(self, reason: ClientError) -> None:
        """Ends the connection; `stopped` is the reason."""
        self.stopped = reason
        tasks = [*self._errands, *([self._keeper] if self._keeper is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.followers.end(None)

    # Calls

    async def attempt(self, call: Call[T], token: str | None) -> T:
        """The typed result; raises AttemptFailed. `token` is the connection's affair."""
        try:
            async with asyncio.timeout(call.deadline.left_s):
                await self._room.acquire()
        except TimeoutError:
            raise AttemptFailed(Outcome.NOT_SENT, call.deadline.exceeded(call.request_id)) from None
        try:
            line = self._free_line(call)
            if call.operation.is_stream:
                return cast(T, await self._begin(call, line))
            reply = await self._exchange(call, line)
        except BaseException:
            self._room.release()
            raise
        self._room.release()
        return self._session.result(call, reply)

    async def _begin(self, call: Call[Any], line: AsyncLine) -> AsyncSocketItems:
        """An open stream, which gives its room back when it is closed."""
        items = AsyncSocketItems(call, self._session, line.send, partial(self._release, line))
        line.streams[call.request_id] = items
        try:
            first = await self._exchange(call, line)
            self._session.begun(call, first)
        except BaseException:
            line.forget(call.request_id)
            raise
        items.offer_first(first)
        return items

    def _release(self, line: AsyncLine, request_id: str) -> None:
        if line.forget(request_id):
            self._room.release()

    def _free_line(self, call: Call[Any]) -> AsyncLine:
        line = self._line
        if line is None or not line.is_open or line.is_asked(call.request_id):
            raise AttemptFailed(Outcome.NOT_SENT, ConnectionLost("the socket is not open", call.request_id))
        return line

    async def _exchange(self, call: Call[Any], line: AsyncLine) -> Reply:
        frame = self._session.codec.request(call.operation, call.values, call.request_id, call.meta)
        try:
            async with asyncio.timeout(call.deadline.left_s):
                return await line.call(call.request_id, frame)
        except ConnectionClosed as error:
            raise AttemptFailed(Outcome.LOST, ConnectionLost(str(error), call.request_id)) from error
        except ConnectionLost as error:
            raise AttemptFailed(Outcome.LOST, ConnectionLost(error.message, call.request_id)) from None
        except TimeoutError:
            self._abandon(line, call.request_id)
            raise AttemptFailed(Outcome.LOST, call.deadline.exceeded(call.request_id)) from None
        except asyncio.CancelledError:
            self._abandon(line, call.request_id)
            raise

    def _abandon(self, line: AsyncLine, request_id: str) -> None:
        """The server is told that nobody waits any more."""
        self._errand(line.send(self._session.codec.cancel(request_id)))

    # The credential

    async def present(self, token: str | None) -> None:
        """The token in band, unless the connection has it; a server that does not take it within 5 s is left."""
        line = self._line
        if line is None or token is None or token == self.token:
            return
        try:
            await line.control(Authenticated, self._session.codec.authenticate(token))
            self.token = token
        except ClientError:
            await line.connection.close(NORMAL)

    async def _renew(self) -> None:
        try:
            await self._tokens.renew(self.token)
            await self.present(await self._tokens.get())
        except ClientError:
            return  # the connection ends with its token, and the keeper says so

    # Topics

    async def follow(self, topics: list[str]) -> None:
        """Raises what the server refuses with; a connection that is lost meanwhile follows when it is back."""
        if (line := self._line) is not None:
            with suppress(ConnectionLost):
                for frame in self.followers.subscriptions(topics, line):
                    await line.control(TopicsChanged, frame)

    async def leave(self, topics: list[str]) -> None:
        if self._line is not None:
            with suppress(ClientError):
                await self._line.control(TopicsChanged, self._session.codec.unsubscribe(topics))

    # The connection's life

    async def _keep(self) -> None:
        failures, renewed = 0, False
        try:
            while True:
                began, address = time.monotonic(), self._addresses.current
                ending, code = await self._live(address, renewed=renewed)
                if time.monotonic() - began >= STABLE_S:
                    failures, renewed = 0, False
                if ending in (Ending.RECONNECT, Ending.MOVE):
                    self._addresses.leave(address)
                if ending is Ending.STOP:
                    self._stop(unwanted(code), code)
                    return
                if ending is Ending.RENEW:
                    renewed = await self._has_renewed()
                pause_s = reconnect_s(failures)
                failures += 1
                if ending is Ending.MOVE and failures == 1:
                    continue
                if ending is not Ending.MOVE:
                    self._tell_end(code, pause_s)
                await asyncio.sleep(pause_s)
        except ClientError as error:
            self._stop(error, ABNORMAL)

    async def _has_renewed(self) -> bool:
        """A token that cannot be had for now is asked for again after the next close; raises AuthenticationLost."""
        try:
            await self._tokens.renew(self.token)
        except AuthenticationLost:
            raise
        except ClientError:
            return False
        return True

    def _stop(self, error: ClientError, code: int) -> None:
        self.stopped = error
        self.followers.end(error)
        self._tell_end(code, -1.0)

    def _tell_end(self, code: int, pause_s: float) -> None:
        if self._hooks.on_disconnect is not None:
            self._hooks.on_disconnect(code, pause_s)

    async def _live(self, address: str, *, renewed: bool) -> tuple[Ending, int]:
        """One connection from its handshake to its end, or until the next one is to be opened."""
        try:
            self.token = await self._tokens.get()
            connection = await self._connect(address, self.token)
        except InvalidStatus as error:
            status = error.response.status_code
            return after_refusal(status, renewed=renewed), status
        except (OSError, InvalidHandshake, TimeoutError):
            return Ending.RECONNECT, ABNORMAL
        except AuthenticationLost:
            raise
        except ClientError:
            return Ending.RECONNECT, ABNORMAL
        line = AsyncLine(connection)
        self._errand(self._read_to_end(line))
        self._open(line)
        await line.turned.wait()
        return (Ending.MOVE, NORMAL) if line.code is None else (after_close(line.code, renewed=renewed), line.code)

    async def _read_to_end(self, line: AsyncLine) -> None:
        code = ABNORMAL
        try:
            code = await self._read(line)
        finally:
            line.end(code)
            if self._line is line:
                self._line = None
                self._opened.clear()
            await line.connection.close()
            if line.turned.is_set():
                self._tell_end(code, 0.0)
            line.code = code
            line.turned.set()

    async def _connect(self, address: str, token: str | None) -> ClientConnection:
        url = address.replace("http", "ws", 1) + self._contract.address
        return await connect(url, **handshake(self._contract, self._options, token))

    def _open(self, line: AsyncLine) -> None:
        self._count += 1
        if self._line is not None:
            self._errand(self._line.retire())
        self._line = line
        self._opened.set()
        response = line.connection.response
        self._on_contract(response.headers.get("stele-contract", "") if response is not None else "")
        if self._hooks.on_connect is not None:
            self._hooks.on_connect(self._count)
        if topics := self.followers.topics:
            self._errand(self._follow_again(topics))

    async def _follow_again(self, topics: list[str]) -> None:
        """What the server cannot do for now is asked for again over the next connection."""
        line = self._line
        try:
            await self.follow(topics)
        except ClientError as error:
            if isinstance(error, ApiError) and error.retryable and line is not None:
                await line.connection.close(NORMAL)
            else:
                self.followers.end(error)

    async def _read(self, line: AsyncLine) -> int:
        """Until the connection ends; its close code."""
        try:
            async for message in line.connection:
                for action in self._session.feed(message, line.connection.subprotocol):
                    self._act(line, action)
        except ConnectionClosed:
            pass
        except BadFrame:
            await line.connection.close(UNREADABLE)
            return UNREADABLE
        return line.connection.close_code or ABNORMAL

    def _act(self, line: AsyncLine, action: Action) -> None:
        match action:
            case Answered(request_id, reply):
                line.answered(request_id, reply)
            case Pushed(kind, push):
                self.followers.offer(kind, push)
            case Expiring():
                self._errand(self._renew())
            case Draining(after_s):
                line.leave_after(after_s)
            case Missed(topic, position):
                self.followers.miss(topic, position)
            case Presence():
                self.followers.tell(action, line)
            case Authenticated():
                line.settle(Authenticated, None)
            case TopicsChanged(starts):
                self.followers.start(starts, line)
                line.settle(TopicsChanged, None)
            case ControlRefused(error):
                line.settle(None, error)

    def _errand(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

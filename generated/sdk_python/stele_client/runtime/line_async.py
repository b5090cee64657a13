"""One connection of the socket door, with all who wait for an answer on it. Another may take its place while they still wait."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from .codec import Authenticated, Reply, TopicsChanged
from .errors import ClientError, ConnectionLost
from .session import CONTROL_S
from .socket_items_async import AsyncSocketItems

Answer = type[Authenticated | TopicsChanged]


class AsyncLine:
    """`turned` is set when it has ended, with its `code`, or when the next one is to be opened."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.turned = asyncio.Event()
        self.code: int | None = None
        self.streams: dict[str, AsyncSocketItems] = {}
        """Those that are open here, each until its caller closes it."""
        self._slots: dict[str, asyncio.Future[Reply]] = {}
        self._controls: deque[tuple[Answer, asyncio.Future[None]]] = deque()
        self._is_retired = False
        self._quiet = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return self.connection.state is State.OPEN

    def is_asked(self, request_id: str) -> bool:
        """Whether a call with this id waits here, or a stream is open."""
        return request_id in self._slots or request_id in self.streams

    async def call(self, request_id: str, frame: str | bytes) -> Reply:
        """Raises ConnectionClosed or ConnectionLost when the connection ends before the reply has come."""
        slot = self._slots[request_id] = asyncio.get_running_loop().create_future()
        try:
            await self.connection.send(frame)
            reply: Reply = await slot
            return reply
        finally:
            self._slots.pop(request_id, None)
            self._look()

    async def control(self, answer: Answer, frame: str | bytes) -> None:
        """Waits for the answer, which has no id in JSON: answers come in the order of their frames."""
        slot: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._controls.append((answer, slot))
        await self.send(frame)
        try:
            async with asyncio.timeout(CONTROL_S):
                await slot
        except TimeoutError:
            raise ClientError("the server does not answer a control frame") from None

    async def send(self, frame: str | bytes) -> None:
        """Nothing where the connection has ended."""
        with suppress(ConnectionClosed):
            await self.connection.send(frame)

    def answered(self, request_id: str, reply: Reply) -> None:
        slot = self._slots.get(request_id)
        if slot is not None and not slot.done():
            slot.set_result(reply)
        elif request_id in self.streams:
            self.streams[request_id].offer(reply)

    def forget(self, request_id: str) -> bool:
        """No frame of this stream is wanted any more; whether it was open."""
        was_open = self.streams.pop(request_id, None) is not None
        self._look()
        return was_open

    def settle(self, answer: type[Any] | None, error: ClientError | None) -> None:
        """The first control frame that waits for such an answer; a refusal is the first one's."""
        for index, (wanted, slot) in enumerate(self._controls):
            if answer is None or wanted is answer:
                del self._controls[index]
                if not slot.done():
                    slot.set_exception(error) if error is not None else slot.set_result(None)
                return

    def leave_after(self, seconds: float) -> None:
        """The server has said when the next connection is to be opened."""
        asyncio.get_running_loop().call_later(seconds, self.turned.set)

    async def retire(self) -> None:
        """Another one has taken its place: ends it when nobody waits for an answer here, and no stream is open."""
        self._is_retired = True
        self._look()
        await self._quiet.wait()
        await self.connection.close()

    def _look(self) -> None:
        if self._is_retired and not self._slots and not self.streams:
            self._quiet.set()

    def end(self, code: int) -> None:
        """Who waits hears of it."""
        error = ConnectionLost(f"the socket was closed ({code})")
        waiting: list[asyncio.Future[Any]] = [*self._slots.values(), *(slot for _, slot in self._controls)]
        for slot in waiting:
            if not slot.done():
                slot.set_exception(error)
        self._controls.clear()
        for stream in self.streams.values():
            stream.lose(error)
        self._quiet.set()

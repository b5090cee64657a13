"""A stream over the socket: its frames wait here for their taker, and the server sends no more than has been asked for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from .call import Call
from .codec import Reply
from .errors import ClientError
from .session import GRANT, Session


class AsyncSocketItems:
    """`send` sends a control frame, `forget` is called once, when no frame of it is wanted any more."""

    def __init__(
        self,
        call: Call[Any],
        session: Session,
        send: Callable[[str | bytes], Awaitable[None]],
        forget: Callable[[str], None],
    ) -> None:
        self._call = call
        self._session = session
        self._send = send
        self._forget = forget
        self._waiting: deque[Reply] = deque()
        self._error: ClientError | None = None
        self._news = asyncio.Event()
        self._taken = 0
        self._is_over = False

    def offer(self, reply: Reply) -> None:
        self._waiting.append(reply)
        self._news.set()

    def offer_first(self, reply: Reply) -> None:
        """The frame that showed that the stream has begun; others may be here already."""
        self._waiting.appendleft(reply)

    def lose(self, error: ClientError) -> None:
        """After what waits, it raises `error`."""
        self._error = error
        self._news.set()

    async def next(self) -> Reply:
        deadline, request_id = self._call.deadline, self._call.request_id
        while not self._waiting:
            if self._error is not None:
                raise self._error
            self._news.clear()
            try:
                async with asyncio.timeout(deadline.left_s):
                    await self._news.wait()
            except TimeoutError:
                raise deadline.exceeded(request_id) from None
        reply = self._waiting.popleft()
        self._taken += 1
        if self._taken == GRANT:
            self._taken = 0
            await self._send(self._session.codec.credit(request_id, GRANT))
        return reply

    def value(self, reply: Reply) -> Any:
        self._is_over = reply.offset is None
        return self._session.item(self._call, reply)

    async def close(self) -> None:
        """The server is told, unless it has said that this was all."""
        if not self._is_over and self._error is None:
            await self._send(self._session.codec.cancel(self._call.request_id))
        self._forget(self._call.request_id)

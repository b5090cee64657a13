"""Sockets that come and go for as long as a test likes: each new one takes the place of the oldest."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.faults.raw import TEXT, Peer, frame, handshake
from tests.faults.traffic import addresses

AT_ONCE = 10
FOLLOWERS = 25
"""One of so many follows the topic."""


@dataclass
class Visitor:
    """An open socket, and who throws away what it is told."""

    peer: Peer
    listening: asyncio.Task[None]

    def say(self, **message: object) -> None:
        self.peer.send(frame(TEXT, json.dumps(message).encode()))

    async def leave(self) -> None:
        self.peer.writer.transport.abort()
        await self.listening


class Visitors:
    """`count` of them, of the users in turn, each user from an address of its own; `per_s` leave and as many come."""

    def __init__(self, port: int, tokens: list[str], topic: str, *, count: int, per_s: float) -> None:
        self._port = port
        self.tokens = tokens
        """Of the users; who renews one changes it here, so that the next socket has the new one."""
        self._topic = topic
        self._count = count
        self._per_s = per_s
        self._inside: deque[Visitor] = deque()
        self._numbers = itertools.count()
        self._sources = addresses(len(tokens))
        self.came = 0

    async def __aenter__(self) -> Self:
        for _ in range(0, self._count, AT_ONCE):
            self._inside.extend(await asyncio.gather(*(self._enter() for _ in range(AT_ONCE))))
        self._turning = asyncio.create_task(self._turn())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turning.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await self._turning
        finally:
            await asyncio.gather(*(one.leave() for one in self._inside))

    def renew(self, user: int, token: str) -> None:
        """The next sockets of the user have it, and the one that came last but one of all is told of it, if it is the user's."""
        self.tokens[user] = token
        for visitor in list(self._inside)[user :: len(self.tokens)]:
            visitor.say(type="auth", token=f"Bearer {token}")

    async def _turn(self) -> None:
        """By the clock, so that a slow moment is made up for."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            await asyncio.sleep(began + self.came / self._per_s - loop.time())
            self._inside.append(await self._enter())
            await self._inside.popleft().leave()
            self.came += 1

    async def _enter(self) -> Visitor:
        number = next(self._numbers)
        user = number % len(self.tokens)
        credential = f"Authorization: Bearer {self.tokens[user]}"
        while True:
            peer = await Peer.open(self._port, handshake("/web", credential), source=self._sources[user])
            head = await peer.answer()
            if head.status == 101:
                break
            assert head.status == 503, head
            peer.writer.transport.abort()
            await asyncio.sleep(int(head.headers["retry-after"]))
        visitor = Visitor(peer, asyncio.create_task(_ignore(peer)))
        if number % FOLLOWERS == 0:
            visitor.say(type="subscribe", topics=[self._topic])
        return visitor


async def _ignore(peer: Peer) -> None:
    with contextlib.suppress(ConnectionError):
        while await peer.reader.read(1 << 16):
            pass

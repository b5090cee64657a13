"""One socket of a replay while it is open: it sends, hands each reply to who waits for it, and keeps what came unasked."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from proof.traffic.bodies import shape
from proof.traffic.contract import Contract
from proof.traffic.frames import Frames
from proof.traffic.lines import Body
from proof.traffic.script import kind_of, operation_of
from proof.ws.session import member

SEND_S, CLOSE_S = 5.0, 5.0
CUT = 1006


class LiveSocket:
    def __init__(self, contract: Contract, connection: ClientConnection, encoding: str) -> None:
        self.frames = Frames(contract, encoding)
        self.pushes: list[Body] = []
        self.extra: list[Body] = []
        """Replies that nobody waits for."""
        self._contract = contract
        self._connection = connection
        self._waiting: dict[str, tuple[str, asyncio.Future[Body | None]]] = {}
        self._in_turn: deque[asyncio.Future[Body | None]] = deque()
        self._changed = asyncio.Event()
        self._lacks_some = False
        self._reader = asyncio.create_task(self._read())

    @property
    def is_over(self) -> bool:
        return self._reader.done()

    @property
    def code(self) -> int:
        return self._connection.close_code or CUT

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                self._take(await self._connection.recv())
                self._changed.set()
        for waiting in [*(future for _, future in self._waiting.values()), *self._in_turn]:
            if not waiting.done():
                waiting.set_result(None)
        self._changed.set()

    def _take(self, raw: str | bytes) -> None:
        frame = self.frames.came(raw)
        body = shape(raw) if frame is None else Body("json" if isinstance(raw, str) else "protobuf", frame)
        kind = kind_of(self._contract, frame)
        if kind == "push":
            self.pushes.append(body)
        elif kind == "reply":
            future = self._whose(body)
            if future is None:
                self.extra.append(body)
            elif not future.done():
                future.set_result(body)

    def _whose(self, body: Body) -> asyncio.Future[Body | None] | None:
        frame = body.value if isinstance(body.value, dict) else {}
        for key, (place, future) in self._waiting.items():
            if str(member(frame, place)) == key:
                del self._waiting[key]
                return future
        while self._in_turn:
            future = self._in_turn.popleft()
            if not future.done():
                return future
        return None

    async def ask(self, raw: str | bytes, key: str, frame: object, within_s: float) -> Body | None:
        """The reply, by its id or in its turn; None where none came in time, or the socket ended."""
        future: asyncio.Future[Body | None] = asyncio.get_running_loop().create_future()
        if key:
            operation = operation_of(self._contract, frame) if isinstance(frame, dict) else None
            self._waiting[key] = (operation.answers_at if operation else "", future)
        else:
            self._in_turn.append(future)
        await self.send(raw)
        if self.is_over:
            return future.result() if future.done() else None
        try:
            return await asyncio.wait_for(future, within_s)
        except TimeoutError:
            self._waiting.pop(key, None)
            return None

    async def send(self, raw: str | bytes) -> None:
        with suppress(ConnectionClosed, TimeoutError):
            await asyncio.wait_for(self._connection.send(raw), SEND_S)

    async def pushed(self, count: int, within_s: float) -> None:
        """Until so many events came, the socket ended, or the time is over; what was missed once is not waited for again."""
        within_s = 0.0 if self._lacks_some else within_s
        until = asyncio.get_running_loop().time() + within_s
        while len(self.pushes) < count and not self.is_over:
            self._changed.clear()
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                self._lacks_some = True
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)

    async def ended(self, within_s: float) -> bool:
        """Whether the service closes it by then."""
        await asyncio.wait([self._reader], timeout=within_s)
        return self.is_over

    async def close(self, code: int) -> None:
        """As the client did: cut off where it was."""
        if code == CUT:
            self._connection.transport.abort()
        else:
            with suppress(ConnectionClosed, OSError, TimeoutError, ValueError):
                await asyncio.wait_for(self._connection.close(code if code >= 3000 else 1000), CLOSE_S)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._reader), CLOSE_S)
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

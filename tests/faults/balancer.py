"""What stands in front of several nodes, as small as it can be: who is ready gets calls, over connections that are kept while a node keeps
them. A call that is answered 503 is made once more, elsewhere, and so is one whose kept connection had ended before a byte of the answer came:
a node may close what is idle at any time (RFC 9112 section 9.5), reads may be repeated, and the writes bear an `Idempotency-Key`. Nothing
else is repeated."""

from __future__ import annotations

import asyncio
import itertools
import random
from contextlib import suppress

from tests.faults.raw import Answer, Peer, request

LOOK_EACH_S = 0.25
HOST = b"Host: 127.0.0.1\r\n"


class Balancer:
    """`ports` are the nodes'; `run` looks who is ready. `failed` is what no caller may see."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._ready = list(ports)
        self._kept: dict[int, list[Peer]] = {port: [] for port in ports}
        self._turns = itertools.count()
        self.failed: list[str] = []
        self.answered = 0
        self.repeated = 0

    async def run(self) -> None:
        while True:
            looks = await asyncio.gather(*(self._is_ready(port) for port in self._ports))
            self._ready = [port for port, is_ready in zip(self._ports, looks, strict=True) if is_ready]
            await asyncio.sleep(LOOK_EACH_S)

    async def _is_ready(self, port: int) -> bool:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            async with await Peer.open(port, request("GET /readyz", host=HOST)) as peer:
                return (await peer.answer()).status < 300
        return False

    def pick(self, *, without: int | None = None) -> int:
        """The port of a node that is ready, by chance; never `without` where there is another."""
        others = [port for port in self._ready if port != without]
        return random.choice(others or self._ready or self._ports)

    def pick_next(self) -> int:
        """In turn."""
        ready = self._ready or self._ports
        return ready[next(self._turns) % len(ready)]

    async def call(self, line: str, *fields: str, body: bytes = b"") -> Answer | None:
        """None for one that failed."""
        asked = request(line, *fields, body=body, host=HOST)
        port = self.pick_next()
        try:
            answer = await self._ask_kept(port, asked) or await self._ask(port, asked)
            if answer.status == 503:
                self.repeated += 1
                answer = await self._ask(self.pick(without=port), asked)
        except (OSError, EOFError, TimeoutError) as error:
            self.failed.append(f"{line} at {port}: {error!r}")
            return None
        if answer.status >= 300:
            self.failed.append(f"{line} at {port}: {answer.status} {answer.body[:200]!r}")
            return None
        self.answered += 1
        return answer

    async def _ask_kept(self, port: int, asked: bytes) -> Answer | None:
        """None without a kept connection; 503 where it had ended."""
        peer = self._kept_peer(port)
        if peer is None:
            return None
        try:
            return await self._ask_over(peer, port, asked)
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise
        except ConnectionResetError:
            pass
        return Answer(503, {}, b"")

    async def _ask(self, port: int, asked: bytes) -> Answer:
        return await self._ask_over(await Peer.open(port), port, asked)

    async def _ask_over(self, peer: Peer, port: int, asked: bytes) -> Answer:
        peer.send(asked)
        try:
            answer = await peer.answer()
        except BaseException:
            peer.writer.transport.abort()
            raise
        if answer.headers.get("connection") == "close":
            peer.writer.close()
        else:
            self._kept[port].append(peer)
        return answer

    def _kept_peer(self, port: int) -> Peer | None:
        """One that the node has not closed."""
        kept = self._kept[port]
        while kept:
            peer = kept.pop()
            if not peer.reader.at_eof() and not peer.writer.transport.is_closing():
                return peer
        return None

"""The proxy's sockets: a handshake is the service's to accept or to refuse, and frames pass both ways until either side ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from proof.documents import BUNDLED
from proof.traffic.proxy import AWAY, CONNECT_S, Message, Place, Receive, Send, handed_on
from proof.traffic.recorder import Asked, Headers, Recorder, SocketRecord

OPEN_S, CLOSE_S = 15.0, 5.0
MAX_FRAME = 64 * 1024 * 1024
OF_THE_HANDSHAKE = (
    "host",
    "sec-websocket-key",
    "sec-websocket-version",
    "sec-websocket-extensions",
    "sec-websocket-protocol",
    "content-length",
)
NO_CODE, CUT, GATEWAY = 1005, 1006, 1014
"""RFC 6455 §7.4.1: the first two are never sent. The last says that who stands behind the proxy was cut off."""


@dataclass(frozen=True, slots=True)
class Tunnel:
    place: Place
    recorder: Recorder
    max_body: int

    async def pass_on(self, scope: Message, receive: Receive, send: Send) -> None:
        """Of subprotocols with several frames in a message none is handed on: what is recorded, and played again, is one frame after the other."""
        offers = tuple(one for one in scope["subprotocols"] if not one.endswith(BUNDLED))
        at_s, asked = self.recorder.now(), self.place.asked(scope, "GET", offers)
        await receive()
        try:
            service = await self._connect(asked)
        except InvalidStatus as refused:
            answer = refused.response
            headers = list(answer.headers.raw_items())
            await self._refuse(send, at_s, asked, (answer.status_code, headers, bytes(answer.body or b"")))
            return
        except (InvalidHandshake, OSError, TimeoutError):
            await self._refuse(send, at_s, asked, (AWAY, [], b""))
            return
        record = self.recorder.opened(at_s, asked, service.subprotocol or "")
        await send({"type": "websocket.accept", "subprotocol": service.subprotocol})
        await self._both_ways(service, record, receive, send)

    async def _connect(self, asked: Asked) -> ClientConnection:
        scheme, _, authority = self.place.service.partition("://")
        target = asked.path + (f"?{asked.query}" if asked.query else "")
        return await connect(
            f"{'wss' if scheme == 'https' else 'ws'}://{authority}{target}",
            subprotocols=[Subprotocol(one) for one in asked.encodings] or None,
            additional_headers=handed_on(asked.headers, *OF_THE_HANDSHAKE),
            user_agent_header=None,
            compression=None,
            max_size=MAX_FRAME,
            ping_interval=None,
            open_timeout=max(OPEN_S, CONNECT_S),
            close_timeout=CLOSE_S,
            proxy=None,
        )

    async def _refuse(self, send: Send, at_s: float, asked: Asked, answer: tuple[int, Headers, bytes]) -> None:
        status, headers, body = answer
        self.recorder.opened(at_s, asked, "", answer)
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in handed_on(headers)]
        await send({"type": "websocket.http.response.start", "status": status, "headers": raw})
        await send({"type": "websocket.http.response.body", "body": body})

    async def _both_ways(self, service: ClientConnection, record: SocketRecord, receive: Receive, send: Send) -> None:
        ways = [
            asyncio.create_task(self._up(service, record, receive)),
            asyncio.create_task(self._down(service, record, send)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in ways:
                one.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            with suppress(OSError, TimeoutError):
                await service.close()

    async def _up(self, service: ClientConnection, record: SocketRecord, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                # The server says 1005 of a connection that was lost, too, but then there is no reason beside it.
                code = message.get("code") or NO_CODE if "reason" in message else CUT
                record.closed("client", code)
                await _end(service, code)
                return
            raw: Any = message.get("text")
            raw = message.get("bytes") if raw is None else raw
            record.sent(raw, self.max_body)
            with suppress(ConnectionClosed):
                await service.send(raw)

    async def _down(self, service: ClientConnection, record: SocketRecord, send: Send) -> None:
        with suppress(ConnectionClosed):
            while True:
                raw = await service.recv()
                record.came(raw, self.max_body)
                is_text = isinstance(raw, str)
                await send(
                    {"type": "websocket.send", "text": raw if is_text else None, "bytes": None if is_text else raw}
                )
        code = service.close_code or CUT
        record.closed("service", code)
        told = {NO_CODE: 1000, CUT: GATEWAY}.get(code, code)
        await send({"type": "websocket.close", "code": told, "reason": service.close_reason or ""})


async def _end(service: ClientConnection, code: int) -> None:
    """As the client did: a socket that was cut is cut."""
    if code == CUT:
        service.transport.abort()
        return
    with suppress(ConnectionClosed, OSError, TimeoutError, ValueError):
        await service.close(1000 if code == NO_CODE else code)

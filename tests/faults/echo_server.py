"""A small application behind the server exactly as the service runs it: what the guard does without the service's own rules.

`python -m tests.faults.echo_server PORT [large] [two] [broken | misconfigured]`; `large` raises the limits to what Autobahn's groups
9, 12 and 13 send, `two` is how many workers there are; the last two cannot begin.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import uvicorn

from app.admission.gate import Gate
from app.guard.frames import FrameLimits
from app.guard.http_protocol import GuardedHttp
from app.guard.listener import bound
from app.guard.websocket_protocol import GuardedWebSocket
from app.serving.draining import Plan
from app.serving.node import serve

LARGE_BYTES = 4 << 20
LONG_TURN_S = 0.05
BUSY_NETWORK = "2001:db8::/64"


class PartlyFull(Gate):
    """Has no room for anything at /busy, nor for who comes from BUSY_NETWORK, nor for the first three that come to /filled."""

    def __init__(self) -> None:
        super().__init__()
        self._times_filled = 0

    def refuses(self, path: bytes, method: bytes, address: str) -> int | None:
        self._times_filled += path == b"/filled"
        is_full = path == b"/busy" or address == BUSY_NETWORK or (path == b"/filled" and self._times_filled < 4)
        return 7 if is_full else None


class Echo:
    """Behind one proxy of its own; /large is 4 MiB, and /begun says how many of them have begun."""

    gate = PartlyFull()
    trusted_proxies = 1

    def __init__(self) -> None:
        self._begun = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await answer_lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await serve_socket(scope["path"], receive, send)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        path, body = scope["path"], b""
        if path == "/begun":
            await respond(send, 200, str(self._begun).encode())
            return
        if path == "/large":
            self._begun += 1
            await respond(send, 200, b"x" * LARGE_BYTES)
            return
        if path == "/unread":
            await respond(send, 401, b"no")
            return
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            if not message["more_body"]:
                break
        if path == "/slow":
            await asyncio.sleep(0.5)
        if path == "/long-turn":
            time.sleep(LONG_TURN_S)  # noqa: ASYNC251  # what much work at once does to the loop
        headers = [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]]
        seen = {"method": scope["method"], "path": path, "headers": headers, "size": len(body)}
        await respond(send, 200, json.dumps(seen).encode())


async def answer_lifespan(receive: Any, send: Any) -> None:
    for _ in range(2):
        message = await receive()
        await send({"type": f"{message['type']}.complete"})


async def respond(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve_socket(path: str, receive: Any, send: Any) -> None:
    """/echo answers each message; /deaf takes none for 3 s; /close closes at the first; /mute never answers the handshake."""
    await receive()
    if path == "/mute":
        await asyncio.sleep(30)
    await send({"type": "websocket.accept"})
    if path == "/deaf":
        await asyncio.sleep(3)
    is_open = True
    while (message := await receive())["type"] == "websocket.receive":
        if path == "/close" and is_open:
            await send({"type": "websocket.close", "code": 4000})
            is_open = False
        if not is_open:
            continue
        text = message.get("text")
        await send(
            {"type": "websocket.send", "bytes": message["bytes"]}
            if text is None
            else {"type": "websocket.send", "text": text}
        )


class LargeWebSocket(GuardedWebSocket):
    limits: ClassVar[FrameLimits] = FrameLimits(fragments=1 << 20, control_frames=1 << 20, message_s=100)


@asynccontextmanager
async def in_this_process() -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """The server and its port, for what can only be seen from inside. It is ended at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(Echo(), http=GuardedHttp, ws=GuardedWebSocket, lifespan="off", log_level="error")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield server, listening.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


def create() -> Echo:
    return Echo()


def create_broken() -> Echo:
    raise RuntimeError("a worker that cannot begin")


def create_misconfigured() -> Echo:
    sys.exit(78)


def main() -> int:
    logging.basicConfig(level=logging.WARNING)
    changes: dict[str, Any] = {"ws": LargeWebSocket, "ws_max_size": 64 << 20} if "large" in sys.argv else {}
    name = next((f"create_{one}" for one in ("broken", "misconfigured") if one in sys.argv), "create")
    workers = 2 if "two" in sys.argv else 1
    listening = bound("127.0.0.1", int(sys.argv[1]))
    return serve(f"tests.faults.echo_server:{name}", listening, plan=Plan(workers=workers), **changes)


if __name__ == "__main__":
    sys.exit(main())

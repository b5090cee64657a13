"""An ASGI application around another, which notes what of the contract its callers saw, and changes nothing.

Promises: what passes is passed on as it is and at once; a message that cannot be read is no fact and no error. For tests: every
message is read twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from proof.coverage.exchanges import Exchange, Receive, Send
from proof.coverage.facts import Notebook
from proof.coverage.goals import Scope
from proof.coverage.requests import Routes
from proof.coverage.sockets import Frames, Opened
from proof.coverage.writer import Writer
from proof.protobuf import Protobuf

Asgi = Callable[[Any, Receive, Send], Awaitable[None]]


class Observer:
    def __init__(self, application: Asgi, of: Scope, notes: Notebook) -> None:
        protobuf = Protobuf(of.contract) if of.contract.proto else None
        self._application = application
        self._writer = Writer(of, notes)
        self._routes = Routes(of.contract, protobuf)
        self._frames = Frames(of, protobuf)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """A page that takes sockets from somewhere else is none of the contract."""
        seen: Exchange | Opened | None = None
        if scope["type"] == "http":
            seen = Exchange(scope, self._routes, self._writer)
        elif scope["type"] == "websocket":
            seen = Opened(scope, self._frames, self._writer)
        if seen is None:
            await self._application(scope, receive, send)
            return
        sending = seen.sending(send)
        # The server's own object, which an application may ask for more than ASGI has.
        sending.__dict__["__self__"] = getattr(send, "__self__", None)
        await self._application(scope, seen.receiving(receive), sending)

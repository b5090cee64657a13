"""How a message leaves through ASGI's `send` without a task for it, as far as that goes."""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from typing import Any

from app.broadcast.hub import Message

Send = Callable[[Message], Awaitable[None]]
GONE = (OSError, RuntimeError)
"""What a server raises by `send` once the peer, or our own close, has ended the socket."""


def step(send: Send, message: Message) -> Awaitable[None] | None:
    """Sends without a task as far as that goes: None if all went, else the rest, which a task must await.

    uvicorn's `send` waits only for its own future, so it may be started here and ended there.
    """
    sending = send(message)
    if not isinstance(sending, types.CoroutineType):
        return sending
    try:
        waits_for = sending.send(None)
    except StopIteration:
        return None
    return _finish(sending, waits_for)


@types.coroutine
def _finish(sending: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            yield waits_for
        except BaseException as error:
            with suppress(StopIteration):
                sending.throw(error)
            raise
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return

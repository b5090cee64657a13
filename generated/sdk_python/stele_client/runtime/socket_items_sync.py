"""A stream over the socket of the blocking client: who takes reads the socket himself, for all others too."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from .call import Call
from .codec import Reply
from .errors import ClientError, ConnectionLost
from .line_sync import Line, Slot
from .session import GRANT, Session


class SocketItems(Slot):
    """`forget` is called when no frame of it is wanted any more; `is_done` whenever nobody waits for one."""

    def __init__(
        self,
        call: Call[Any],
        session: Session,
        line: Line,
        forget: Callable[[Line, str], None],
    ) -> None:
        super().__init__()
        self._call = call
        self._session = session
        self._line = line
        self._forget = forget
        self._waiting: deque[Reply] = deque()
        self._taken = 0
        self._is_over = False
        self.is_done = True

    def settle(self, reply: Reply | None = None, error: ClientError | None = None) -> None:
        if reply is not None:
            self._waiting.append(reply)
        self.error = self.error or error
        self.is_done = True
        self.woken.set()

    def offer_first(self, reply: Reply) -> None:
        """The frame that showed that the stream has begun; others may be here already."""
        self._waiting.appendleft(reply)

    def next(self) -> Reply:
        request_id = self._call.request_id
        if not self._waiting:
            self._read_on()
        if not self._waiting:
            self.error = self.error or ConnectionLost("the socket was closed", request_id)
            raise self.error
        reply = self._waiting.popleft()
        self._taken += 1
        if self._taken == GRANT:
            self._taken = 0
            self._line.send(self._session.codec.credit(request_id, GRANT))
        return reply

    def _read_on(self) -> None:
        """Not done only meanwhile: nobody's turn to read comes to a stream that nobody walks."""
        self.is_done = False
        try:
            if not self._waiting and self.error is None:
                self._line.wait(self, self._call.deadline)
        except TimeoutError:
            raise self._call.deadline.exceeded(self._call.request_id) from None
        finally:
            self.is_done = True

    def value(self, reply: Reply) -> Any:
        self._is_over = reply.offset is None
        return self._session.item(self._call, reply)

    def close(self) -> None:
        """The server is told, unless it has said that this was all."""
        if not self._is_over and self.error is None:
            self._line.send(self._session.codec.cancel(self._call.request_id))
        self._forget(self._line, self._call.request_id)

"""The socket's protocol without its I/O: frames in, what they mean out; close codes and pauses as pure functions.

Shared by both clients. The shells own the connection, the slots of waiting calls, and the time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from .call import Call
from .codec import Authenticated, BadFrame, Codec, Draining, Expiring, Missed, Presence, Push, Reply, TopicsChanged
from .errors import (
    KIND_OF_CODE,
    ApiError,
    AuthenticationLost,
    ClientError,
    ConnectionLost,
    InvalidResponse,
    make_error,
)
from .operation import Contract, EventType
from .retry import AttemptFailed, Outcome, outcome_of

T = TypeVar("T")
MAX_IN_FLIGHT = 32
GRANT = 16
"""Items that are asked for at once, when as many have been taken: half of what the server sends before it hears of us."""
MAX_FRAME = 64 * 2**20
BUNDLED = ".batch"
"""The end of a subprotocol in which a message of the server may hold several frames."""
OPEN_S = 5.0
CONTROL_S = 5.0
STABLE_S = 10.0
"""A socket that lasted so long starts its pauses anew."""
BASE_S = 0.5
CAP_S = 30.0
RENEWABLE = frozenset({4401, 4501})


class Ending(Enum):
    """What follows a closed socket."""

    RECONNECT = "reconnect"
    MOVE = "move"
    """It is not closed yet: the next one is to be opened beside it."""
    RENEW = "renew"
    STOP = "stop"


def after_close(code: int, *, renewed: bool) -> Ending:
    """4401 and 4501 ask for a new token, once in a row; of the others 4500 to 4999 are final."""
    if code in RENEWABLE:
        return Ending.STOP if renewed else Ending.RENEW
    return Ending.STOP if 4500 <= code <= 4999 else Ending.RECONNECT


def after_refusal(status: int, *, renewed: bool) -> Ending:
    """A handshake that was answered over HTTP."""
    if status == 401:
        return Ending.STOP if renewed else Ending.RENEW
    is_for_now = status >= 500 or status in (408, 425, 429)
    return Ending.RECONNECT if is_for_now else Ending.STOP


def unwanted(code: int) -> ClientError:
    """Why a socket stays closed, by its close code or the status of its handshake."""
    if code == 401 or code in RENEWABLE:
        return AuthenticationLost(f"the server does not take the token ({code})")
    return ConnectionLost(f"the server does not want this socket again ({code})")


def reconnect_s(failures: int) -> float:
    """The pause after so many connections in a row that did not last (from 0), with full jitter."""
    return random.uniform(0, min(CAP_S, BASE_S * 2**failures))


@dataclass(frozen=True, slots=True)
class Answered:
    request_id: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Pushed:
    """`type` is None for an event that this client does not know."""

    type: EventType[Any] | None
    push: Push


@dataclass(frozen=True, slots=True)
class ControlRefused:
    error: ApiError


Action = (
    Answered | Pushed | ControlRefused | Authenticated | Expiring | TopicsChanged | Missed | Presence | Draining | None
)


class Session:
    def __init__(self, contract: Contract, codec: Codec) -> None:
        self._contract = contract
        self.codec = codec

    def feed(self, message: str | bytes, subprotocol: str | None) -> Iterator[Action]:
        """What the frames of a message mean, in order; raises BadFrame."""
        is_bundle = subprotocol is not None and subprotocol.endswith(BUNDLED)
        for frame in self.codec.frames(message) if is_bundle else [message]:
            yield self._read(frame)

    def _read(self, frame: str | bytes) -> Action:
        if not isinstance(frame, self.codec.frame_type):
            raise BadFrame(f"{self.codec.content_type} has no such frames")
        read = self.codec.read(frame)
        if isinstance(read, Push):
            return Pushed(self._contract.events.get(read.pkg_id), read)
        if isinstance(read, Reply):
            if read.request_id is None:
                return ControlRefused(self._refusal(read, None))
            return Answered(read.request_id, read)
        return read

    def result(self, call: Call[T], reply: Reply) -> T:
        """The typed result of a reply; raises AttemptFailed."""
        if reply.status != 0:
            error = self._refusal(reply, call.request_id)
            raise AttemptFailed(outcome_of(error), error)
        try:
            return call.read(self.codec.result(call.operation, reply))
        except InvalidResponse as error:
            raise AttemptFailed(Outcome.INVALID, error) from None
        except BadFrame as error:
            message = f"{call.operation.name} answered what cannot be read: {error}"
            raise AttemptFailed(Outcome.INVALID, InvalidResponse(message, call.request_id)) from None

    def item(self, call: Call[T], reply: Reply) -> T | None:
        """A typed item of a stream, nothing for its end; raises the refusal that ended it, or InvalidResponse."""
        if reply.status != 0:
            raise self._refusal(reply, call.request_id)
        return self.result(call, reply) if reply.offset is not None else None

    def begun(self, call: Call[Any], reply: Reply) -> None:
        """The first frame of a stream; raises AttemptFailed where it was refused."""
        if reply.status != 0:
            error = self._refusal(reply, call.request_id)
            raise AttemptFailed(outcome_of(error), error)

    def _refusal(self, reply: Reply, request_id: str | None) -> ApiError:
        problem = reply.data if isinstance(reply.data, dict) else {}
        kind = KIND_OF_CODE[reply.status] if 0 < reply.status < len(KIND_OF_CODE) else "ERROR"
        return make_error(self._contract.errors, problem, kind, request_id)

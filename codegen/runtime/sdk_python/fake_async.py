"""A client for tests: it has no network, answers what the test has prepared, and keeps what it was asked.

All else is the real client: which fields are left out, ids, errors, streams of events. A call that nobody prepared is a failure of
the test, and so is a value that could not be sent, or an answer that the contract does not know.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

import httpx2
from pydantic import BaseModel

from .call import Call
from .calls_async import AsyncCalls
from .client_async import AsyncBaseClient
from .codec import Position, Presence, Push, Reply, Start
from .download_async import AsyncDownload
from .errors import ClientError
from .fake import Called, Unprepared
from .followers import Followers
from .json_codec import encode_json, plain
from .json_frames import JsonCodec
from .operation import Operation
from .options import Hooks
from .topic import AttendedTopic, Topic

T = TypeVar("T")
EPOCH = "fake"
PATIENCE_S = 5.0
"""How long a blocking stream waits for an event that another thread may send."""


class AsyncFakeItems:
    """An open stream, of items and of what cuts it."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._left = deque(enumerate(items))

    async def next(self) -> Reply:
        """The last one has no offset, as on the wire."""
        if not self._left:
            return Reply(None, None, 0, None)
        offset, item = self._left.popleft()
        if isinstance(item, Exception):
            raise item
        return Reply(None, None, 0, item, offset=offset)

    def value(self, reply: Reply) -> Any:
        return reply.data

    async def close(self) -> None:
        self._left.clear()


class AsyncFakeDoor:
    """Both doors of a fake, and what follows events there."""

    token: str | None = None
    stopped: ClientError | None = None
    is_open = False

    def __init__(self) -> None:
        self.followers = Followers(JsonCodec(), Hooks())
        self.calls: list[Called] = []
        self.prepared: dict[str, deque[Any]] = {}
        self.responders: dict[str, Callable[[Mapping[str, Any]], Any]] = {}
        self.told: dict[str, Presence] = {}
        """By the name of the topic, as far as the test has said it."""

    async def attempt(self, call: Call[T], token: str | None) -> T:
        """The next answer that was prepared for the operation, or what its function answers."""
        name = call.operation.name
        self.calls.append(Called(name, call.values, call.request_id))
        _check(call)
        waiting = self.prepared.get(name)
        if waiting:
            answer = waiting.popleft()
        elif name in self.responders:
            found = _valid(call.operation, self.responders[name](call.values))
            answer = [found] if call.operation.is_stream else found
        else:
            raise Unprepared(f"nobody prepared an answer to {name} with {dict(call.values)}")
        if isinstance(answer, Exception):
            raise answer
        if call.operation.is_stream:
            return cast(T, AsyncFakeItems(answer))
        result: T = _download(call, answer) if isinstance(answer, bytes) else answer
        return result

    def start(self) -> None:
        """There is nothing to be opened."""

    async def opened(self, within_s: float) -> bool:
        return True

    async def present(self, token: str | None) -> None:
        """Every token is taken."""

    async def follow(self, topics: list[str]) -> None:
        """From now on; of what was sent before only who is present is kept."""
        self.followers.start([Start(topic, None, recovered=False) for topic in topics], self)
        for one in [self.told[topic] for topic in topics if topic in self.told]:
            self.followers.tell(one, self)

    async def leave(self, topics: list[str]) -> None:
        """Nobody is told."""

    async def close(self, reason: ClientError) -> None:
        self.followers.end(None)

    def wait_for_event(self, slot: Any, within_s: float) -> None:
        """Only a blocking stream asks. Another thread may send; raises Unprepared when none does."""
        if not slot.woken.wait(PATIENCE_S):
            raise Unprepared(f"nobody sent an event within {PATIENCE_S:g} s")


class AsyncFake(AsyncBaseClient):
    """`prepare` answers, then let the code call; `calls` says what it asked."""

    def __init__(self) -> None:
        super().__init__("http://fake.invalid")
        self._door = AsyncFakeDoor()
        self._socket = cast(Any, self._door)  # as much of it as calls and streams use
        self._calls = AsyncCalls(self._contract, self._options, self._tokens, self._door, self._door)
        self._offsets: dict[str, int] = {}

    @property
    def calls(self) -> list[Called]:
        """What was asked, in order."""
        return self._door.calls

    @property
    def unused(self) -> list[str]:
        """Operations with answers that nobody has asked for."""
        return [name for name, waiting in self._door.prepared.items() if waiting]

    def prepare(self, operation: Operation[T], *answers: T | Exception) -> None:
        """One answer for each of the next calls, in order; an exception is raised. An operation that answers bytes takes `bytes`."""
        waiting = self._door.prepared.setdefault(operation.name, deque())
        waiting.extend(one if isinstance(one, Exception) else _valid(operation, one) for one in answers)

    def prepare_items(self, operation: Operation[T], items: Iterable[T | Exception]) -> None:
        """What the next call of a stream brings, one by one; an exception cuts it where it stands."""
        checked = [one if isinstance(one, Exception) else _valid(operation, one) for one in items]
        self._door.prepared.setdefault(operation.name, deque()).append(checked)

    def respond(self, operation: Operation[T], answer: Callable[[Mapping[str, Any]], T]) -> None:
        """The function answers every call for which nothing is prepared, from its fields; what it raises is raised. Of a stream it answers
        the one item."""
        self._door.responders[operation.name] = answer

    def send(self, data: BaseModel, *, on: Topic[Any] | None = None, after_gap: bool = False) -> None:
        """An event for those who follow it now, on the topic that needs no value or on one of the package's `topics`; where the service
        would tell it on several, send it on each. `after_gap`: as if the one before it had been missed for good."""
        kind = next((one for one in self._contract.events.values() if type(data) is one.record), None)
        if kind is None or (on is not None and kind not in on.kinds):
            raise Unprepared(f"{type(data).__name__} is no event of {'the contract' if on is None else on.name}")
        topic = kind.topic if on is None else on.name
        if not topic:
            raise Unprepared(f"{type(data).__name__} is told on topics with parameters: say which by `on`")
        offset = self._offsets[topic] = self._offsets.get(topic, 0) + 1
        push = Push(pkg_id=kind.pkg_id, data=plain(data), topic=topic, offset=offset, epoch=EPOCH)
        if after_gap:
            self._door.followers.miss(topic, Position(EPOCH, offset - 1))
        self._door.followers.offer(kind, push)

    def send_presence(self, on: AttendedTopic[Any], users: Iterable[str], *, count: int | None = None) -> None:
        """From now on these users follow the topic, for those who watch it already and for those who will. `count` is of all, where more do
        than are named."""
        present = tuple(dict.fromkeys(users))
        told = Presence(on.name, "present", present, len(present) if count is None else count)
        self._door.told[on.name] = told
        self._door.followers.tell(told, self._door)


def _check(call: Call[Any]) -> None:
    """Raises ValueError for what could not be sent, as the real client would."""
    binding = call.operation.http
    files = {one.field for one in binding.files} if binding is not None else set()
    encode_json({name: value for name, value in call.values.items() if name not in files})


def _valid(operation: Operation[T], answer: Any) -> Any:
    """Raises ValueError (pydantic's) for an answer of another type than the operation's."""
    if operation.http is not None and operation.http.answers_bytes and isinstance(answer, bytes):
        return answer
    return operation.result().validate_python(answer)


def _download(call: Call[Any], answer: bytes) -> Any:
    response = httpx2.Response(200, content=answer, headers={"content-type": "application/octet-stream"})
    return AsyncDownload(response, call.operation.name, call.request_id, None)

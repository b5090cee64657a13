"""An answer that comes item by item: what a caller walks, and how it comes over HTTP.

Promises: whoever comes to the end has had every item; a stream that was refused on the way, or cut, raises instead. What is not
walked to its end is to be closed, by `with` or `close`: the server ends it then. Nothing is asked before the first item is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar, cast

import httpx2

from .call import Call
from .codec import BadFrame, Reply
from .errors import ConnectionLost, InvalidResponse
from .records import Records

T = TypeVar("T")


class Source(Protocol):
    """An open stream. `next` is the next frame of it, and raises ConnectionLost or DeadlineExceeded; `value` reads one that
    has an offset, and raises what any other says."""

    def next(self) -> Reply: ...
    def value(self, reply: Reply, /) -> Any: ...
    def close(self) -> None: ...


class Stream(Generic[T]):
    """`for` it; the items are typed. It can be walked once. It raises what a call raises, and ConnectionLost where it was
    cut: which items are still to come only the caller can know, so nothing is asked again by itself."""

    def __init__(self, begin: Callable[[], Source]) -> None:
        self._begin = begin
        self._source: Source | None = None
        self._is_over = False

    def __enter__(self) -> Stream[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """The rest is not wanted; who iterates comes to the end."""
        self._is_over = True
        if self._source is not None:
            self._source.close()

    def __iter__(self) -> Stream[T]:
        return self

    def __next__(self) -> T:
        if self._is_over:
            raise StopIteration
        if self._source is None:
            self._source = self._begin()
        try:
            reply = self._source.next()
            item = self._source.value(reply)
        except BaseException:
            self.close()
            raise
        if reply.offset is None:
            self.close()
            raise StopIteration
        return cast(T, item)


class HttpItems:
    """One answer of the HTTP door. `read` reads a record."""

    def __init__(
        self, response: httpx2.Response, records: Records, call: Call[Any], read: Callable[[Reply], Any]
    ) -> None:
        self._response = response
        self._chunks = response.iter_bytes()
        self._records = records
        self._call = call
        self._read = read
        self._ready: deque[Reply] = deque()

    def next(self) -> Reply:
        call = self._call
        try:
            while not self._ready:
                for chunk in self._chunks:
                    self._ready.extend(self._records.feed(chunk))
                    call.deadline.check(call.request_id)
                    break
                else:
                    raise ConnectionLost(f"{call.operation.name} was cut", call.request_id)
        except httpx2.TimeoutException as error:
            raise call.deadline.exceeded(call.request_id) from error
        except (httpx2.TransportError, httpx2.StreamError) as error:
            raise ConnectionLost(f"{call.operation.name} was cut: {error}", call.request_id) from error
        except BadFrame as error:
            message = f"{call.operation.name} answered what cannot be read: {error}"
            raise InvalidResponse(message, call.request_id) from None
        return self._ready.popleft()

    def value(self, reply: Reply) -> Any:
        return self._read(reply)

    def close(self) -> None:
        self._response.close()

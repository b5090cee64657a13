"""An answer that is bytes, while it comes.

Promises: what is cut is asked for again from there, where the server can give the same bytes from the middle; what ends too early
all the same raises ConnectionLost, so that half of it never looks whole; a file is there only when it is whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote

import httpx2

from .errors import ConnectionLost, InvalidResponse
from .io_async import sleep

MAX_CUTS = 8
MAX_TRIES = 4
PAUSE_S = 0.1
"""Before the rest is asked for; doubled with each try."""
MAX_READ = 64 * 2**20
ENCODED = re.compile(r"filename\*=UTF-8''([^;]+)", re.IGNORECASE)
PLAIN = re.compile(r'filename="([^"]*)"', re.IGNORECASE)
"""RFC 6266 §4.3: the encoded name goes before the plain one, wherever it stands."""


class AsyncDownload:
    """To be used as a context manager, or closed. It is walked once, by iteration, `read` or `save`. Between two chunks the
    call's own timeout may pass.

    Known at once: `media_type`; `length` in bytes, None where the server does not know it; `filename`, without folders; `etag`, as it stands
    in the header."""

    def __init__(
        self,
        response: httpx2.Response,
        operation: str,
        request_id: str,
        again: Callable[[str, int], Awaitable[httpx2.Response]] | None = None,
    ) -> None:
        """`again` asks for the rest of what has a tag, from a number of bytes on."""
        self._response = response
        self._again = again
        self._operation = operation
        self._request_id = request_id
        headers = response.headers
        length = headers.get("content-length", "")
        self.media_type: str = headers.get("content-type", "")
        self.length: int | None = int(length) if length.isdigit() else None
        """In bytes; None where the server does not know it before."""
        self.etag: str | None = headers.get("etag")
        """As it stands in the header, for `If-None-Match`."""
        self.filename = _filename(headers.get("content-disposition", ""))
        """What the server calls it, without folders."""

    async def __aenter__(self) -> AsyncDownload:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """The rest is not read; its connection ends."""
        await self._response.aclose()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises ConnectionLost where it does not come to its end."""
        count, cuts = 0, 0
        while True:
            try:
                async for chunk in self._response.aiter_bytes():
                    count += len(chunk)
                    yield chunk
                return
            except (httpx2.TransportError, httpx2.StreamError) as error:
                cuts += 1
                is_over = isinstance(error, httpx2.StreamError) or cuts > MAX_CUTS
                if is_over or not await self._goes_on(count):
                    message = f"{self._operation}: the answer was cut, {type(error).__name__} {error}"
                    raise ConnectionLost(message.strip(), self._request_id) from error

    async def _goes_on(self, count: int) -> bool:
        """Whether the rest of the same bytes comes: the server says by a strong tag that they are (RFC 9110 §13.1.5)."""
        is_plain = self._response.headers.get("content-encoding", "identity") == "identity"
        if self._again is None or not is_plain or not (self.etag or "W/").startswith('"'):
            return False
        for number in range(MAX_TRIES):
            await sleep(PAUSE_S * 2**number)
            try:
                response = await self._again(str(self.etag), count)
            except httpx2.TransportError:
                continue
            await self._response.aclose()
            self._response = response
            said = response.headers.get("content-range", "")
            return response.status_code == 206 and said.startswith(f"bytes {count}-")
        return False

    async def read(self, most: int = MAX_READ) -> bytes:
        """All of it; raises InvalidResponse beyond `most` bytes."""
        body = bytearray()
        async for chunk in self:
            body += chunk
            if len(body) > most:
                raise InvalidResponse(f"{self._operation} answered more than {most} bytes", self._request_id)
        return bytes(body)

    async def save(self, path: Path | str) -> Path:
        """Writes beside the path, then moves it there, over what was there. The path is the caller's choice, never the
        server's."""
        target = Path(path)
        beside = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
        try:
            with beside.open("xb") as file:
                async for chunk in self:
                    file.write(chunk)
            os.replace(beside, target)
        finally:
            beside.unlink(missing_ok=True)
        return target


def _filename(disposition: str) -> str | None:
    if (found := ENCODED.search(disposition)) is not None:
        name = unquote(found[1])
    elif (found := PLAIN.search(disposition)) is not None:
        name = found[1]
    else:
        return None
    return re.split(r"[/\\]", name)[-1] or None

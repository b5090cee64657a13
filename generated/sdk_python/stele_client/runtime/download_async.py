"""An answer that is bytes, while it comes.

Promises: what ends too early raises ConnectionLost, so that half of it never looks whole; a file is there only when it is whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote

import httpx2

from .errors import ConnectionLost, InvalidResponse

MAX_READ = 64 * 2**20
ENCODED = re.compile(r"filename\*=UTF-8''([^;]+)", re.IGNORECASE)
PLAIN = re.compile(r'filename="([^"]*)"', re.IGNORECASE)
"""RFC 6266 §4.3: the encoded name goes before the plain one, wherever it stands."""


class AsyncDownload:
    """To be used as a context manager, or closed. It is walked once, by iteration, `read` or `save`. Between two chunks the
    call's own timeout may pass."""

    def __init__(self, response: httpx2.Response, operation: str, request_id: str) -> None:
        self._response = response
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
        try:
            async for chunk in self._response.aiter_bytes():
                yield chunk
        except (httpx2.TransportError, httpx2.StreamError) as error:
            message = f"{self._operation}: the answer was cut, {type(error).__name__} {error}"
            raise ConnectionLost(message.strip(), self._request_id) from error

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

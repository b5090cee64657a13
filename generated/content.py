"""Bytes over HTTP as a handler sees them: what came in is an `Upload`, what goes out is a `Download`; neither is whole in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

CHUNK_BYTES = 65_536
Ranges = Callable[[int, int], AsyncIterable[bytes]]
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*(?:; ?[a-z0-9-]+=[\w.+-]+)*\Z")
_OPAQUE = re.compile(r"[!#-~]{0,128}\Z")


class Upload:
    """Bytes of a request that have all come: counted, within their maximum, on disk where they are many. They are gone
    when the request has been answered. What the caller says of them, `media_type` and `filename`, is the caller's word."""

    __slots__ = ("_file", "_is_on_disk", "filename", "length", "media_type", "sha256")

    def __init__(
        self,
        file: SpooledTemporaryFile[bytes],
        *,
        length: int,
        sha256: str,
        media_type: str,
        filename: str | None,
        is_on_disk: bool,
    ) -> None:
        self._file = file
        self._is_on_disk = is_on_disk
        self.length = length
        """In bytes."""
        self.sha256 = sha256
        """64 hexadecimal digits."""
        self.media_type = media_type
        """In lower case, without parameters; empty where the caller says nothing."""
        self.filename = filename
        """Without folders; None where the caller names none. Never a path to write to."""

    async def chunks(self, size: int = CHUNK_BYTES) -> AsyncIterator[bytes]:
        """From the beginning, each time it is asked; one walk at a time."""
        await self._do(self._file.seek, 0)
        while chunk := await self._do(self._file.read, size):
            yield chunk

    async def read(self) -> bytes:
        """All of it, in memory: for what is small by its declared maximum."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def _do(self, work: Callable[[int], Any], argument: int) -> Any:
        return await asyncio.to_thread(work, argument) if self._is_on_disk else work(argument)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """In a fingerprint of the request an upload is what it holds."""
        said = core_schema.plain_serializer_function_ser_schema(lambda one: [one.sha256, one.media_type, one.filename])
        return core_schema.is_instance_schema(cls, cls_repr="file", serialization=said)


class OfType:
    """Bounds an `Upload` to media types; `image/*` is every one that begins so."""

    def __init__(self, *media_types: str) -> None:
        self._media_types = media_types

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._judge, handler(source))

    def _judge(self, upload: Upload) -> Upload:
        if not is_among(upload.media_type, self._media_types):
            wanted = {"types": " or ".join(self._media_types)}
            raise PydanticCustomError("media_type", "Input should be of the type {types}", wanted)
        return upload


class Download:
    """Bytes to answer with. They are asked for after COMMIT, chunk by chunk as the caller takes them, so a source that
    reads from the database needs statements of its own, not the command's transaction; each chunk must come within 30 s.

    With `length`, in bytes, a GET answers parts of them too (RFC 9110 §14). `filename` is what a browser saves it as;
    it does save it, unless `is_inline`: what users send and others see is not to be shown by their browsers unasked.
    `etag` is the opaque text of a strong entity tag: equal only for equal bytes. ValueError for what a header cannot say.
    """

    __slots__ = ("_source", "etag", "filename", "is_inline", "length", "media_type", "modified_at")

    def __init__(
        self,
        source: AsyncIterable[bytes] | Ranges,
        *,
        media_type: str = "",
        length: int | None = None,
        filename: str | None = None,
        is_inline: bool = False,
        etag: str | None = None,
        modified_at: datetime | None = None,
    ) -> None:
        """`source` yields all bytes, or those from a first one up to, not including, a last one; that one needs `length`."""
        if media_type and not _MEDIA_TYPE.match(media_type):
            raise ValueError(f"{media_type!r} is no media type in lower case")
        if etag is not None and not _OPAQUE.match(etag):
            raise ValueError("an entity tag is up to 128 visible ASCII characters without quotes")
        if length is None and callable(source):
            raise ValueError("a source of ranges has a length")
        self._source = source
        self.media_type = media_type
        """Empty: the one that the contract declares."""
        self.length = length
        self.filename = filename
        self.is_inline = is_inline
        self.etag = etag
        self.modified_at = modified_at

    @classmethod
    def of_bytes(cls, data: bytes, **said: Any) -> Download:
        """What is small, and in memory anyway; `said` as for the class."""

        async def between(start: int, stop: int) -> AsyncIterator[bytes]:
            for at in range(start, stop, CHUNK_BYTES):
                yield data[at : min(at + CHUNK_BYTES, stop)]

        return cls(between, length=len(data), **said)

    @classmethod
    def of_path(cls, path: Path, **said: Any) -> Download:
        """A file, as it is now: OSError where there is none. Entity tag and date are of its state, unless `said`."""
        state = path.stat()
        found: dict[str, Any] = {
            "etag": f"{state.st_mtime_ns:x}-{state.st_size:x}",
            "modified_at": datetime.fromtimestamp(state.st_mtime, UTC),
        }

        async def between(start: int, stop: int) -> AsyncIterator[bytes]:
            with await asyncio.to_thread(path.open, "rb") as file:
                await asyncio.to_thread(file.seek, start)
                while start < stop and (chunk := await asyncio.to_thread(file.read, min(CHUNK_BYTES, stop - start))):
                    start += len(chunk)
                    yield chunk

        return cls(between, length=state.st_size, **(found | said))

    async def between(self, start: int, stop: int | None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `stop`, or to the end; what a plain source yields before them is dropped."""
        if callable(self._source):
            async for chunk in self._source(start, self.length if stop is None else stop):  # type: ignore[arg-type]  # a source of ranges has a length
                yield chunk
            return
        at = 0
        async for chunk in self._source:
            kept = chunk[max(start - at, 0) : None if stop is None else max(stop - at, 0)]
            at += len(chunk)
            if kept:
                yield kept
            if stop is not None and at >= stop:
                return


def is_among(media_type: str, media_types: tuple[str, ...]) -> bool:
    """Whether one of the ranges holds the type, parameters aside; no ranges hold every one (RFC 9110 §12.5.1)."""
    plain = media_type.partition(";")[0].strip()
    main = plain.partition("/")[0]
    return not media_types or any(one in (plain, f"{main}/*") for one in media_types)


def fault_of_download(value: object, max_bytes: int, media_types: tuple[str, ...]) -> str | None:
    """What is wrong with what a handler answers, as `generated/checks.py` says it."""
    if not isinstance(value, Download):
        return f"a Download was due, it is {type(value).__name__}"
    if value.media_type and not is_among(value.media_type, media_types):
        return f"the media type is none of {', '.join(media_types)}"
    if not value.media_type and (len(media_types) != 1 or "*" in media_types[0]):
        return "the media type is not said, and the contract has several"
    if value.length is not None and not 0 <= value.length <= max_bytes:
        return f"the length is {value.length}, {max_bytes} at most"
    return None

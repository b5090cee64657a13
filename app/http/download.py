"""Writes an answer that is bytes: the whole or the part that was asked for, chunk by chunk, as the caller takes it.

Promises: no more than one chunk is held; a source that fails, is silent for 30 s, or yields other than it said, ends the connection,
so that nobody takes half of it for the whole.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from datetime import UTC
from email.utils import format_datetime
from urllib.parse import quote

import structlog

from app.execution.context import Call
from app.http.answer import NOT_MODIFIED, Header, Send, head_of, status_of
from app.http.conditions import is_unchanged
from app.http.message import Receive
from app.http.negotiation import Hinted
from generated.bindings import HttpBinding
from generated.content import Download
from generated.errors import Internal, RangeNotSatisfiable

PARTIAL_CONTENT = 206
CHUNK_S = 30.0
"""How long a source may be silent."""
RANGE = re.compile(rb"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\Z")
"""One range of RFC 9110 §14.1.2; several are answered by the whole, as §14.2 allows."""
ASCII_NAME = re.compile(r'[^ !#-\[\]-~]|"')
log = structlog.get_logger(__name__)
Part = tuple[int, int]


class UnknownRange(Hinted, RangeNotSatisfiable):
    """`length` is of the whole, which the answer tells (RFC 9110 §15.5.17)."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.hint = (b"content-range", b"bytes */%d" % length)


async def send_download(
    send: Send, receive: Receive, binding: HttpBinding, call: Call, told: Download, headers: Mapping[bytes, bytes],
    *, is_head: bool,
) -> None:  # fmt: skip
    """304 to a GET or HEAD for what the caller has; 206 for one range of a GET. Raises UnknownRange, and Internal where the
    source fails before its first chunk."""
    fields = [*head_of(call), *_described(binding, told)]
    has = headers.get(b"if-none-match") if binding.verb == "GET" and told.etag is not None else None
    if has is not None and is_unchanged(has, (told.etag or "").encode()):
        await send({"type": "http.response.start", "status": NOT_MODIFIED, "headers": fields})
        await send({"type": "http.response.body", "body": b""})
        return
    part = None if is_head or binding.verb != "GET" else part_of(told, headers)
    status = status_of(binding, call) if part is None else PARTIAL_CONTENT
    start, stop = part or (0, told.length)
    if part is not None:
        fields.append((b"content-range", b"bytes %d-%d/%d" % (start, part[1] - 1, told.length or 0)))
    if stop is not None:
        fields.append((b"content-length", b"%d" % (stop - start)))
    head = {"type": "http.response.start", "status": status, "headers": fields}
    if is_head:
        await send(head)
        await send({"type": "http.response.body", "body": b""})
        return
    assert binding.download is not None, "only of an operation that answers bytes"
    due = None if stop is None else stop - start
    await _Stream(send, receive, head, due, binding.download.max_bytes).run(told.between(start, stop))


def part_of(told: Download, headers: Mapping[bytes, bytes]) -> Part | None:
    """The first byte and the one behind the last, of the one range that is asked for; None for the whole. Raises UnknownRange."""
    found = RANGE.match(headers.get(b"range", b"").strip())
    if told.length is None or found is None or not _is_current(told, headers.get(b"if-range")):
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, stop = max(told.length - int(suffix), 0), told.length
    else:
        start, stop = int(first), min(int(last) + 1 if last else told.length, told.length)
        if last and int(last) < start:
            return None
    if start >= told.length or stop <= start:
        raise UnknownRange(told.length)
    return start, stop


def _is_current(told: Download, if_range: bytes | None) -> bool:
    """Strong comparison with a tag, exact comparison with a date (RFC 9110 §13.1.5)."""
    if if_range is None:
        return True
    text = if_range.strip()
    tags = {b'"%b"' % told.etag.encode()} if told.etag is not None else set()
    return text in tags | ({_date(told)} if told.modified_at is not None else set())


def _described(binding: HttpBinding, told: Download) -> list[Header]:
    assert binding.download is not None, "only of an operation that answers bytes"
    media = told.media_type or binding.download.media_types[0]
    fields: list[Header] = [(b"content-type", media.encode()), (b"content-disposition", disposition_of(told))]
    if told.length is not None:
        fields.append((b"accept-ranges", b"bytes"))
    if told.etag is not None:
        fields.append((b"etag", b'"%b"' % told.etag.encode()))
    if told.modified_at is not None:
        fields.append((b"last-modified", _date(told)))
    return fields


def _date(told: Download) -> bytes:
    assert told.modified_at is not None, "asked for one that is said"
    return format_datetime(told.modified_at.astimezone(UTC), usegmt=True).encode()


def disposition_of(told: Download) -> bytes:
    """RFC 6266 §4: a name that is not ASCII stands there twice, for those who read only the one form."""
    kind = b"inline" if told.is_inline else b"attachment"
    if not told.filename:
        return kind
    plain = ASCII_NAME.sub("_", told.filename)
    named = b'%b; filename="%b"' % (kind, plain.encode())
    if plain == told.filename:
        return named
    return b"%b; filename*=UTF-8''%b" % (named, quote(told.filename, safe="", errors="replace").encode())


class _Stream:
    """One body. `due` is how many bytes it has to have, None where nobody has said; `most` bounds it in any case."""

    def __init__(self, send: Send, receive: Receive, head: dict[str, object], due: int | None, most: int) -> None:
        self._send = send
        self._receive = receive
        self._head = head
        self._due = due
        self._most = most if due is None else due
        self._sent = 0
        self._has_begun = False

    async def run(self, chunks: AsyncIterator[bytes]) -> None:
        gone = asyncio.ensure_future(self._until_gone())
        try:
            async with aclosing(chunks):  # type: ignore[type-var]  # an async generator, by `Download.between`
                await self._copy(chunks, gone)
        except asyncio.CancelledError:  # The server ends: what has begun is cut, for nobody may take it for the whole.
            if not self._has_begun:
                raise
        except Exception:
            log.exception("download.failed", sent=self._sent)
            if not self._has_begun:
                raise Internal from None
        finally:
            gone.cancel()

    async def _copy(self, chunks: AsyncIterator[bytes], gone: asyncio.Future[None]) -> None:
        while True:
            async with asyncio.timeout(CHUNK_S):
                chunk = await anext(chunks, None)
            if gone.done():
                return
            if chunk is None:
                break
            self._sent += len(chunk)
            if self._sent > self._most:
                raise ValueError(f"more than {self._most} bytes")
            await self._begin()
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        if self._due is not None and self._sent != self._due:
            raise ValueError(f"{self._sent} bytes instead of {self._due}")
        await self._begin()
        await self._send({"type": "http.response.body", "body": b""})

    async def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            await self._send(self._head)

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

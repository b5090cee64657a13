"""Takes in a body that is a form or bytes: into the spool, before the handler begins.

A slow caller so holds neither a transaction nor a connection to the database, and no handler sees half of a body.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NoReturn

from app.execution.context import Abandoned, Caller
from app.http.form import FORM, MAX_PARTS, MAX_TEXT_BYTES, Form, boundary_of
from app.http.message import Receive
from app.http.negotiation import BodyRefused, check_plain
from app.http.spool import Spool, SpooledFile
from generated.bindings import HttpBinding, HttpFile
from generated.content import is_among
from generated.errors import TooLarge

FRAMING_BYTES = 8192
"""Around each part of a form: its boundary and its head, which the parser bounds."""


class UploadReader:
    """One request's body. `close` ends every Upload that came of it. `allow_body` tells the transport guard how many bytes
    are due, which it counts too."""

    def __init__(
        self, spool: Spool, binding: HttpBinding, headers: Mapping[bytes, bytes], caller: Caller, receive: Receive,
        allow_body: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._spool = spool
        self._binding = binding
        self._headers = headers
        self._receive = receive
        self._allow_body = allow_body
        self._caller = caller.key
        self._opened: list[SpooledFile] = []
        self.values: dict[str, Any] = {}
        """The fields of the body, once it has been read."""

    async def read(self) -> None:
        """Raises BodyRefused before anything is read, TooLarge where the length that is declared says so; and Malformed,
        InvalidData, Unavailable or Abandoned."""
        media = self._headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        if self._binding.is_form:
            await self._form(media)
        else:
            await self._whole(media, self._binding.files[0])

    def close(self) -> None:
        for file in self._opened:
            file.close()

    async def _whole(self, media: str, wanted: HttpFile) -> None:
        if not media or not is_among(media, wanted.media_types):
            _refuse(wanted.media_types or ("*/*",))
        self._expect(wanted.max_bytes)
        file = self._open(wanted)
        async for chunk in self._chunks():
            await file.write(chunk)
        self.values = {wanted.field: file.upload(media, None)}

    async def _form(self, media: str) -> None:
        if media != FORM:
            _refuse((FORM,))
        self._expect(sum(one.max_bytes * one.max_count for one in self._binding.files) + MAX_TEXT_BYTES)
        form = Form(self._binding, boundary_of(self._headers[b"content-type"]), self._open)
        async for chunk in self._chunks():
            await form.feed(chunk)
        self.values = form.finish()

    def _open(self, wanted: HttpFile) -> SpooledFile:
        self._opened.append(SpooledFile(self._spool, self._caller, wanted.max_bytes))
        return self._opened[-1]

    def _expect(self, max_bytes: int) -> None:
        check_plain(self._headers)
        most = max_bytes + (FRAMING_BYTES * MAX_PARTS if self._binding.is_form else 0)
        declared = self._headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared[:20]) > most:
            raise TooLarge
        self._allow_body(most)

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Abandoned
            if chunk := message.get("body", b""):
                yield chunk
            if not message.get("more_body", False):
                return


def _refuse(media_types: tuple[str, ...]) -> NoReturn:
    raise BodyRefused(f"Send {' or '.join(media_types)}.", (b"accept", ", ".join(media_types).encode()))

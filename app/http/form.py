"""Reads `multipart/form-data` (RFC 7578) as it comes: parts that are text into memory, within 1 MiB, the others into the spool.

Promises: a part that the contract does not name, or names once and that stands twice, is refused; nothing is picked from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.http.message import MAX_BODY_BYTES, field_refused
from app.http.spool import SpooledFile
from generated.bindings import HttpBinding, HttpFile, HttpParameter
from generated.errors import Malformed, TooLarge

FORM = "multipart/form-data"
MAX_TEXT_BYTES = MAX_BODY_BYTES
"""Of all parts that are text: what a body of JSON may have."""
MAX_PARTS = 200
FOLDER = re.compile(r".*[/\\]", re.DOTALL)
UNSHOWN = re.compile(r"[\x00-\x1f\x7f]")
MAX_NAME_CHARS = 255
Open = Callable[[HttpFile], SpooledFile]


class Form:
    """One form while it comes. `open_file` makes a place in the spool, which its maker closes. `values` are the fields,
    once `finish` has been called."""

    def __init__(self, binding: HttpBinding, boundary: bytes, open_file: Open) -> None:
        self._texts = {one.carrier: one for one in binding.form_parameters}
        self._files = {one.field: one for one in binding.files}
        self._open = open_file
        self._part: _Part | None = None
        self._parts = self._text_bytes = 0
        self._is_whole = False
        self._name, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._events: list[tuple[Callable[..., Any], bytes]] = []
        self.values: dict[str, Any] = {}
        try:
            self._parser = MultipartParser(boundary, self._callbacks())
        except FormParserError:
            raise _unreadable() from None

    async def feed(self, data: bytes) -> None:
        """Raises Malformed, InvalidData, TooLarge or Unavailable; the form is of no use then."""
        try:
            self._parser.write(data)
        except FormParserError:
            raise _unreadable() from None
        events, self._events = self._events, []
        for work, chunk in events:
            await work(chunk)

    def finish(self) -> dict[str, Any]:
        if not self._is_whole:
            raise _unreadable()
        return self.values

    def _callbacks(self) -> Any:
        """The parser calls while it reads; what has to wait for a disk is done after it."""
        return {
            "on_part_begin": self._begin_head,
            "on_header_field": self._name_more,
            "on_header_value": self._value_more,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin,
            "on_part_data": lambda data, start, end: self._events.append((self._write, bytes(data[start:end]))),
            "on_part_end": lambda: self._events.append((self._end, b"")),
            "on_end": self._end_form,
        }

    def _begin_head(self) -> None:
        self._headers = {}
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise Malformed(f"The form has more than {MAX_PARTS} parts.")

    def _name_more(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _value_more(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _begin(self) -> None:
        headers = self._headers
        self._events.append((lambda _: self._start(headers), b""))

    def _end_form(self) -> None:
        self._is_whole = True

    async def _start(self, headers: dict[bytes, bytes]) -> None:
        kind, said = parse_options_header(headers.get(b"content-disposition", b""))
        name = said.get(b"name", b"").decode("utf-8", "replace")
        if kind.lower() != b"form-data" or not name:
            raise _unreadable()
        if (file := self._files.get(name)) is not None:
            if file.is_list and len(self.values.setdefault(name, [])) >= file.max_count:
                raise field_refused(name, f"There are more than {file.max_count}")
            self._once(name, is_list=file.is_list)
            media = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
            self._part = _File(file, self._open(file), media[:255], _filename(said))
        elif (text := self._texts.get(name)) is not None:
            self._once(name, is_list=text.is_list)
            self._part = _Text(text)
        else:
            raise field_refused(name, "There is no such part")

    def _once(self, name: str, *, is_list: bool) -> None:
        if name in self.values and not is_list:
            raise field_refused(name, "The part stands twice")

    async def _write(self, chunk: bytes) -> None:
        assert self._part is not None, "data follows a head"
        if isinstance(self._part, _Text):
            self._text_bytes += len(chunk)
            if self._text_bytes > MAX_TEXT_BYTES:
                raise TooLarge
        await self._part.write(chunk)

    async def _end(self, _: bytes) -> None:
        part, self._part = self._part, None
        assert part is not None, "an end follows a head"
        name, value, is_list = part.field, part.value(), part.is_list
        if is_list:
            self.values.setdefault(name, []).append(value)
        else:
            self.values[name] = value


class _Text:
    def __init__(self, parameter: HttpParameter) -> None:
        self._parameter = parameter
        self._chunks: list[bytes] = []
        self.field = parameter.field
        self.is_list = parameter.is_list

    async def write(self, chunk: bytes) -> None:
        self._chunks.append(chunk)

    def value(self) -> object:
        try:
            return self._parameter.from_text(b"".join(self._chunks).decode())
        except UnicodeDecodeError:
            raise Malformed("A part of the form is not UTF-8.") from None


class _File:
    def __init__(self, wanted: HttpFile, file: SpooledFile, media_type: str, filename: str | None) -> None:
        self._file = file
        self._media_type = media_type
        self._filename = filename
        self.field = wanted.field
        self.is_list = wanted.is_list

    async def write(self, chunk: bytes) -> None:
        await self._file.write(chunk)

    def value(self) -> object:
        return self._file.upload(self._media_type, self._filename)


_Part = _Text | _File


def boundary_of(content_type: bytes) -> bytes:
    """Raises Malformed where the media type says none (RFC 2046 §5.1.1)."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not boundary:
        raise Malformed("The form has no boundary.")
    return boundary


def _filename(said: dict[bytes, bytes]) -> str | None:
    """The caller's name without folders and control characters (RFC 7578 §4.2)."""
    name = FOLDER.sub("", said.get(b"filename", b"").decode("utf-8", "replace"))
    return UNSHOWN.sub("", name)[-MAX_NAME_CHARS:] or None


def _unreadable() -> Malformed:
    return Malformed("The form cannot be read.")

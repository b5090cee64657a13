"""What a caller sends as bytes: where it is read from, and what is said of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from .operation import HttpBinding

CHUNK = 65_536
USUAL = "application/octet-stream"
Source: TypeAlias = bytes | Path | BinaryIO | Iterable[bytes] | AsyncIterable[bytes]
"""A path and a stream are read while they are sent, never whole."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """Bytes with a name and a media type of their own; else the contract's type is said, and the name of a path."""

    source: Source
    filename: str | None = None
    media_type: str | None = None


FileSource: TypeAlias = Source | FileContent


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent of one field: text, or bytes of a length that may be unknown."""

    source: Source
    head: bytes = b""
    """Of a part of a form: its boundary and its fields."""

    @property
    def length(self) -> int | None:
        if isinstance(self.source, bytes):
            return len(self.source)
        if isinstance(self.source, Path):
            return self.source.stat().st_size
        return None


def content_of(given: FileSource) -> FileContent:
    content = given if isinstance(given, FileContent) else FileContent(given)
    if content.filename is None and isinstance(content.source, Path):
        return FileContent(content.source, content.source.name, content.media_type)
    return content


def is_repeatable(binding: HttpBinding | None, values: Mapping[str, Any]) -> bool:
    """Whether what is sent can be read from its beginning again."""
    names = [one.field for one in binding.files] if binding is not None else []
    given = [one for name in names if name in values for one in listed(values[name])]
    return all(isinstance(content_of(one).source, bytes | Path) for one in given)


def listed(value: Any) -> list[Any]:
    """A list of files is one; anything else is one file, also an iterable of its chunks."""
    return list(value) if isinstance(value, list | tuple) else [value]


def whole(binding: HttpBinding, values: Mapping[str, Any]) -> tuple[str, list[Part]]:
    """The media type and the one part of a body that is bytes."""
    (wanted,) = binding.files
    content = content_of(values[wanted.field])
    return content.media_type or wanted.media_type or USUAL, [Part(content.source)]


def form(binding: HttpBinding, values: Mapping[str, Any], texts: Mapping[str, list[str]]) -> tuple[str, list[Part]]:
    """The media type and the parts of `multipart/form-data` (RFC 7578); `texts` are the fields that are no bytes."""
    boundary = os.urandom(16).hex()
    parts = [Part(text.encode(), _head(boundary, name)) for name, each in texts.items() for text in each]
    for wanted in binding.files:
        for given in listed(values[wanted.field]) if wanted.field in values else ():
            content = content_of(given)
            media = content.media_type or wanted.media_type or USUAL
            parts.append(Part(content.source, _head(boundary, wanted.field, content.filename or wanted.field, media)))
    return f"multipart/form-data; boundary={boundary}", [*parts, Part(b"", f"--{boundary}--\r\n".encode())]


def length_of(parts: list[Part]) -> int | None:
    """Of a body; a part of a form ends with a line."""
    total = 0
    for part in parts:
        if (length := part.length) is None:
            return None
        total += len(part.head) + length + (len(tail_of(part)))
    return total


def tail_of(part: Part) -> bytes:
    return b"\r\n" if part.head and not part.head.endswith(b"--\r\n") else b""


def is_asynchronous(source: Source) -> bool:
    """Only the asynchronous client can send such a one."""
    return isinstance(source, AsyncIterable)


def plain_chunks(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield from (source[start : start + CHUNK] for start in range(0, len(source), CHUNK))
    elif isinstance(source, Path):
        with source.open("rb") as file:
            yield from iter(partial(file.read, CHUNK), b"")
    elif hasattr(source, "read"):
        yield from iter(partial(source.read, CHUNK), b"")
    elif isinstance(source, Iterable):
        yield from source
    else:
        raise TypeError(f"{type(source).__name__} cannot be sent by this client")


def _head(boundary: str, name: str, filename: str | None = None, media_type: str | None = None) -> bytes:
    """Quotes and line ends in a name are escaped as browsers do (WHATWG HTML, "multipart form data")."""
    said = f'; filename="{_escaped(filename)}"\r\nContent-Type: {media_type}' if filename is not None else ""
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{_escaped(name)}"{said}\r\n\r\n'.encode()


def _escaped(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")

"""Sends bytes as they are read: a path, a stream or an iterable is never whole in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Iterable as IterableChunks
from pathlib import Path

from .content import CHUNK, Part, Source, tail_of


def send_parts(parts: list[Part]) -> Iterator[bytes]:
    for part in parts:
        if part.head:
            yield part.head
        for chunk in _chunks(part.source):
            yield chunk
        if tail := tail_of(part):
            yield tail


def _chunks(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        for start in range(0, len(source), CHUNK):
            yield source[start : start + CHUNK]
    elif isinstance(source, Path):
        with source.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    elif hasattr(source, "read"):
        while chunk := source.read(CHUNK):
            yield chunk
    elif isinstance(source, IterableChunks):
        for chunk in source:
            yield chunk
    elif isinstance(source, Iterable):
        for chunk in source:
            yield chunk
    else:
        raise TypeError(f"{type(source).__name__} cannot be sent by this client")

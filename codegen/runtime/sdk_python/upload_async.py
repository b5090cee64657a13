"""Sends bytes as they are read: a path, a stream or an iterable is never whole in memory."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import cast

from .content import Part, is_asynchronous, plain_chunks, tail_of


async def send_parts(parts: list[Part]) -> AsyncIterator[bytes]:
    """One after the other, each with its head and its end."""
    for part in parts:
        if part.head:
            yield part.head
        if is_asynchronous(part.source):
            async for chunk in cast(AsyncIterable[bytes], part.source):
                yield chunk
        else:
            for chunk in plain_chunks(part.source):
                yield chunk
        if tail := tail_of(part):
            yield tail

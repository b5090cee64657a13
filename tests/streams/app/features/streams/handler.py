"""What the streaming operations do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from typing_extensions import override

from app.execution.context import Context
from app.features.artists.repository import ArtistRepository
from generated.enums import CountFault
from generated.errors import ArtistNotFound
from generated.handlers import StreamsHandler
from generated.models import CompleteTextRequest, CountUpRequest, ExportArtistsRequest, GetStreamStateRequest
from generated.results import Artist, Piece, StreamState, Tick, UsagePiece, WordPiece

PAGE = 100


class Streams(StreamsHandler[Context]):
    def __init__(self, artists: ArtistRepository) -> None:
        self._artists = artists
        self._state = StreamState(running=0, ended=0, made=0)

    @override
    async def count_up(self, context: Context, request: CountUpRequest) -> AsyncGenerator[Tick, None]:
        state = self._state
        state.running += 1
        try:
            for number in range(1, request.times + 1):
                if request.fault is not None and number == request.fails_at:
                    yield _failed(request.fault)
                if number > 1:
                    await asyncio.sleep(request.pause_ms / 1000)
                state.made += 1
                yield Tick(number=number, padding="." * request.width)
        finally:
            state.running -= 1
            state.ended += 1

    @override
    async def complete_text(self, context: Context, request: CompleteTextRequest) -> AsyncGenerator[Piece, None]:
        words = request.text.split()
        for word in words:
            yield WordPiece(text=word)
        yield UsagePiece(words=len(words))

    @override
    async def export_artists(self, context: Context, request: ExportArtistsRequest) -> AsyncGenerator[Artist, None]:
        last_id = 0
        while True:
            found, _ = await self._artists.page(context.db, {"last_id": last_id}, limit=PAGE, offset=0)
            for artist in found:
                yield artist
            if len(found) < PAGE:
                return
            last_id = found[-1].id

    @override
    async def get_stream_state(self, context: Context, request: GetStreamStateRequest) -> StreamState:
        return self._state


def _failed(fault: CountFault) -> Any:
    """In the ways in which a handler fails: the last is an item that the contract does not know."""
    if fault is CountFault.REFUSED:
        raise ArtistNotFound("There is no such number.")
    if fault is CountFault.CRASHED:
        raise LookupError("the handler's own fault")
    return StreamState(running=0, ended=0, made=0)

"""What the media operations do."""

from __future__ import annotations

from collections.abc import AsyncIterator

from typing_extensions import override

from app.execution.context import Context
from app.features.media.repository import PortraitRepository
from generated.content import Download, Upload
from generated.enums import TailFault
from generated.handlers import MediaHandler
from generated.models import CreateAlbumRequest, GetPortraitRequest, GetTailRequest, PutPortraitRequest
from generated.results import Album, AlbumDetails, StoredFile


class Media(MediaHandler[Context]):
    def __init__(self, portraits: PortraitRepository) -> None:
        self._portraits = portraits

    @override
    async def put_portrait(self, context: Context, request: PutPortraitRequest) -> StoredFile:
        sent = request.content
        await self._portraits.put(context.db, request.artist_id, sent.media_type, sent.sha256, await sent.read())
        return stored(sent)

    @override
    async def get_portrait(self, context: Context, request: GetPortraitRequest) -> Download:
        return await self._portraits.get(context.db, request.artist_id)

    @override
    async def create_album(self, context: Context, request: CreateAlbumRequest) -> Album:
        album = Album(
            title=request.title,
            genres=request.genres,
            cover=stored(request.cover),
            tracks=[stored(one) for one in request.tracks],
        )
        if request.year is not None:
            album.year = request.year
        if request.details is not None:
            album.details = AlbumDetails(label=request.details.label)
        return album

    @override
    async def get_tail(self, context: Context, request: GetTailRequest) -> Download:
        async def lines() -> AsyncIterator[bytes]:
            if request.fault is TailFault.FIRST_CHUNK:
                raise LookupError("at once")
            for number in range(request.lines):
                yield b"%d\n" % number
            if request.fault is TailFault.LATER:
                raise LookupError("later")
            while request.fault is TailFault.TOO_LONG:
                yield b"x" * 65_536

        return Download(lines())


def stored(sent: Upload) -> StoredFile:
    return StoredFile(length=sent.length, media_type=sent.media_type, filename=sent.filename, sha256=sent.sha256)

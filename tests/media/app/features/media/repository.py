"""Portraits in PostgreSQL, read in pieces by statements of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.database import Executor
from app.db.statements import compile_statement
from app.features.media.tables import PORTRAIT
from generated.content import CHUNK_BYTES, Download
from generated.errors import ArtistNotFound

P = PORTRAIT.c


class PortraitRepository:
    def __init__(self) -> None:
        values: dict[str, Any] = {name: bindparam(name) for name in ("media_type", "sha256", "data")}
        put = insert(PORTRAIT).values(artist_id=bindparam("artist_id"), **values)
        self._put = compile_statement(put.on_conflict_do_update(index_elements=["artist_id"], set_=values))
        mine = bindparam("artist_id") == P.artist_id
        length = func.octet_length(P.data).label("length")
        self._head = compile_statement(select(P.media_type, P.sha256, length).where(mine))
        piece = func.substring(P.data, bindparam("first"), bindparam("count")).label("piece")
        self._piece = compile_statement(select(piece).where(mine, bindparam("sha256") == P.sha256))

    async def put(self, db: Executor, artist_id: int, media_type: str, sha256: str, data: bytes) -> None:
        try:
            await db.execute(self._put, artist_id=artist_id, media_type=media_type, sha256=sha256, data=data)
        except asyncpg.ForeignKeyViolationError as error:
            raise ArtistNotFound from error

    async def get(self, db: Executor, artist_id: int) -> Download:
        row = await db.fetchrow(self._head, artist_id=artist_id)
        if row is None:
            raise ArtistNotFound
        sha256 = row["sha256"]

        async def between(start: int, stop: int) -> AsyncIterator[bytes]:
            for at in range(start, stop, CHUNK_BYTES):
                count = min(CHUNK_BYTES, stop - at)
                piece = await db.fetchrow(self._piece, artist_id=artist_id, sha256=sha256, first=at + 1, count=count)
                if piece is None:
                    raise LookupError("the portrait was replaced")
                yield piece["piece"]

        return Download(
            between, length=row["length"], media_type=row["media_type"], etag=sha256, filename="Porträt.png"
        )

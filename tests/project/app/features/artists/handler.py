"""What the artist operations do."""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import override

from app.execution.context import Context
from app.execution.cursor import CursorSeal, Position
from app.features.artists.repository import LIST_LIMIT, ArtistRepository
from generated.errors import ArtistNotFound
from generated.handlers import ArtistsHandler
from generated.models import (
    CreateArtistRequest,
    DeleteArtistRequest,
    GetArtistRequest,
    GetArtistsRequest,
    GetPaginatedArtistsRequest,
    UpdateArtistRequest,
)
from generated.results import Artist, ArtistCreated, ArtistList, ArtistPage, ArtistUpdated, PageMeta
from generated.topics import ArtistsByArtistIdTopic


class Artists(ArtistsHandler[Context]):
    def __init__(self, repository: ArtistRepository, cursors: CursorSeal) -> None:
        self._repository = repository
        self._cursors = cursors

    @override
    async def get_artists(self, context: Context, request: GetArtistsRequest) -> ArtistList:
        given = {"id": request.id, "name": request.name, "search_term": request.search_term}
        items, total = await self._repository.find(context.db, _present(given))
        meta = PageMeta(
            page=1,
            per_page=LIST_LIMIT,
            total=total,
            pages=-(-total // LIST_LIMIT),
            next_cursor=None,
            has_more=total > len(items),
        )
        return ArtistList(items=items, meta=meta)

    @override
    async def get_paginated_artists(self, context: Context, request: GetPaginatedArtistsRequest) -> ArtistPage:
        filters = _present({"id": request.id, "name": request.name})
        subject = context.principal.subject if context.principal else ""
        scope = f"get_paginated_artists\n{subject}\n{sorted(filters.items())}"
        page, size, offset = request.page, request.per_page, (request.page - 1) * request.per_page
        walked = dict(filters)
        if request.cursor is not None:
            position = self._cursors.open(request.cursor, scope)
            walked["last_id"], page, offset = position.last_id, position.page, 0
        items, total = await self._repository.page(context.db, walked, limit=size + 1, offset=offset)
        has_more = len(items) > size
        items = items[:size]
        cursor = self._cursors.seal(Position(items[-1].id, page + 1), scope) if has_more else None
        meta = PageMeta(
            page=page, per_page=size, total=total, pages=-(-total // size), next_cursor=cursor, has_more=has_more
        )
        return ArtistPage(items=items, meta=meta)

    @override
    async def get_artist(self, context: Context, request: GetArtistRequest) -> Artist:
        context.object_id = str(request.artist_id)
        return await self._repository.get(context.db, request.artist_id)

    @override
    async def create_artist(self, context: Context, request: CreateArtistRequest) -> Artist:
        artist = await self._repository.insert(context.db, request)
        context.object_id = str(artist.id)
        context.publish(ArtistCreated(artist=artist))
        return artist

    @override
    async def update_artist(self, context: Context, request: UpdateArtistRequest) -> Artist:
        context.object_id = str(request.artist_id)
        artist = await self._repository.update(context.db, request)
        context.publish(ArtistUpdated(artist=artist))
        return artist

    @override
    async def delete_artist(self, context: Context, request: DeleteArtistRequest) -> None:
        context.object_id = str(request.artist_id)
        await self._repository.delete(context.db, request.artist_id, request.expected_version)

    @override
    async def may_follow_artists_by_artist_id(self, context: Context, topic: ArtistsByArtistIdTopic) -> bool:
        """An artist that is there, and not hidden; those whose name begins with `hidden` are."""
        try:
            artist = await self._repository.get(context.db, topic.artist_id)
        except ArtistNotFound:
            return False
        return not artist.name.startswith("hidden")


def _present(filters: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in filters.items() if value is not None}

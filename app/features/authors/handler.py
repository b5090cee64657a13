"""What the author operations do."""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import override

from app.execution.context import Context
from app.execution.cursor import CursorSeal, Position
from app.features.authors.repository import LIST_LIMIT, AuthorRepository
from generated.handlers import AuthorsHandler
from generated.models import (
    CreateAuthorRequest,
    DeleteAuthorRequest,
    GetAuthorRequest,
    GetAuthorsRequest,
    GetPaginatedAuthorsRequest,
    UpdateAuthorRequest,
)
from generated.results import Author, AuthorCreated, AuthorDeleted, AuthorList, AuthorPage, AuthorUpdated, PageMeta


class Authors(AuthorsHandler[Context]):
    def __init__(self, repository: AuthorRepository, cursors: CursorSeal) -> None:
        self._repository = repository
        self._cursors = cursors

    @override
    async def get_authors(self, context: Context, request: GetAuthorsRequest) -> AuthorList:
        """At most 1,000; `has_more` says that there are others."""
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
        return AuthorList(items=items, meta=meta)

    @override
    async def get_paginated_authors(self, context: Context, request: GetPaginatedAuthorsRequest) -> AuthorPage:
        """A cursor goes on behind the last author of its page, whatever was added or deleted meanwhile; `page` is then
        the cursor's, and the one in the request is ignored. A cursor of another user or filter is CursorInvalid. The
        total is counted for each page, of a search to 1,001."""
        filters = _present({"id": request.id, "name": request.name, "search_term": request.search_term})
        subject = context.principal.subject if context.principal else ""
        scope = f"get_paginated_authors\n{subject}\n{sorted(filters.items())}"
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
        return AuthorPage(items=items, meta=meta)

    @override
    async def get_author(self, context: Context, request: GetAuthorRequest) -> Author:
        """Raises AuthorNotFound."""
        context.object_id = str(request.author_id)
        return await self._repository.get(context.db, request.author_id)

    @override
    async def create_author(self, context: Context, request: CreateAuthorRequest) -> Author:
        """The event and the row of the audit log are committed with the author, or none of the three."""
        author = await self._repository.insert(context.db, request)
        context.object_id = str(author.id)
        context.publish(AuthorCreated(author=author))
        return author

    @override
    async def update_author(self, context: Context, request: UpdateAuthorRequest) -> Author:
        """With `expected_version` only that version is replaced; without, whoever comes last wins."""
        context.object_id = str(request.author_id)
        author = await self._repository.update(context.db, request)
        context.publish(AuthorUpdated(author=author))
        return author

    @override
    async def delete_author(self, context: Context, request: DeleteAuthorRequest) -> None:
        """With `expected_version` only that version is deleted; an author who has books never is."""
        context.object_id = str(request.author_id)
        author = await self._repository.delete(context.db, request.author_id, request.expected_version)
        context.publish(AuthorDeleted(author=author))


def _present(filters: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in filters.items() if value is not None}

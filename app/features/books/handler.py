"""What the book operations do."""

from __future__ import annotations

from typing_extensions import override

from app.execution.context import Context
from app.execution.cursor import CursorSeal, Position
from app.features.books.repository import BookRepository
from generated.handlers import BooksHandler
from generated.models import CreateBookRequest, DeleteBookRequest, GetBookRequest, GetBooksRequest, UpdateBookRequest
from generated.results import Book, BookCreated, BookDeleted, BookPage, BookUpdated, PageMeta


class Books(BooksHandler[Context]):
    def __init__(self, repository: BookRepository, cursors: CursorSeal) -> None:
        self._repository = repository
        self._cursors = cursors

    @override
    async def get_books(self, context: Context, request: GetBooksRequest) -> BookPage:
        """A cursor is good for its caller and its filters alone."""
        given: dict[str, object] = {"author_id": request.author_id}
        filters = {name: value for name, value in given.items() if value is not None}
        scope = f"get_books\n{_caller(context)}\n{sorted(filters.items())}"
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
        return BookPage(items=items, meta=meta)

    @override
    async def get_book(self, context: Context, request: GetBookRequest) -> Book:
        context.object_id = str(request.book_id)
        return await self._repository.get(context.db, request.book_id)

    @override
    async def create_book(self, context: Context, request: CreateBookRequest) -> Book:
        book = await self._repository.insert(context.db, request)
        context.object_id = str(book.id)
        context.publish(BookCreated(book=book))
        return book

    @override
    async def update_book(self, context: Context, request: UpdateBookRequest) -> Book:
        context.object_id = str(request.book_id)
        book = await self._repository.update(context.db, request)
        context.publish(BookUpdated(book=book))
        return book

    @override
    async def delete_book(self, context: Context, request: DeleteBookRequest) -> None:
        context.object_id = str(request.book_id)
        book = await self._repository.delete(context.db, request.book_id, request.expected_version)
        context.publish(BookDeleted(book=book))


def _caller(context: Context) -> str:
    """The subject. Every operation asks for a role, so there is one."""
    assert context.principal is not None
    return context.principal.subject

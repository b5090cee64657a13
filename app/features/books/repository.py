"""Books in PostgreSQL. A page and its total are one round trip."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from app.db.database import Executor, Record
from app.db.statements import Statement, compile_statement
from app.features.books.tables import AUTHOR, BOOK
from generated.errors import AuthorNotFound, BookNotFound, VersionMismatch
from generated.models import CreateBookRequest, UpdateBookRequest
from generated.results import AuthorSummary, Book

GIVEN = ("title", "author_id", "published_on")
"""What a request says of a book."""


def book_of(row: Record) -> Book:
    return Book(
        id=row["id"],
        title=row["title"],
        author=AuthorSummary(id=row["author_id"], name=row["author_name"]),
        published_on=row["published_on"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


class BookRepository:
    """Filters are given by name, absent ones not at all; each combination has its own statement."""

    def __init__(self) -> None:
        row = BOOK.c
        same = (bindparam("id") == row.id,)
        unchanged = or_(bindparam("expected", type_=BigInteger).is_(None), row.version == bindparam("expected"))
        values: dict[str, Any] = {name: bindparam(name) for name in GIVEN}
        fresh = values | {"updated_at": func.now(), "version": row.version + 1}
        inserted = insert(BOOK).values(**values).returning(BOOK)
        updated = update(BOOK).where(*same, unchanged).values(**fresh).returning(BOOK)
        deleted = delete(BOOK).where(*same, unchanged).returning(BOOK)
        self._one = compile_statement(_with_authors(BOOK).where(*same))
        self._insert = compile_statement(_with_authors(inserted.cte("inserted")))
        self._update = compile_statement(_with_authors(updated.cte("updated")))
        self._delete = compile_statement(_with_authors(deleted.cte("deleted")))
        self._hold = compile_statement(select(row.id).where(*same).with_for_update())
        self._pages: dict[frozenset[str], Statement] = {}
        self._find_author = compile_statement(_existing_author())

    async def page(
        self, db: Executor, filters: dict[str, object], *, limit: int, offset: int
    ) -> tuple[list[Book], int]:
        """One page by id, and how many there are in all pages; `last_id` among the filters goes on behind it."""
        names = frozenset(filters)
        if names not in self._pages:
            self._pages[names] = compile_statement(_paging(names))
        rows = await db.fetch(self._pages[names], **filters, limit=limit, offset=offset)
        found = [book_of(row) for row in rows if row["id"] is not None]
        return found, int(rows[0]["total"]) if rows else 0

    async def get(self, db: Executor, book_id: int) -> Book:
        row = await db.fetchrow(self._one, id=book_id)
        if row is None:
            raise BookNotFound
        return book_of(row)

    async def insert(self, db: Executor, request: CreateBookRequest) -> Book:
        await self._check_references(db, request)
        row = await db.fetchrow(self._insert, **_values(request))
        assert row is not None
        return book_of(row)

    async def update(self, db: Executor, request: UpdateBookRequest) -> Book:
        await self._check_references(db, request)
        expected = request.expected_version
        row = await db.fetchrow(self._update, id=request.book_id, expected=expected, **_values(request))
        if row is None:
            await self.get(db, request.book_id)
            raise VersionMismatch
        return book_of(row)

    async def delete(self, db: Executor, book_id: int, expected_version: int | None) -> Book:
        """Held before, since a statement that waited for another change would not find an author who came meanwhile."""
        await db.fetchrow(self._hold, id=book_id)
        row = await db.fetchrow(self._delete, id=book_id, expected=expected_version)
        if row is None:
            await self.get(db, book_id)
            raise VersionMismatch
        return book_of(row)

    async def _check_references(self, db: Executor, request: CreateBookRequest | UpdateBookRequest) -> None:
        """What is named must be there; it cannot be deleted until the transaction ends."""
        if await db.fetchrow(self._find_author, id=request.author_id) is None:
            raise AuthorNotFound


def _values(request: CreateBookRequest | UpdateBookRequest) -> dict[str, object]:
    return {"title": request.title, "author_id": request.author_id, "published_on": request.published_on}


def _conditions(names: frozenset[str]) -> list[ColumnElement[bool]]:
    row = BOOK.c
    every: dict[str, ColumnElement[bool]] = {
        "author_id": bindparam("author_id") == row.author_id,
        "last_id": bindparam("last_id") < row.id,
    }
    return [every[name] for name in sorted(names)]


def _with_authors(books: FromClause) -> Select[Any]:
    """Books, or what a statement has just made of them, each with its author's name: however many, in one statement."""
    name = AUTHOR.c.name.label("author_name")
    return select(books, name).join_from(books, AUTHOR, books.c.author_id == AUTHOR.c.id)


def _paging(names: frozenset[str]) -> Any:
    """The total counts all pages of the filter; it comes with a row even where the page is empty."""
    every = select(func.count().label("total")).select_from(BOOK).where(*_conditions(names - {"last_id"}))
    some = (
        _with_authors(BOOK)
        .where(*_conditions(names))
        .order_by(BOOK.c.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )
    count, rows = every.subquery("count"), some.subquery("page")
    return select(rows, count.c.total).select_from(count.outerjoin(rows, true())).order_by(rows.c.id)


def _existing_author() -> Any:
    found = select(AUTHOR.c.id).where(bindparam("id") == AUTHOR.c.id)
    return found.with_for_update(read=True, key_share=True)

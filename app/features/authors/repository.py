"""Authors in PostgreSQL. Every statement is compiled once; a page and its total are one round trip.

A search costs what it returns and not what the table holds: it stops at the first match beyond the limit. The index
`author_search` finds what may match, by functions of its migration, and the text itself is compared. A page of a search is two round
trips: how many match says whether the index or a walk by id finds the next ones sooner.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import asyncpg
from sqlalchemy import BigInteger, ColumnElement, Text, and_, bindparam, delete, func, insert, or_, select, true, update

from app.db.database import Executor, Record
from app.db.statements import Statement, compile_statement
from app.features.authors.tables import AUTHOR, UNIQUE_NAME
from generated.errors import AuthorInUse, AuthorNameTaken, AuthorNotFound, VersionMismatch
from generated.models import CreateAuthorRequest, UpdateAuthorRequest
from generated.results import Author

LIST_LIMIT = 1000
A = AUTHOR.c


def author_of(row: Record) -> Author:
    return Author(
        id=row["id"], name=row["name"], bio=row["bio"], born_on=row["born_on"],
        created_at=row["created_at"], updated_at=row["updated_at"], version=row["version"],
    )  # fmt: skip


class AuthorRepository:
    """Filters are given by name, absent ones not at all; each combination has its own statement."""

    def __init__(self) -> None:
        self._lists: dict[frozenset[str], Statement] = {}
        self._pages: dict[frozenset[str], Statement] = {}
        self._counts: dict[frozenset[str], Statement] = {}
        self._walks: dict[tuple[frozenset[str], bool], Statement] = {}
        self._one = compile_statement(select(AUTHOR).where(bindparam("id") == A.id))
        values: dict[str, Any] = {name: bindparam(name) for name in ("name", "bio", "born_on")}
        self._insert = compile_statement(insert(AUTHOR).values(**values).returning(AUTHOR))
        guard = or_(bindparam("expected", type_=BigInteger).is_(None), A.version == bindparam("expected"))
        fresh = values | {"updated_at": func.now(), "version": A.version + 1}
        same = (bindparam("author_id") == A.id, guard)
        self._update = compile_statement(update(AUTHOR).where(*same).values(**fresh).returning(AUTHOR))
        self._delete = compile_statement(delete(AUTHOR).where(*same).returning(AUTHOR))
        for names in _subsets(("id", "name", "search_term")):
            self._lists[names] = compile_statement(_listing(names), name="author list")
        for names in _subsets(("id", "name", "last_id")):
            self._pages[names] = compile_statement(_paging(names), name="author page")
            searched = names | {"search_term"}
            self._counts[searched] = compile_statement(_counting(searched), name="author count")
            for is_common in (False, True):
                statement = compile_statement(_walking(searched, is_common=is_common), name="author page")
                self._walks[searched, is_common] = statement

    async def find(self, db: Executor, filters: dict[str, object]) -> tuple[list[Author], int]:
        """At most 1,000 authors by name, and how many there are, counted to 1,001."""
        rows = await db.fetch(self._lists[frozenset(filters)], **filters)
        return [author_of(row) for row in rows[:LIST_LIMIT]], len(rows)

    async def page(
        self, db: Executor, filters: dict[str, object], *, limit: int, offset: int
    ) -> tuple[list[Author], int]:
        """One page by id, and how many there are in all pages, of a search counted to 1,001; `last_id` among the filters goes on
        behind it."""
        if "search_term" in filters:
            return await self._page_of_search(db, filters, limit=limit, offset=offset)
        rows = await db.fetch(self._pages[frozenset(filters)], **filters, limit=limit, offset=offset)
        found = [author_of(row) for row in rows if row["id"] is not None]
        return found, _total(rows)

    async def _page_of_search(
        self, db: Executor, filters: dict[str, object], *, limit: int, offset: int
    ) -> tuple[list[Author], int]:
        names = frozenset(filters)
        counted = await db.fetchrow(self._counts[names], **filters)
        total = int(counted["total"]) if counted else 0
        rows = await db.fetch(self._walks[names, total > LIST_LIMIT], **filters, limit=limit, offset=offset)
        return [author_of(row) for row in rows], total

    async def get(self, db: Executor, author_id: int) -> Author:
        """Raises AuthorNotFound."""
        row = await db.fetchrow(self._one, id=author_id)
        if row is None:
            raise AuthorNotFound
        return author_of(row)

    async def insert(self, db: Executor, request: CreateAuthorRequest) -> Author:
        """Raises AuthorNameTaken; names are compared without their case."""
        try:
            row = await db.fetchrow(self._insert, name=request.name, bio=request.bio, born_on=request.born_on)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != UNIQUE_NAME:
                raise
            raise AuthorNameTaken from error
        assert row is not None
        return author_of(row)

    async def update(self, db: Executor, request: UpdateAuthorRequest) -> Author:
        """One statement decides; a second one tells why nothing was changed. Raises AuthorNotFound, VersionMismatch,
        AuthorNameTaken."""
        values = {"name": request.name, "bio": request.bio, "born_on": request.born_on}
        try:
            row = await db.fetchrow(
                self._update, author_id=request.author_id, expected=request.expected_version, **values
            )
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != UNIQUE_NAME:
                raise
            raise AuthorNameTaken from error
        if row is None:
            await self.get(db, request.author_id)
            raise VersionMismatch
        return author_of(row)

    async def delete(self, db: Executor, author_id: int, expected_version: int | None) -> Author:
        """The author as it was. Raises AuthorInUse for one who has books, AuthorNotFound and VersionMismatch. Without
        `expected_version` any version is deleted."""
        try:
            row = await db.fetchrow(self._delete, author_id=author_id, expected=expected_version)
        except asyncpg.ForeignKeyViolationError as error:
            raise AuthorInUse from error
        if row is None:
            await self.get(db, author_id)
            raise VersionMismatch
        return author_of(row)


def _subsets(names: tuple[str, ...]) -> Iterable[frozenset[str]]:
    for mask in range(1 << len(names)):
        yield frozenset(name for index, name in enumerate(names) if mask >> index & 1)


def _conditions(names: frozenset[str], *, is_looked_up: bool = True) -> list[ColumnElement[bool]]:
    """A search is looked up in its index, or its rows are only compared."""
    term: Any = bindparam("search_term", type_=Text)
    found = func.author_grams(A.name, A.bio).op("@@")(func.search_query(term)) if is_looked_up else true()
    every: dict[str, ColumnElement[bool]] = {
        "id": bindparam("id") == A.id,
        "name": and_(func.lower(A.name) == func.lower(bindparam("name", type_=Text)), bindparam("name") == A.name),
        "search_term": and_(
            found, or_(*(func.strpos(func.lower(text), func.lower(term)) > 0 for text in (A.name, A.bio)))
        ),
        "last_id": bindparam("last_id") < A.id,
    }
    return [every[name] for name in sorted(names)]


def _listing(names: frozenset[str]) -> Any:
    """The first by name; of a text's matches any, since the first of them by name cannot be found without all of them."""
    rows = select(AUTHOR).where(*_conditions(names)).limit(LIST_LIMIT + 1)
    if "search_term" not in names:
        return rows.order_by(func.lower(A.name), A.id)
    found = rows.subquery("found")
    return select(found).order_by(func.lower(found.c.name), found.c.id)


def _paging(names: frozenset[str]) -> Any:
    """The total counts all pages of the filter; it comes with a row even where the page is empty."""
    count = (
        select(func.count().label("total")).select_from(AUTHOR).where(*_conditions(names - {"last_id"})).subquery("c")
    )
    page = (
        select(AUTHOR).where(*_conditions(names)).order_by(A.id).limit(bindparam("limit")).offset(bindparam("offset"))
    )
    rows = page.subquery("p")
    return select(rows, count.c.total).select_from(count.outerjoin(rows, true())).order_by(rows.c.id)


def _counting(names: frozenset[str]) -> Any:
    """All pages of a search, counted to one more than the limit."""
    found = select(A.id).where(*_conditions(names - {"last_id"})).limit(LIST_LIMIT + 1).subquery("found")
    return select(func.count().label("total")).select_from(found)


def _walking(names: frozenset[str], *, is_common: bool) -> Any:
    """What has few matches is looked up whole and sorted; of what has many the next ones by id are near."""
    rows = select(AUTHOR).where(*_conditions(names, is_looked_up=not is_common))
    return rows.order_by(A.id).limit(bindparam("limit")).offset(bindparam("offset"))


def _total(rows: list[Record]) -> int:
    return int(rows[0]["total"]) if rows else 0

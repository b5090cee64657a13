"""Artists in PostgreSQL. Every statement is compiled once; a page and its total are one round trip.

A search costs what it returns and not what the table holds: it stops at the first match beyond the limit. The index
`artist_search` finds what may match, by functions of its migration, and the text itself is compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import asyncpg
from sqlalchemy import BigInteger, ColumnElement, Text, and_, bindparam, delete, func, insert, or_, select, true, update

from app.db.database import Executor, Record
from app.db.statements import Statement, compile_statement
from app.features.artists.tables import ARTIST, UNIQUE_NAME
from generated.errors import ArtistNameTaken, ArtistNotFound, VersionMismatch
from generated.models import CreateArtistRequest, UpdateArtistRequest
from generated.results import Artist

LIST_LIMIT = 1000
A = ARTIST.c


def artist_of(row: Record) -> Artist:
    return Artist(
        id=row["id"], name=row["name"], bio=row["bio"], born_on=row["born_on"],
        created_at=row["created_at"], updated_at=row["updated_at"], version=row["version"],
    )  # fmt: skip


class ArtistRepository:
    """Filters are given by name, absent ones not at all; each combination has its own statement."""

    def __init__(self) -> None:
        self._lists: dict[frozenset[str], Statement] = {}
        self._pages: dict[frozenset[str], Statement] = {}
        self._one = compile_statement(select(ARTIST).where(bindparam("id") == A.id))
        values: dict[str, Any] = {name: bindparam(name) for name in ("name", "bio", "born_on")}
        self._insert = compile_statement(insert(ARTIST).values(**values).returning(ARTIST))
        guard = or_(bindparam("expected", type_=BigInteger).is_(None), A.version == bindparam("expected"))
        fresh = values | {"updated_at": func.now(), "version": A.version + 1}
        same = (bindparam("artist_id") == A.id, guard)
        self._update = compile_statement(update(ARTIST).where(*same).values(**fresh).returning(ARTIST))
        self._delete = compile_statement(delete(ARTIST).where(*same).returning(A.id))
        for names in _subsets(("id", "name", "search_term")):
            self._lists[names] = compile_statement(_listing(names), name="artist list")
        for names in _subsets(("id", "name", "last_id")):
            self._pages[names] = compile_statement(_paging(names), name="artist page")

    async def find(self, db: Executor, filters: dict[str, object]) -> tuple[list[Artist], int]:
        """At most 1,000 artists by name, and how many there are, counted to 1,001."""
        rows = await db.fetch(self._lists[frozenset(filters)], **filters)
        return [artist_of(row) for row in rows[:LIST_LIMIT]], len(rows)

    async def page(
        self, db: Executor, filters: dict[str, object], *, limit: int, offset: int
    ) -> tuple[list[Artist], int]:
        """One page by id, and how many there are in all pages; `last_id` among the filters goes on behind it."""
        rows = await db.fetch(self._pages[frozenset(filters)], **filters, limit=limit, offset=offset)
        found = [artist_of(row) for row in rows if row["id"] is not None]
        return found, _total(rows)

    async def get(self, db: Executor, artist_id: int) -> Artist:
        row = await db.fetchrow(self._one, id=artist_id)
        if row is None:
            raise ArtistNotFound
        return artist_of(row)

    async def insert(self, db: Executor, request: CreateArtistRequest) -> Artist:
        try:
            row = await db.fetchrow(self._insert, name=request.name, bio=request.bio, born_on=request.born_on)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != UNIQUE_NAME:
                raise
            raise ArtistNameTaken from error
        assert row is not None
        return artist_of(row)

    async def update(self, db: Executor, request: UpdateArtistRequest) -> Artist:
        values = {"name": request.name, "bio": request.bio, "born_on": request.born_on}
        try:
            row = await db.fetchrow(
                self._update, artist_id=request.artist_id, expected=request.expected_version, **values
            )
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != UNIQUE_NAME:
                raise
            raise ArtistNameTaken from error
        if row is None:
            await self.get(db, request.artist_id)
            raise VersionMismatch
        return artist_of(row)

    async def delete(self, db: Executor, artist_id: int, expected_version: int | None) -> None:
        row = await db.fetchrow(self._delete, artist_id=artist_id, expected=expected_version)
        if row is None:
            await self.get(db, artist_id)
            raise VersionMismatch


def _subsets(names: tuple[str, ...]) -> Iterable[frozenset[str]]:
    for mask in range(1 << len(names)):
        yield frozenset(name for index, name in enumerate(names) if mask >> index & 1)


def _conditions(names: frozenset[str]) -> list[ColumnElement[bool]]:
    term: Any = bindparam("search_term", type_=Text)
    every: dict[str, ColumnElement[bool]] = {
        "id": bindparam("id") == A.id,
        "name": and_(func.lower(A.name) == func.lower(bindparam("name", type_=Text)), bindparam("name") == A.name),
        "search_term": and_(
            func.artist_grams(A.name, A.bio).op("@@")(func.search_query(term)),
            or_(*(func.strpos(func.lower(text), func.lower(term)) > 0 for text in (A.name, A.bio))),
        ),
        "last_id": bindparam("last_id") < A.id,
    }
    return [every[name] for name in sorted(names)]


def _listing(names: frozenset[str]) -> Any:
    """The first by name; of a text's matches any, since the first of them by name cannot be found without all of them."""
    rows = select(ARTIST).where(*_conditions(names)).limit(LIST_LIMIT + 1)
    if "search_term" not in names:
        return rows.order_by(func.lower(A.name), A.id)
    found = rows.subquery("found")
    return select(found).order_by(func.lower(found.c.name), found.c.id)


def _paging(names: frozenset[str]) -> Any:
    """The total counts all pages of the filter; it comes with a row even where the page is empty."""
    count = (
        select(func.count().label("total")).select_from(ARTIST).where(*_conditions(names - {"last_id"})).subquery("c")
    )
    page = (
        select(ARTIST).where(*_conditions(names)).order_by(A.id).limit(bindparam("limit")).offset(bindparam("offset"))
    )
    rows = page.subquery("p")
    return select(rows, count.c.total).select_from(count.outerjoin(rows, true())).order_by(rows.c.id)


def _total(rows: list[Record]) -> int:
    return int(rows[0]["total"]) if rows else 0

"""Books at the four doors: what becomes of one, who may do it, and what is heard of it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import asyncpg
import pytest

from app.db.database import Record
from app.db.statements import Statement
from app.features.books.repository import BookRepository
from generated.client import AsyncClient, errors, models
from tests.features.conftest import ABSENT, Connect, heard, statements
from tests.features.test_authors import new_author, new_name
from tests.running_service import RunningService

USER = "admin"
"""May do everything."""
FIELDS: dict[str, Any] = {"title": "first", "published_on": date(2026, 1, 31)}
OTHERS: dict[str, Any] = {"title": "second", "published_on": date(2026, 2, 28)}

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def references(client: AsyncClient) -> dict[str, Any]:
    """What a book refers to, new."""
    return {"author_id": (await new_author(client)).id}


async def new_book(client: AsyncClient) -> models.Book:
    return await client.books.create(**FIELDS, **await references(client))


def summary_of(author: models.Author) -> models.AuthorSummary:
    return models.AuthorSummary(id=author.id, name=author.name)


def fields_of(book: models.Book) -> dict[str, Any]:
    return {name: getattr(book, name) for name in FIELDS}


async def test_what_is_created_is_read_changed_and_deleted(connect: Connect) -> None:
    client = await connect(USER)
    book = await new_book(client)
    assert (fields_of(book), book.version) == (FIELDS, 1)
    assert await client.books.get(book_id=book.id) == book
    changed = await client.books.update(book_id=book.id, expected_version=1, **OTHERS, author_id=book.author.id)
    assert (fields_of(changed), changed.version) == (OTHERS, 2)
    assert await client.books.get(book_id=book.id) == changed
    await client.books.delete(book_id=book.id, expected_version=2)
    with pytest.raises(errors.BookNotFound):
        await client.books.get(book_id=book.id)


async def test_a_change_of_another_version_is_refused(connect: Connect) -> None:
    client = await connect(USER)
    book = await new_book(client)
    with pytest.raises(errors.VersionMismatch):
        await client.books.update(book_id=book.id, expected_version=2, **OTHERS, author_id=book.author.id)
    with pytest.raises(errors.VersionMismatch):
        await client.books.delete(book_id=book.id, expected_version=2)
    assert await client.books.get(book_id=book.id) == book


async def test_what_is_not_there_is_neither_changed_nor_deleted(connect: Connect) -> None:
    client = await connect(USER)
    named = await references(client)
    with pytest.raises(errors.BookNotFound):
        await client.books.update(book_id=ABSENT, **OTHERS, **named)
    with pytest.raises(errors.BookNotFound):
        await client.books.delete(book_id=ABSENT)


async def test_a_cursor_that_nobody_was_given_is_refused(connect: Connect) -> None:
    client = await connect(USER)
    with pytest.raises(errors.CursorInvalid):
        await client.books.get_page(cursor="a cursor of one's own")


async def test_pages_have_each_book_once(connect: Connect) -> None:
    client = await connect(USER)
    made = {(await new_book(client)).id for _ in range(3)}
    first = await client.books.get_page(per_page=2)
    assert (len(first.items), first.meta.has_more) == (2, True)
    found = [one.id async for one in client.books.paginate(per_page=100)]
    assert made <= set(found)
    assert found == sorted(set(found))


async def test_the_filter_author_id_finds_its_value_alone(connect: Connect) -> None:
    client = await connect(USER)
    book, _ = await new_book(client), await new_book(client)
    found = [one async for one in client.books.paginate(author_id=book.author.id)]
    assert found == [book]


async def test_author_id_names_what_is_there(connect: Connect) -> None:
    client = await connect(USER)
    book = await new_book(client)
    named: dict[str, Any] = {**await references(client), "author_id": ABSENT}
    with pytest.raises(errors.AuthorNotFound):
        await client.books.create(**FIELDS, **named)
    with pytest.raises(errors.AuthorNotFound):
        await client.books.update(book_id=book.id, **OTHERS, **named)


async def test_what_author_id_names_is_not_deleted(connect: Connect) -> None:
    client = await connect(USER)
    named = await references(client)
    book = await client.books.create(**FIELDS, **named)
    with pytest.raises(errors.AuthorInUse):
        await client.authors.delete(author_id=named["author_id"])
    await client.books.delete(book_id=book.id)
    await client.authors.delete(author_id=named["author_id"])


async def test_a_book_names_its_author_wherever_it_is_answered(connect: Connect) -> None:
    """By the name that the author has then: a book keeps none of its own."""
    client = await connect(USER)
    author, other = await new_author(client), await new_author(client)
    book = await client.books.create(**FIELDS, author_id=author.id)
    assert book.author == summary_of(author)
    assert (await client.books.get(book_id=book.id)).author == summary_of(author)
    changed = await client.books.update(book_id=book.id, **OTHERS, author_id=other.id)
    assert changed.author == summary_of(other)
    renamed = await client.authors.update(author_id=other.id, name=new_name())
    (found,) = (await client.books.get_page(author_id=other.id)).items
    assert (found.author, found.version) == (summary_of(renamed), changed.version)


class Connection:
    """An executor without limits of time, so that nothing but the other one ends a wait."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, statement: Statement, **parameters: object) -> list[Record]:
        return [dict(row) for row in await self._connection.fetch(statement.sql, *statement.arguments(parameters))]

    async def fetchrow(self, statement: Statement, **parameters: object) -> Record | None:
        return next(iter(await self.fetch(statement, **parameters)), None)

    async def execute(self, statement: Statement, **parameters: object) -> None:
        await self.fetch(statement, **parameters)


async def test_a_book_is_deleted_that_gets_an_author_who_was_not_there_when_the_deletion_began(migrated: str) -> None:
    url = migrated.replace("+asyncpg", "")
    async with asyncpg.create_pool(url, min_size=3) as pool, pool.acquire() as one, pool.acquire() as other:
        author = "INSERT INTO author(name) VALUES ($1) RETURNING id"
        first = await one.fetchval(author, new_name())
        book = await one.fetchval("INSERT INTO book(title, author_id) VALUES ('first', $1) RETURNING id", first)
        async with one.transaction():
            await one.execute("UPDATE book SET title = 'second' WHERE id = $1", book)
            deletion = asyncio.create_task(BookRepository().delete(Connection(other), book, None))
            while not await pool.fetchval(WAITING):
                await asyncio.sleep(0.01)
            later = await pool.fetchval(author, new_name())
            await one.execute("UPDATE book SET author_id = $1 WHERE id = $2", later, book)
        assert (await deletion).author.id == later


async def test_fifty_books_with_their_authors_are_one_statement(connect: Connect, service: RunningService) -> None:
    """As the service itself counts what it sends to PostgreSQL; each book is another author's."""
    client = await connect(USER)
    for _ in range(50):
        await new_book(client)
    before = await statements(service)
    page = await client.books.get_page(per_page=50)
    sent = await statements(service) - before
    assert len(page.items) == 50
    assert {name: count for name, count in sent.items() if "book" in name or "author" in name} == {"select book": 1}


async def test_a_reader_changes_nothing(connect: Connect) -> None:
    client = await connect("reader")
    with pytest.raises(errors.Forbidden):
        await client.books.create(**FIELDS, author_id=ABSENT)
    with pytest.raises(errors.Forbidden):
        await client.books.update(book_id=ABSENT, **OTHERS, author_id=ABSENT)
    with pytest.raises(errors.Forbidden):
        await client.books.delete(book_id=ABSENT)
    assert (await client.books.get_page()).meta.page == 1


async def test_a_caller_without_a_role_reads_nothing(connect: Connect) -> None:
    client = await connect("nobody")
    with pytest.raises(errors.Forbidden):
        await client.books.get(book_id=ABSENT)
    with pytest.raises(errors.Forbidden):
        await client.books.get_page()


async def test_who_follows_hears_of_every_change(connect: Connect) -> None:
    client, listener = await connect(USER), await connect("reader", follows=True)
    created = listener.events(models.BookCreated)
    updated = listener.events(models.BookUpdated)
    deleted = listener.events(models.BookDeleted)
    async with created, updated, deleted:
        book = await new_book(client)
        changed = await client.books.update(book_id=book.id, **OTHERS, author_id=book.author.id)
        await client.books.delete(book_id=book.id)
        await heard(created, models.BookCreated(book=book))
        await heard(updated, models.BookUpdated(book=changed))
        await heard(deleted, models.BookDeleted(book=changed))

"""Authors at the four doors: what becomes of one, who may do it, and what is heard of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from generated.client import AsyncClient, errors, models, topics
from tests.features.conftest import ABSENT, Connect, heard
from tests.running_service import RunningService

USER = "admin"
"""May do everything."""
FIELDS: dict[str, Any] = {"bio": "She wrote Frankenstein.", "born_on": date(1797, 8, 30)}
OTHERS: dict[str, Any] = {"bio": "He wrote Dracula.", "born_on": date(1847, 11, 8)}


def new_name() -> str:
    """Names are unique."""
    return f"Author {uuid4()}"


async def new_author(client: AsyncClient) -> models.Author:
    return await client.authors.create(name=new_name(), **FIELDS)


def fields_of(author: models.Author) -> dict[str, Any]:
    return {name: getattr(author, name) for name in FIELDS}


async def test_what_is_created_is_read_changed_and_deleted(connect: Connect) -> None:
    client = await connect(USER)
    author = await new_author(client)
    assert (fields_of(author), author.version) == (FIELDS, 1)
    assert await client.authors.get(author_id=author.id) == author
    changed = await client.authors.update(author_id=author.id, name=author.name, expected_version=1, **OTHERS)
    assert (fields_of(changed), changed.version) == (OTHERS, 2)
    assert await client.authors.get(author_id=author.id) == changed
    await client.authors.delete(author_id=author.id, expected_version=2)
    with pytest.raises(errors.AuthorNotFound):
        await client.authors.get(author_id=author.id)


async def test_what_a_change_leaves_out_is_null(connect: Connect) -> None:
    """A change replaces the whole author."""
    client = await connect(USER)
    author = await new_author(client)
    changed = await client.authors.update(author_id=author.id, name=author.name, expected_version=1)
    assert (fields_of(changed), changed.version) == (dict.fromkeys(FIELDS), 2)


async def test_a_change_of_another_version_is_refused(connect: Connect) -> None:
    client = await connect(USER)
    author = await new_author(client)
    with pytest.raises(errors.VersionMismatch):
        await client.authors.update(author_id=author.id, name=author.name, expected_version=2)
    with pytest.raises(errors.VersionMismatch):
        await client.authors.delete(author_id=author.id, expected_version=2)
    assert await client.authors.get(author_id=author.id) == author


async def test_what_is_not_there_is_neither_changed_nor_deleted(connect: Connect) -> None:
    client = await connect(USER)
    with pytest.raises(errors.AuthorNotFound):
        await client.authors.update(author_id=ABSENT, name=new_name())
    with pytest.raises(errors.AuthorNotFound):
        await client.authors.delete(author_id=ABSENT)


async def test_a_cursor_that_nobody_was_given_is_refused(connect: Connect) -> None:
    client = await connect(USER)
    with pytest.raises(errors.CursorInvalid):
        await client.authors.get_page(cursor="a cursor of one's own")


async def test_a_name_is_taken_whatever_its_case(connect: Connect) -> None:
    client = await connect(USER)
    author, other = await new_author(client), await new_author(client)
    with pytest.raises(errors.AuthorNameTaken):
        await client.authors.create(name=author.name.upper())
    with pytest.raises(errors.AuthorNameTaken):
        await client.authors.update(author_id=other.id, name=author.name.upper())


async def test_pages_have_each_author_once(connect: Connect) -> None:
    client = await connect(USER)
    made = {(await new_author(client)).id for _ in range(3)}
    first = await client.authors.get_page(per_page=2)
    assert (len(first.items), first.meta.has_more) == (2, True)
    found = [one.id async for one in client.authors.paginate(per_page=100)]
    assert made <= set(found)
    assert found == sorted(set(found))


async def test_an_author_is_found_by_a_part_of_the_name(connect: Connect) -> None:
    client = await connect(USER)
    author, _ = await new_author(client), await new_author(client)
    found = await client.authors.find(search_term=author.name.removeprefix("Author ").upper())
    assert found.items == [author]


async def test_pages_of_a_search_have_each_match_once_and_its_cursor_is_the_search_s(connect: Connect) -> None:
    client, mark = await connect(USER), str(uuid4())
    made = [await client.authors.create(name=f"{mark} {number}", **FIELDS) for number in range(3)]
    await new_author(client)
    assert [one async for one in client.authors.paginate(search_term=mark.upper(), per_page=1)] == made
    first = await client.authors.get_page(search_term=mark, per_page=2)
    assert (first.items, first.meta.total, first.meta.pages) == (made[:2], 3, 2)
    assert (await client.authors.get_page(search_term=mark, name=made[2].name)).items == made[2:]
    with pytest.raises(errors.CursorInvalid):
        await client.authors.get_page(search_term=f"{mark} 1", cursor=first.meta.next_cursor)


async def test_a_search_with_many_matches_is_walked_to_its_end_and_counted_to_its_bound(
    service: RunningService,
) -> None:
    """From 1,001 matches on the walk goes by id and not by the index of texts."""
    mark = uuid4().hex
    connection = await asyncpg.connect(service.environment["DATABASE_URL"].replace("+asyncpg", ""))
    try:
        rows = await connection.fetch(
            "INSERT INTO author (name) SELECT $1 || n FROM generate_series(1, 1100) n RETURNING id", mark
        )
        async with AsyncClient(service.url, token=await service.token("reader")) as client:
            found = [one.id async for one in client.authors.paginate(search_term=mark, per_page=100)]
            first = await client.authors.get_page(search_term=mark, per_page=100)
    finally:
        await connection.execute("DELETE FROM author WHERE name LIKE $1 || '%'", mark)
        await connection.close()
    assert found == sorted(row["id"] for row in rows)
    assert (first.meta.total, first.meta.pages, first.meta.has_more) == (1001, 11, True)


async def test_a_reader_changes_nothing(connect: Connect) -> None:
    client = await connect("reader")
    with pytest.raises(errors.Forbidden):
        await client.authors.create(name=new_name())
    with pytest.raises(errors.Forbidden):
        await client.authors.update(author_id=ABSENT, name=new_name())
    with pytest.raises(errors.Forbidden):
        await client.authors.delete(author_id=ABSENT)
    assert (await client.authors.get_page()).meta.page == 1


async def test_a_caller_without_a_role_reads_nothing(connect: Connect) -> None:
    client = await connect("nobody")
    with pytest.raises(errors.Forbidden):
        await client.authors.get(author_id=ABSENT)
    with pytest.raises(errors.Forbidden):
        await client.authors.get_page()


async def test_who_follows_hears_of_every_change(connect: Connect) -> None:
    client, listener = await connect(USER), await connect("reader", follows=True)
    created, updated = listener.events(models.AuthorCreated), listener.events(models.AuthorUpdated)
    async with created, updated, listener.events(models.AuthorDeleted) as deleted:
        author = await new_author(client)
        changed = await client.authors.update(author_id=author.id, name=f"{author.name} 2")
        await client.authors.delete(author_id=author.id)
        await heard(created, models.AuthorCreated(author=author))
        await heard(updated, models.AuthorUpdated(author=changed))
        await heard(deleted, models.AuthorDeleted(author=changed))


async def test_who_follows_one_author_hears_of_that_one_alone(connect: Connect) -> None:
    client, listener = await connect(USER), await connect("reader", follows=True)
    author = await new_author(client)
    async with listener.events(topics.authors_by_author_id(author.id)) as changes:
        await new_author(client)
        changed = await client.authors.update(author_id=author.id, name=f"{author.name} 2")
        await heard(changes, models.AuthorUpdated(author=changed))

"""What the author operations add to the repository: pages, cursors, events, the audited object."""

from __future__ import annotations

import time
import uuid

import pytest

from app.auth.principal import Principal
from app.db.database import Database
from app.execution.context import Caller, Context, Door
from app.execution.cursor import CursorSeal
from app.features.authors.handler import Authors
from app.features.authors.repository import AuthorRepository
from generated.errors import CursorInvalid
from generated.models import (
    CreateAuthorRequest,
    DeleteAuthorRequest,
    GetAuthorRequest,
    GetAuthorsRequest,
    GetPaginatedAuthorsRequest,
    UpdateAuthorRequest,
)
from generated.results import AuthorCreated


def context(database: Database, sub: str = "1") -> Context:
    principal = Principal("iss", sub, "ada", None, frozenset(), time.time() + 60)
    return Context(Caller(principal, "127.0.0.1", "agent", Door.HTTP), "trace", database)


@pytest.fixture
def authors() -> Authors:
    return Authors(AuthorRepository(), CursorSeal(b"secret"))


async def test_a_created_author_is_announced_and_named_in_the_audit_row(authors: Authors, database: Database) -> None:
    here = context(database)
    author = await authors.create_author(here, CreateAuthorRequest(name=uuid.uuid4().hex))
    assert here.events == [AuthorCreated(author=author)]
    assert here.object_id == str(author.id)
    await authors.delete_author(here, DeleteAuthorRequest(author_id=author.id))


async def test_a_cursor_goes_on_behind_the_last_row_for_the_same_caller_and_filter_only(
    authors: Authors, database: Database
) -> None:
    for _ in range(3):
        await authors.create_author(context(database), CreateAuthorRequest(name=uuid.uuid4().hex))
    first = await authors.get_paginated_authors(context(database), GetPaginatedAuthorsRequest(per_page=2))
    assert (len(first.items), first.meta.has_more) == (2, True)
    assert first.meta.next_cursor
    cursor = first.meta.next_cursor
    second = await authors.get_paginated_authors(
        context(database), GetPaginatedAuthorsRequest(per_page=2, cursor=cursor)
    )
    assert second.items[0].id > first.items[-1].id
    assert second.meta.page == 2
    other_filter = GetPaginatedAuthorsRequest(per_page=2, cursor=cursor, name="x")
    for sub, request in (("2", GetPaginatedAuthorsRequest(per_page=2, cursor=cursor)), ("1", other_filter)):
        with pytest.raises(CursorInvalid):
            await authors.get_paginated_authors(context(database, sub), request)


async def test_a_list_that_is_not_cut_says_so(authors: Authors, database: Database) -> None:
    found = await authors.get_authors(context(database), GetAuthorsRequest(name="nobody has this name"))
    assert (found.items, found.meta.total, found.meta.pages, found.meta.has_more) == ([], 0, 0, False)


async def test_a_change_and_a_removal_name_their_author_in_the_audit_row(authors: Authors, database: Database) -> None:
    author = await authors.create_author(context(database), CreateAuthorRequest(name=uuid.uuid4().hex))
    read, changed, removed = (context(database) for _ in range(3))
    assert await authors.get_author(read, GetAuthorRequest(author_id=author.id)) == author
    await authors.update_author(changed, UpdateAuthorRequest(author_id=author.id, name=uuid.uuid4().hex))
    await authors.delete_author(removed, DeleteAuthorRequest(author_id=author.id))
    assert {one.object_id for one in (read, changed, removed)} == {str(author.id)}

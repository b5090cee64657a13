"""What the artist operations add to the repository: pages, cursors, events, the audited object."""

from __future__ import annotations

import time
import uuid

import pytest

from app.auth.principal import Principal
from app.db.database import Database
from app.execution.context import Caller, Context, Door
from app.execution.cursor import CursorSeal, Position
from app.features.artists.handler import Artists
from app.features.artists.repository import ArtistRepository
from generated.errors import CursorInvalid
from generated.models import (
    CreateArtistRequest,
    DeleteArtistRequest,
    GetArtistRequest,
    GetArtistsRequest,
    GetPaginatedArtistsRequest,
    UpdateArtistRequest,
)
from generated.results import ArtistCreated

SECRET = b"secret"


def context(database: Database, sub: str = "1") -> Context:
    principal = Principal("iss", sub, "ada", None, frozenset(), time.time() + 60)
    return Context(Caller(principal, "127.0.0.1", "agent", Door.HTTP), "trace", database)


@pytest.fixture
def artists() -> Artists:
    return Artists(ArtistRepository(), CursorSeal(SECRET))


async def test_a_created_artist_is_announced_and_named_in_the_audit_row(artists: Artists, database: Database) -> None:
    here = context(database)
    artist = await artists.create_artist(here, CreateArtistRequest(name=uuid.uuid4().hex))
    assert here.events == [ArtistCreated(artist=artist)]
    assert here.object_id == str(artist.id)
    await artists.delete_artist(here, DeleteArtistRequest(artist_id=artist.id))


async def test_a_cursor_goes_on_behind_the_last_row_for_the_same_caller_and_filter_only(
    artists: Artists, database: Database
) -> None:
    for _ in range(3):
        await artists.create_artist(context(database), CreateArtistRequest(name=uuid.uuid4().hex))
    first = await artists.get_paginated_artists(context(database), GetPaginatedArtistsRequest(per_page=2))
    assert (len(first.items), first.meta.has_more) == (2, True)
    assert first.meta.next_cursor
    cursor = first.meta.next_cursor
    second = await artists.get_paginated_artists(
        context(database), GetPaginatedArtistsRequest(per_page=2, cursor=cursor)
    )
    assert second.items[0].id > first.items[-1].id
    assert second.meta.page == 2
    other_filter = GetPaginatedArtistsRequest(per_page=2, cursor=cursor, name="x")
    for sub, request in (("2", GetPaginatedArtistsRequest(per_page=2, cursor=cursor)), ("1", other_filter)):
        with pytest.raises(CursorInvalid):
            await artists.get_paginated_artists(context(database, sub), request)


async def test_a_cursor_of_another_listing_is_none_here(artists: Artists, database: Database) -> None:
    """Sealed by the same secret for the same caller and the same filter."""
    here = context(database)
    assert here.principal
    for listing in ("get_others\n", ""):
        cursor = CursorSeal(SECRET).seal(Position(1, 2), f"{listing}{here.principal.subject}\n[]")
        with pytest.raises(CursorInvalid):
            await artists.get_paginated_artists(here, GetPaginatedArtistsRequest(cursor=cursor))


async def test_a_list_that_is_not_cut_says_so(artists: Artists, database: Database) -> None:
    found = await artists.get_artists(context(database), GetArtistsRequest(name="nobody has this name"))
    assert (found.items, found.meta.total, found.meta.pages, found.meta.has_more) == ([], 0, 0, False)


async def test_a_change_and_a_removal_name_their_artist_in_the_audit_row(artists: Artists, database: Database) -> None:
    artist = await artists.create_artist(context(database), CreateArtistRequest(name=uuid.uuid4().hex))
    read, changed, removed = (context(database) for _ in range(3))
    assert await artists.get_artist(read, GetArtistRequest(artist_id=artist.id)) == artist
    await artists.update_artist(changed, UpdateArtistRequest(artist_id=artist.id, name=uuid.uuid4().hex))
    await artists.delete_artist(removed, DeleteArtistRequest(artist_id=artist.id))
    assert {one.object_id for one in (read, changed, removed)} == {str(artist.id)}

"""Artists in a real PostgreSQL: filters, pages, versions, and a walk that misses nothing (I07)."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import asyncpg
import pytest

from app.db.database import Database
from app.development.servers import Postgres
from app.execution.context import Caller, Context, Door
from app.execution.cursor import CursorSeal
from app.features.artists.handler import Artists
from app.features.artists.repository import ArtistRepository
from generated.errors import ArtistNameTaken, ArtistNotFound, VersionMismatch
from generated.models import CreateArtistRequest, GetPaginatedArtistsRequest, UpdateArtistRequest
from tests.databases import new_database

REPOSITORY = ArtistRepository()


def request(name: str, bio: str | None = None) -> CreateArtistRequest:
    return CreateArtistRequest(name=name, bio=bio)


def unique(label: str) -> str:
    return f"{label} {uuid.uuid4().hex}"


async def test_like_s_own_signs_stand_for_themselves(database: Database) -> None:
    label = uuid.uuid4().hex
    for name in (f"{label}100%", f"{label}100x", f"{label}_\\", f"{label}ab"):
        await REPOSITORY.insert(database, request(name))
    for term, count in ((f"{label}100%", 1), (f"{label}_", 1), (f"{label}_\\", 1), (label, 4), (label.upper(), 4)):
        found, total = await REPOSITORY.find(database, {"search_term": term})
        assert (len(found), total) == (count, count), term


TEXTS = [
    "Ada",
    "aDa\\'s",
    "100%",
    "a_b;c",
    'say "no"',
    "İstanbul ß",
    "東京タワー",
    "😀😀x",
    "two  spaces ",
    "line\nend",
    "a\x01b\x02c",
    "& | ! :* <->",
]
TERMS = [
    "a", "A", "%", "_", "\\", "'", '"', ";", "'s", "\\'", "da", "ada", "ada\\'s", "00%", "😀", "😀x", "京", "タワー", "東京タワー", "ß", "  ", " ",
    "e\ne", "\n", "\x01", "a\x01b", "b\x02c", "&", ":*", "<->", "| !", "x", "nothing of it", "o\"", "x" * 200,
]  # fmt: skip


async def test_a_term_is_found_wherever_it_stands_literally_in_any_case(database: Database) -> None:
    """I06: every term against every text, alone as a name and in the middle or at the end of a bio."""
    label = uuid.uuid4().hex
    for number, text in enumerate(TEXTS):
        await REPOSITORY.insert(database, request(f"{label} {number}", f"{text} in between"))
        await REPOSITORY.insert(database, request(f"{label} {number} b", f"at the end {text}"))
        await REPOSITORY.insert(database, request(f"{label} {number} {text}"))
    every, _ = await REPOSITORY.find(database, {"search_term": label})
    assert len(every) == 3 * len(TEXTS)
    for term in TERMS:
        found = {one.id for one in (await REPOSITORY.find(database, {"search_term": term}))[0]}
        expected = {
            one.id for one in every if term.lower() in one.name.lower() or term.lower() in (one.bio or "").lower()
        }
        assert {one.id for one in every} & found == expected, term


@pytest.fixture(scope="module")
def many_url(postgres: Postgres) -> str:
    """10,000 artists with bios of 200 characters in a database of their own; the names of half of them hold the same word."""
    url = new_database(postgres, "many")
    subprocess.run([sys.executable, "-m", "app", "migrate"], env={**os.environ, "DATABASE_URL": url}, check=True)

    async def fill() -> None:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        await connection.execute(
            "INSERT INTO artist (name, bio) SELECT CASE n % 2 WHEN 0 THEN 'common ' ELSE '' END || n,"
            " left(repeat(md5(n::text) || ' ', 7), 200) FROM generate_series(1, 10000) n"
        )
        await connection.execute("INSERT INTO artist (name) VALUES ('50% off'), ('semi;colon')")
        await connection.execute("VACUUM ANALYZE artist")
        await connection.close()

    asyncio.run(fill())
    return url


@pytest.fixture
async def many(many_url: str) -> AsyncIterator[Database]:
    opened = Database(many_url, 2)
    yield opened
    await opened.close()


async def plan(database: Database, filters: dict[str, object]) -> tuple[str, int]:
    """The plan as text, and the pages of table and index that it touched."""
    statement = REPOSITORY._lists[frozenset(filters)]
    explained = replace(statement, sql=f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}")
    top = json.loads((await database.fetch(explained, **filters))[0]["QUERY PLAN"])[0]["Plan"]
    return json.dumps(top), top["Shared Hit Blocks"] + top["Shared Read Blocks"]


@pytest.mark.parametrize("term", ["%", "_", ";", "off", "common", "0", "common 19", "zz", "d41d8cd98f00", "é" * 200])
async def test_a_search_uses_the_index_and_touches_no_more_than_its_answer_needs(many: Database, term: str) -> None:
    """I06: seldom, common and absent terms, of one character and of many. The table has some 370 pages, the answer at most 1,001 rows."""
    text, pages = await plan(many, {"search_term": term})
    assert '"Index Name": "artist_search"' in text
    assert "Seq Scan" not in text
    found, total = await REPOSITORY.find(many, {"search_term": term})
    assert pages < 60 + 2 * min(total, 1001)
    assert all(term in f"{one.name}\n{one.bio}".lower() for one in found)


@pytest.mark.parametrize("filters", [{}, {"name": "common 500"}, {"id": 7}])
async def test_a_list_uses_an_index_too(many: Database, filters: dict[str, object]) -> None:
    text, pages = await plan(many, filters)
    assert "Index Scan" in text
    assert "Seq Scan" not in text
    assert pages < 2500


async def test_a_cut_list_says_so_and_is_in_order(many: Database) -> None:
    """The first 1,000 by name; of a term's matches some 1,000, in order too."""
    every, total = await REPOSITORY.find(many, {})
    assert (len(every), total) == (1000, 1001)
    names = sorted(
        [str(n) for n in range(1, 10_000, 2)] + ["50% off", "semi;colon"] + [f"common {n}" for n in range(2, 10_001, 2)]
    )
    assert [one.name for one in every] == names[:1000]
    some, total = await REPOSITORY.find(many, {"search_term": "COMMON"})
    assert (len(some), total) == (1000, 1001)
    assert [one.name for one in some] == sorted(one.name for one in some)


async def test_filters_are_joined_by_and(database: Database) -> None:
    artist = await REPOSITORY.insert(database, request(unique("and"), "bio"))
    both, _ = await REPOSITORY.find(database, {"id": artist.id, "name": artist.name})
    neither, total = await REPOSITORY.find(database, {"id": artist.id, "name": "other"})
    assert (both, neither, total) == ([artist], [], 0)


async def test_a_taken_name_in_any_case_and_a_missing_artist_have_their_codes(database: Database) -> None:
    name = unique("Taken")
    artist = await REPOSITORY.insert(database, request(name))
    with pytest.raises(ArtistNameTaken):
        await REPOSITORY.insert(database, request(name.upper()))
    with pytest.raises(ArtistNotFound):
        await REPOSITORY.get(database, 2**53 - 1)
    assert await REPOSITORY.get(database, artist.id) == artist


async def test_a_change_needs_the_version_it_was_made_from(database: Database) -> None:
    artist = await REPOSITORY.insert(database, request(unique("v")))
    change = UpdateArtistRequest(artist_id=artist.id, name=unique("v"), expected_version=1)
    changed = await REPOSITORY.update(database, change)
    assert (changed.version, changed.created_at, changed.updated_at > artist.updated_at) == (2, artist.created_at, True)
    with pytest.raises(VersionMismatch):
        await REPOSITORY.update(database, change)
    with pytest.raises(VersionMismatch):
        await REPOSITORY.delete(database, artist.id, 1)
    await REPOSITORY.delete(database, artist.id, 2)
    with pytest.raises(ArtistNotFound):
        await REPOSITORY.delete(database, artist.id, None)


async def test_of_many_changes_from_one_version_one_wins(database: Database) -> None:
    artist = await REPOSITORY.insert(database, request(unique("race")))
    changes = [UpdateArtistRequest(artist_id=artist.id, name=unique("r"), expected_version=1) for _ in range(8)]
    results = await asyncio.gather(*(REPOSITORY.update(database, one) for one in changes), return_exceptions=True)
    assert sum(isinstance(one, VersionMismatch) for one in results) == 7


async def test_an_empty_page_still_knows_the_total(database: Database) -> None:
    artist = await REPOSITORY.insert(database, request(unique("page")))
    found, total = await REPOSITORY.page(database, {"name": artist.name}, limit=20, offset=40)
    assert (found, total) == ([], 1)


async def exchange(connection: asyncpg.Connection, doomed: list[int], label: str) -> None:
    """Delete some rows and insert as many others."""
    await connection.execute("DELETE FROM artist WHERE id = ANY($1)", doomed)
    names = [f"{label} instead of {one}" for one in doomed]
    await connection.execute("INSERT INTO artist (name) SELECT unnest($1::text[])", names)


async def test_a_walk_of_10_000_rows_meets_once_every_row_that_lives_throughout(
    database: Database, migrated: str
) -> None:
    """I07, by the cursors that a client gets; beside each page two connections delete on both sides of it and insert."""
    label, url = uuid.uuid4().hex, migrated.replace("+asyncpg", "")
    others = [await asyncpg.connect(url, server_settings={"synchronous_commit": "off"}) for _ in range(2)]
    await others[0].execute(f"INSERT INTO artist (name) SELECT '{label} ' || n FROM generate_series(1, 10000) n")
    rows = await others[0].fetch("SELECT id FROM artist WHERE name LIKE $1 ORDER BY id", f"{label}%")
    ids = [row["id"] for row in rows]
    doomed = Random(7).sample(ids, 2000)
    batches = [doomed[start : start + 10] for start in range(0, len(doomed), 10)]
    artists = Artists(REPOSITORY, CursorSeal(b"secret"))
    context = Context(Caller(None, "", "", Door.HTTP), "trace", database)
    wanted: GetPaginatedArtistsRequest | None = GetPaginatedArtistsRequest(per_page=100)
    seen: list[int] = []
    while wanted and len(seen) < 30_000:
        changes = [exchange(one, batches.pop(), label) for one in others if batches]
        asked = asyncio.create_task(artists.get_paginated_artists(context, wanted))
        await asyncio.gather(asked, *changes)
        page = asked.result()
        seen += [one.id for one in page.items]
        cursor = page.meta.next_cursor
        wanted = GetPaginatedArtistsRequest(per_page=100, cursor=cursor) if cursor else None
    for one in others:
        await one.close()
    assert len(seen) == len(set(seen))
    assert set(ids) - set(doomed) <= set(seen)
    assert 100 < len(set(doomed) & set(seen)) < 1900, "rows went on both sides of the walk"

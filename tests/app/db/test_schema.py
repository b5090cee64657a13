"""A node serves the schema that its release was written for, on every branch of the steps, and says what else it found."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Collection
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from structlog.testing import capture_logs

from app.db.database import Database
from app.db.schema import Schema, configuration, served
from app.development.servers import Postgres, free_port
from generated.errors import Unavailable
from tests.databases import new_database

STEP = """
expands = {expands}
revision = {name!r}
down_revision = {before!r}
depends_on = {needs!r}
branch_labels = None
"""
STEPS = (("p1", None, None), ("p2", "p1", None), ("f1", None, None), ("f2", "f1", "p2"))


def branches(folder: Path, expanding: Collection[str] = ()) -> Config:
    """Two branches; the second one's last step needs the first one's."""
    (folder / "versions").mkdir()
    for name, before, needs in STEPS:
        text = STEP.format(name=name, before=before, needs=needs, expands=name in expanding)
        (folder / "versions" / f"{name}.py").write_text(text)
    config = Config()
    config.set_main_option("script_location", str(folder))
    return config


@pytest.fixture
def branched(tmp_path: Path) -> Schema:
    return Schema(branches(tmp_path))


@pytest.fixture
async def behind(postgres: Postgres, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database without its last step."""
    url = await asyncio.to_thread(new_database, postgres, request.node.name)
    await migrate(url, "upgrade")
    await migrate(url, "downgrade", "-1", "--yes")
    database = Database(url, 1)
    yield database
    await database.close()


async def migrate(url: str, *arguments: str) -> None:
    command = [sys.executable, "-m", "app", "migrate", *arguments]
    await asyncio.to_thread(subprocess.run, command, env={**os.environ, "DATABASE_URL": url}, check=True)


@pytest.mark.parametrize("found", [{"f2", "p2"}, {"f2"}])
def test_a_database_at_the_end_of_every_branch_is_right(branched: Schema, found: set[str]) -> None:
    """Alembic does not name a step on which a later one of another branch depends."""
    assert branched.fault_of(found) is None


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (set(), "older than this release: it is at no step and has not f2, p2: run `make migrate`"),
        ({"p2"}, "older than this release: it is at p2 and has not f2: run `make migrate`"),
        ({"f1", "p1"}, "older than this release: it is at f1, p1 and has not f2, p2: run `make migrate`"),
        (
            {"p2", "f3"},
            "newer than this release, which does not know f3: start the release that it was made for, or a later",
        ),
    ],
)
def test_what_is_missing_or_unknown_is_named_with_what_mends_it(branched: Schema, found: set[str], told: str) -> None:
    fault = branched.fault_of(found)
    assert fault is not None
    assert fault.startswith(f"the database is {told}")
    assert "\n" not in fault


async def test_a_migrated_database_is_right_and_an_empty_one_is_not(database: Database, postgres: Postgres) -> None:
    assert await Schema(configuration()).fault(database) is None
    empty = Database(await asyncio.to_thread(new_database, postgres, "no schema"), 1)
    assert "at no step" in (await Schema(configuration()).fault(empty) or "")


async def test_an_older_database_is_said_once_and_is_right_once_it_is_migrated(behind: Database) -> None:
    schema = Schema(configuration())
    with capture_logs() as logs:
        assert all(["make migrate" in (await schema.lasting_fault(behind) or "") for _ in range(3)])
    assert [line["event"] for line in logs] == ["schema.wrong"]
    assert "make migrate" in logs[0]["fault"]
    await migrate(behind._url, "upgrade")
    assert await schema.lasting_fault(behind) is None


async def test_a_node_that_serves_lives_through_the_steps_of_a_later_release(behind: Database) -> None:
    await migrate(behind._url, "upgrade")
    schema = Schema(configuration())
    assert await schema.lasting_fault(behind) is None
    connection = await asyncpg.connect(behind._url)
    await connection.execute("UPDATE alembic_version SET version_num = 'later' WHERE version_num LIKE 'platform%'")
    await connection.execute("DELETE FROM schema_served")
    await connection.close()
    assert await schema.lasting_fault(behind) is None
    assert "newer" in (await Schema(configuration()).fault(behind) or "")


@pytest.mark.parametrize(
    ("expanding", "found", "serve"),
    [
        ((), {"f2"}, {"f2", "p2"}),
        (("p2",), {"f2"}, {"f2", "p2", "p1"}),
        (("f2", "p1"), {"f2"}, {"f2", "f1", "p2"}),
        (("f2", "p2"), {"f2", "p2"}, {"f2", "f1", "p2", "p1"}),
        (("f2", "p2"), {"f1", "p2"}, {"f1", "p2", "p1"}),
        (("f2",), set(), set()),
    ],
)
def test_a_release_serves_what_later_steps_only_add_to(
    tmp_path: Path, expanding: tuple[str, ...], found: set[str], serve: set[str]
) -> None:
    """On each line by itself: the last step that was taken, and each before one that only adds."""
    assert served(ScriptDirectory.from_config(branches(tmp_path, expanding)), found) == serve


def test_a_release_whose_steps_are_served_is_right_on_every_branch_or_not_at_all(branched: Schema) -> None:
    assert branched.fault_of({"f3"}, {"f3", "f2", "p2"}) is None
    for some in ({"f3", "f2"}, {"f3"}, set()):
        assert "newer" in (branched.fault_of({"f3"}, some) or "")


async def test_whoever_migrates_says_which_releases_serve_and_a_node_of_one_begins(behind: Database) -> None:
    """Also after a step was taken back. A later release is played by a name of a step that this one does not know."""
    connection = await asyncpg.connect(behind._url)
    for step in ("upgrade", "downgrade", "upgrade"):
        await migrate(behind._url, step, *(("-1", "--yes") if step == "downgrade" else ()))
        heads = {row[0] for row in await connection.fetch("SELECT version_num FROM alembic_version")}
        said = {row[0] for row in await connection.fetch("SELECT revision FROM schema_served")}
        assert heads <= said
    await connection.execute("UPDATE alembic_version SET version_num = 'later' WHERE version_num LIKE 'platform%'")
    assert await Schema(configuration()).fault(behind) is None
    await connection.execute("DELETE FROM schema_served WHERE revision LIKE 'platform%'")
    assert "newer" in (await Schema(configuration()).fault(behind) or "")
    await connection.close()


async def test_a_database_that_is_away_is_not_right() -> None:
    away, schema = Database(f"postgresql://postgres@127.0.0.1:{free_port()}/postgres", 1), Schema(configuration())
    assert await schema.lasting_fault(away) == "the database cannot be asked"
    with pytest.raises(Unavailable):
        await schema.fault(away)

"""The schema goes forward, back and forward again; a step back asks first."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from app.development.servers import Postgres
from tests.databases import new_database

ROOT = Path(__file__).parents[3]
SHELF = """

class ShelfRow(SQLModel, table=True):
    __tablename__ = "shelf"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    label: str = Field(sa_column=Column(Text, nullable=False))
"""


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> str:
    return new_database(postgres, "to and fro")


def migrate(url: str | None, *arguments: str, answer: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "app", "migrate", *arguments]
    given = environment if url is None else {**environment, "DATABASE_URL": url}
    return subprocess.run(command, env=given, cwd=cwd, input=answer, capture_output=True, text=True, check=False)


def tables(url: str) -> set[str]:
    async def read() -> set[str]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        await connection.close()
        return {row["tablename"] for row in rows}

    return asyncio.run(read())


def test_a_database_of_a_later_release_is_one_line(postgres: Postgres) -> None:
    later = new_database(postgres, "later")
    assert migrate(later, "upgrade").returncode == 0

    async def take() -> None:
        connection = await asyncpg.connect(later.replace("+asyncpg", ""))
        await connection.execute("UPDATE alembic_version SET version_num = '9999' WHERE version_num LIKE 'platform%'")
        await connection.close()

    asyncio.run(take())
    done = migrate(later, "upgrade")
    assert done.returncode == 1
    assert "9999" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_up_down_and_up_again(url: str) -> None:
    assert migrate(url, "upgrade").returncode == 0
    every = tables(url)
    assert {"artist", "audit_log", "stored_answer"} <= every
    assert migrate(url, "downgrade", "base", answer="no\n").returncode == 1
    assert tables(url) == every
    assert migrate(url, "downgrade", "base", answer="yes\n").returncode == 0
    assert tables(url) == {"alembic_version"}
    assert migrate(url, "upgrade").returncode == 0
    assert tables(url) == every


def test_a_provider_s_url_is_taken(url: str) -> None:
    assert migrate(url.replace("postgresql+asyncpg", "postgres"), "upgrade").returncode == 0


def test_history_names_every_step(url: str) -> None:
    assert "0001" in migrate(url, "history").stdout


def test_without_a_url_and_without_a_server_a_line_says_so() -> None:
    for url, said in (
        (None, "DATABASE_URL: is not set"),
        ("mysql://u:hunter2@h/d", "DATABASE_URL: is not a PostgreSQL URL"),
    ):
        refused = migrate(url, "upgrade")
        assert (refused.returncode, said in refused.stderr, "hunter2" in refused.stderr) == (78, True, False)
    away = migrate("postgresql+asyncpg://u@127.0.0.1:9/d", "upgrade", "--wait", "0")
    assert (away.returncode, "Traceback" in away.stderr, away.stderr.count("\n")) == (69, False, 1)


def test_a_file_with_the_url_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not that nothing is set, which sends people to look at the wrong place."""
    monkeypatch.setenv("DATABASE_URL_FILE", "/nowhere/database_url")
    refused = migrate(None, "upgrade")
    assert refused.returncode == 78
    assert refused.stderr.startswith("DATABASE_URL_FILE: names /nowhere/database_url, which cannot be read")


def test_autogenerate_finds_nothing_to_add_to_the_migrations(migrated: str) -> None:
    """In a process of its own, where no table is known but those that the environment imports."""
    program = "from alembic import command; from app.db.schema import configuration; command.check(configuration())"
    ended = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "DATABASE_URL": migrated}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (ended.returncode, "No new upgrade operations detected" in ended.stdout) == (0, True)


def test_a_command_that_is_none_changes_nothing_and_lists_those_that_are() -> None:
    ended = migrate("postgresql+asyncpg://u@127.0.0.1:9/d", "sidegrade")
    assert ended.returncode == 2
    assert all(word in ended.stderr for word in ("upgrade", "downgrade", "history", "revision"))


def test_without_a_url_it_is_said_where_one_is() -> None:
    assert "`make run` prints that of its embedded server" in migrate(None, "current").stderr


def test_a_step_is_written_from_the_tables_as_the_checks_want_it(postgres: Postgres, tmp_path: Path) -> None:
    copied(tmp_path)
    url = new_database(postgres, "a new step")
    assert migrate(url, "upgrade", cwd=tmp_path).returncode == 0
    with (tmp_path / "app" / "features" / "artists" / "tables.py").open("a") as module:
        module.write(SHELF)
    written = migrate(url, "revision", "add shelves", cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    versions = tmp_path / "app" / "migrations" / "versions"
    (step,) = [path for path in versions.glob("*.py") if not (ROOT / path.relative_to(tmp_path)).exists()]
    assert 'op.create_table(\n        "shelf",' in step.read_text()
    for command in (("check",), ("format", "--check")):
        ruff = [sys.executable, "-m", "ruff", *command, str(step)]
        found = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout
    assert migrate(url, "upgrade", cwd=tmp_path).returncode == 0
    assert "shelf" in tables(url)
    assert step.stem.partition("_")[0] in migrate(url, "current", cwd=tmp_path).stdout
    assert migrate(url, "downgrade", "--yes", cwd=tmp_path).returncode == 0
    assert "shelf" not in tables(url)


def copied(folder: Path) -> Path:
    for name in ("app", "generated"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


def test_the_first_step_of_a_product_begins_its_own_line(postgres: Postgres, tmp_path: Path) -> None:
    """A product without steps has the platform's tables; its own are then written as a line beside the platform's."""
    folder = copied(tmp_path)
    shutil.rmtree(folder / "app" / "migrations" / "versions")
    declared = folder / "app" / "features" / "artists" / "tables.py"
    declared.write_text(declared.read_text().partition('Index("artist_search"')[0])
    url = new_database(postgres, "no product yet")
    assert migrate(url, "upgrade", cwd=folder).returncode == 0
    before = tables(url)
    assert "audit_log" in before
    for message in ("first", "second"):
        written = migrate(url, "revision", message, cwd=folder)
        assert written.returncode == 0, written.stderr
        assert migrate(url, "upgrade", cwd=folder).returncode == 0
    assert tables(url) > before
    steps = {
        path.stem.partition("_")[2]: path.read_text() for path in (folder / "app/migrations/versions").glob("*.py")
    }
    assert {name: "branch_labels = ('product',)" in text.replace('"', "'") for name, text in steps.items()} == {
        "first": True, "second": False,
    }  # fmt: skip
    assert migrate(url, "downgrade", "-2", "--yes", cwd=folder).returncode == 0
    assert tables(url) == before


def test_a_database_of_release_1_0_goes_on(postgres: Postgres) -> None:
    """Its one step `0001` made the tables of both owners; their rows stay."""
    url = new_database(postgres, "release 1.0")
    assert migrate(url, "upgrade").returncode == 0
    assert migrate(url, "downgrade", "platform@platform_0001", "--yes").returncode == 0
    assert migrate(url, "downgrade", "product@0001", "--yes").returncode == 0

    async def as_it_was() -> None:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        await connection.execute("DELETE FROM alembic_version WHERE version_num <> '0001'")
        await connection.execute("INSERT INTO audit_quarantine(reason, row) VALUES ('kept', '{}')")
        await connection.close()

    async def kept() -> object:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        row = await connection.fetchrow(
            "SELECT (SELECT reason FROM audit_quarantine), (SELECT count(sid) FROM audit_log)"
        )
        await connection.close()
        return tuple(row or ())

    asyncio.run(as_it_was())
    upgraded = migrate(url, "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    assert asyncio.run(kept()) == ("kept", 0)


def test_a_step_that_is_not_there_is_one_line(url: str) -> None:
    refused = migrate(url, "downgrade", "nowhere", "--yes")
    assert (refused.returncode, "Traceback" in refused.stderr, "nowhere" in refused.stderr) == (1, False, True)


def test_what_the_driver_does_not_take_is_one_line() -> None:
    ended = migrate("postgresql://u@127.0.0.1:1/d?target_session_attrs=nowhere")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "target_session_attrs" in line


@pytest.mark.survives("D21")
async def test_a_step_that_waits_for_a_table_holds_up_no_call(postgres: Postgres) -> None:
    """A transaction that does not end has written to a table that a migration changes. Calls that write there are served meanwhile; the
    step begins anew each few seconds, and is taken once the transaction has ended."""
    url = await asyncio.to_thread(new_database, postgres, "busy")
    assert (await asyncio.to_thread(migrate, url, "upgrade", "0001")).returncode == 0
    long, call = [await asyncpg.connect(url.replace("+asyncpg", "")) for _ in range(2)]
    transaction = long.transaction()
    await transaction.start()
    await long.execute("INSERT INTO artist (name) VALUES ('Ada')")
    command = [sys.executable, "-m", "app", "migrate"]
    step = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, "DATABASE_URL": url}, stderr=asyncio.subprocess.PIPE
    )
    waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'artist'::regclass)"
    async with asyncio.timeout(30):
        while not await call.fetchval(waits):
            assert step.returncode is None
            await asyncio.sleep(0.02)
        await call.execute("INSERT INTO artist (name) VALUES ('Grace')")
    assert step.returncode is None
    await transaction.commit()
    _, said = await step.communicate()
    assert step.returncode == 0, said
    assert b"begin anew" in said
    assert await call.fetchval("SELECT to_regclass('artist_search')") is not None
    await long.close()
    await call.close()

"""A release that took a step of the schema is taken back: its nodes end, its image takes the step back, nodes of the release before begin."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import uuid
from pathlib import Path

import httpx2
import pytest

from app.development.servers import Postgres, Valkey
from app.exit_codes import CONFIG
from tests.databases import new_database
from tests.expansion_project import expand
from tests.faults.history import connect
from tests.projects import project_with
from tests.running_service import RunningService


def migrate(node: RunningService, tree: Path | None, *words: str) -> None:
    """By the image of that release; this one's without a tree."""
    command = [sys.executable, "-m", "app", "migrate", *words]
    subprocess.run(command, env=node.environment, cwd=tree, check=True, timeout=60)


async def written(node: RunningService, name: str) -> dict[str, object]:
    """An artist of that name, made at the node and read there."""
    headers = {"authorization": f"Bearer {await node.token('editor')}"}
    async with httpx2.AsyncClient(base_url=node.url, headers=headers, trust_env=False, timeout=20) as client:
        made = await client.post("/api/artists", json={"name": name})
        assert made.status_code == 201, made.text
        found: dict[str, object] = (await client.get(f"/api/artists/{made.json()['id']}")).json()
    return found


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_a_release_is_taken_back_in_the_order_of_the_guide(
    postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path
) -> None:
    """docs/guides/migrations.md: while the step is there a node of the release before begins, as the step only adds, and would end with 78 and the
    reason if it did more; once it was taken back the node serves, with the rows that both releases wrote."""
    tree = await asyncio.to_thread(project_with, expand, tmp_path)
    name = f"back_{uuid.uuid4().hex[:12]}"
    database = await asyncio.to_thread(new_database, postgres, name)
    old = RunningService(servers_folder / name, database, valkey.url)
    try:
        await asyncio.to_thread(old.__enter__)
        before = await written(old, "Before")
        new = RunningService(servers_folder / f"{name}_new", database, valkey.url, issuer=old.issuer, tree=tree)
        await asyncio.to_thread(new.__enter__)
        meanwhile = await written(new, "Meanwhile")
        assert (before.get("grade"), meanwhile.get("grade")) == (None, 1)
        await asyncio.to_thread(old.process.stop)
        await asyncio.to_thread(old.process.start)
        beside = await written(old, "Beside")
        await asyncio.to_thread(old.process.stop)
        await asyncio.to_thread(forget_who_serves, database)
        refused = await asyncio.to_thread(started_by_itself, old)
        assert refused.returncode == CONFIG
        assert "the database is newer than this release" in refused.stdout + refused.stderr
        await asyncio.to_thread(new.__exit__, None, None, None)
        await asyncio.to_thread(migrate, old, tree, "downgrade", "-1", "--yes")
        await asyncio.to_thread(migrate, old, None)
        await asyncio.to_thread(old.process.start)
        names = {str(one["name"]) for one in (before, meanwhile, beside, await written(old, "After"))}
        assert await stored(old) == names
    finally:
        await asyncio.to_thread(old.__exit__, None, None, None)


def forget_who_serves(database_url: str) -> None:
    """As after a step that does more than add."""

    async def forget() -> None:
        connection = await connect(database_url)
        await connection.execute("DELETE FROM schema_served")
        await connection.close()

    asyncio.run(forget())


def started_by_itself(node: RunningService) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "serve"]
    return subprocess.run(command, env=node.environment, capture_output=True, text=True, check=False, timeout=60)


async def stored(node: RunningService) -> set[str]:
    """The names of all artists."""
    headers = {"authorization": f"Bearer {await node.token('reader')}"}
    async with httpx2.AsyncClient(base_url=node.url, headers=headers, trust_env=False, timeout=20) as client:
        found = await client.get("/api/artists")
    return {one["name"] for one in found.json()["items"]}

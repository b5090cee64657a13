"""The embedded servers keep their data through restarts and kills, and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from app.development.servers import SHARED_STATE, Postgres, Valkey, answers, free_port

GIVEN_FROM = 32_768
"""The first port that Linux gives to a connection (`ip_local_port_range`); the others begin at 49,152."""


async def ask(server: Postgres, sql: str) -> object:
    connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_what_postgresql_acknowledged_is_there_after_a_kill_and_a_restart(servers_folder: Path) -> None:
    server = Postgres(servers_folder / "killed")
    server.start()
    await ask(server, "CREATE TABLE kept (id int)")
    await ask(server, "INSERT INTO kept VALUES (1)")
    server.kill()
    server.start()
    assert await ask(server, "SELECT count(*) FROM kept") == 1
    pid = server.pid
    server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not answers(server.port)


async def test_a_server_that_a_killed_run_left_is_ended_before_the_next_start(servers_folder: Path) -> None:
    left = Postgres(servers_folder / "left")
    left.start()
    old_pid = left.pid
    following = Postgres(servers_folder / "left")
    following.start()
    assert left.is_running() is False
    assert following.pid != old_pid
    assert await ask(following, "SELECT 1") == 1
    following.stop()


async def test_valkey_keeps_what_it_was_told(servers_folder: Path) -> None:
    server = Valkey(servers_folder / "kept")
    server.start()
    client = Redis.from_url(server.url)
    await client.set("a", "1")
    await client.aclose()
    server.stop()
    server.start()
    client = Redis.from_url(server.url)
    assert await client.get("a") == b"1"
    await client.aclose()
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must hand PostgreSQL to another user")
async def test_a_checkout_that_another_user_cannot_enter_works_as_root(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server = Postgres(tmp_path / "closed")
    assert server.folder.is_relative_to(SHARED_STATE)
    try:
        server.start()
        assert await ask(server, "SELECT 1") == 1
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def test_a_free_port_is_none_that_a_connection_may_be_given_meanwhile() -> None:
    """Nor is the one that a Redis Cluster makes of it, and it can be listened on."""
    for _ in range(200):
        port = free_port()
        assert port + 10_000 < GIVEN_FROM
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()

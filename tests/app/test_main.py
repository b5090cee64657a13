"""Bad settings end the process with exit code 78, a line each and no traceback; good ones are served."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys

import asyncpg
import httpx2
import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.running_service import RunningService

UNSAFE = {"ENV": "production", "KEYCLOAK_URL": "http://k", "SIGNING_SECRET": "hunter2"}
PLACES = {"DATABASE_URL": "postgresql+asyncpg://u:hunter2@127.0.0.1/d", "REDIS_URL": "redis://:hunter2@127.0.0.1"}
WRONG = {
    "DATABASE_URL": "mysql://u:hunter2@h/d",
    "REDIS_URL": "hunter2",
    "LOG_LEVEL": "LOUD",
    "ORIGINS": "null",
    "PORT": "http",
}
MAIN = ("-m", "app.main")
WORKER = ("-m", "uvicorn", "app.main:create_application", "--factory", "--port", "0")


@pytest.fixture(scope="module")
def ended() -> list[subprocess.CompletedProcess[str]]:
    """Four starts at once: nothing is set, some of it is unsafe, much of it is wrong, and that where uvicorn starts a worker."""
    kept = {name: value for name, value in os.environ.items() if name not in PLACES}
    starts: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
        (MAIN, {}),
        (MAIN, PLACES),
        (MAIN, WRONG),
        (WORKER, WRONG),
    )
    processes = [
        subprocess.Popen(
            [sys.executable, *command], env=kept | UNSAFE | one, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for command, one in starts
    ]  # fmt: skip
    texts = [process.communicate(timeout=60) for process in processes]
    return [
        subprocess.CompletedProcess(process.args, process.returncode, *text)
        for process, text in zip(processes, texts, strict=True)
    ]


def test_bad_settings_are_named_and_the_exit_code_says_configuration(
    ended: list[subprocess.CompletedProcess[str]],
) -> None:
    names = [{line.partition(":")[0] for line in one.stderr.splitlines()} for one in ended]
    always = {"KEYCLOAK_URL", "SIGNING_SECRET"}
    assert [one.returncode for one in ended] == [78, 78, 78, 78]
    assert names == [always | set(PLACES), always, always | set(WRONG), always | set(WRONG)]
    assert "DATABASE_URL: is not set; set it to postgresql://" in ended[0].stderr
    assert "KEYCLOAK_URL: must be https in production; found http://k;" in ended[1].stderr


def test_what_was_wrong_is_said_without_a_traceback_and_without_a_secret(
    ended: list[subprocess.CompletedProcess[str]],
) -> None:
    for one in ended:
        assert "Traceback" not in one.stderr
        assert "hunter2" not in one.stderr + one.stdout


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("0001", "the database is older than this release: it is at 0001 and has not 0"),
        ("9999", "the database is newer than this release, which does not know 9999: start the release that"),
    ],
)
def test_a_schema_of_another_release_is_one_line_and_exit_code_78(
    postgres: Postgres, valkey: Valkey, step: str, told: str
) -> None:
    """`make migrate` mends the first; the second needs a later release. Nothing is served in the meantime."""
    url = new_database(postgres, f"schema {step}")
    asyncio.run(at_step(url, step))
    given = {"ENV": "development", "DATABASE_URL": url, "REDIS_URL": valkey.url, "KEYCLOAK_URL": "http://127.0.0.1:9"}
    secret = {"SIGNING_SECRET": "a test's own secret of enough characters", "PORT": "0"}
    command = [sys.executable, *MAIN]
    ended = subprocess.run(
        command, env={**os.environ, **given, **secret}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr.count("\n"), ended.stdout) == (78, 1, "")
    assert ended.stderr.startswith(f"DATABASE_URL: {told}")


async def at_step(url: str, step: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    await connection.execute("INSERT INTO alembic_version VALUES ($1)", step)
    await connection.close()


async def test_a_served_answer_does_not_name_its_server_and_an_unknown_path_is_a_problem(
    service: RunningService,
) -> None:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        answer = await client.get("/no-such-path", headers={"x-forwarded-proto": "https"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "server" not in answer.headers


@pytest.mark.survives("D33")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_address_that_is_taken_is_one_line_and_exit_code_71(migrated: str, valkey: Valkey, workers: str) -> None:
    """D33: somebody else listens on the port of a node, which has one worker or two: it ends with one line that names the address, and
    tries nothing again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        given = {"ENV": "development", "DATABASE_URL": migrated, "REDIS_URL": valkey.url, "KEYCLOAK_URL": "http://k"}
        secret = {"SIGNING_SECRET": "a test's own secret of enough characters", "PORT": port, "WORKERS": workers}
        ended = subprocess.run(
            [sys.executable, *MAIN],
            env={**os.environ, **given, **secret},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ended.returncode, ended.stdout) == (71, "")
    assert ended.stderr == f"HOST, PORT: cannot listen on 127.0.0.1:{port}: Address already in use\n"

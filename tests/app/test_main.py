"""Bad settings end the process with exit code 78, a line each and no traceback; good ones are served."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx2
import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.faults.echo_process import EchoServer
from tests.faults.processes import end_of
from tests.faults.raw import TEXT, Peer, frame, request
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


@pytest.mark.survives("D26", "M07")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    "options", [(), pytest.param(("two",), marks=pytest.mark.long)], ids=["one worker", "two workers"]
)
async def test_a_signal_ends_the_node_with_exit_code_0(
    servers_folder: Path, number: signal.Signals, options: tuple[str, ...]
) -> None:
    """M07 (D26): SIGTERM or SIGINT comes to a node of one worker or two, while a socket is open and a request runs. The request is
    answered, and the process ends in time with exit code 0."""
    server = EchoServer(servers_folder / f"ended-{number.name}-{len(options)}", *options)
    server.start()
    try:
        async with await Peer.open_socket(server.port, "/echo") as socket, await Peer.open(server.port) as peer:
            socket.send(frame(TEXT, b"open"))
            await socket.frame()
            peer.send(request("GET /slow"))
            await asyncio.sleep(0.1)
            os.kill(server.pid, number)
            assert (await peer.answer()).status == 200
            took_s, code = await end_of(server.pid, 25.0)
    finally:
        server.stop()
    assert code == 0, f"ended with {code} after {took_s:.1f} s"
    assert took_s <= 15.0
    assert server.text() == ""

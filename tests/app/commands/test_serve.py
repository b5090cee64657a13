"""Bad settings end the process with exit code 78, a line each and no traceback; what is away is waited for; good ones are served."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import httpx2
import pytest

from app.development.servers import Postgres, Valkey, free_port
from tests.databases import new_database
from tests.running_service import RunningService

PLACES = {"DATABASE_URL": "postgresql+asyncpg://u:hunter2@127.0.0.1/d", "REDIS_URL": "redis://:hunter2@127.0.0.1"}
PRODUCTION = PLACES | {
    "ENVIRONMENT": "production", "KEYCLOAK_URL": "https://k", "SIGNING_SECRET": "s" * 32, "TLS": "proxy", "TRUSTED_HOSTS": "a.example",
}  # fmt: skip
WRONG = {
    "DATABASE_URL": "mysql://u:hunter2@h/d",
    "REDIS_URL": "hunter2",
    "LOG_LEVEL": "LOUD",
    "ORIGINS": "null",
    "PORT": "x",
}
UNSAFE = {
    "origins": {"ORIGINS": "*"}, "http issuer": {"KEYCLOAK_URL": "http://k"}, "empty audience": {"TOKEN_AUDIENCE": ""},
    "default password": {"DATABASE_URL": "postgresql://u:changeme@h/d"}, "debug": {"DEBUG": "1"}, "documents": {"DOCUMENTS": "public"},
    "no TLS": {"TLS": "none"}, "all proxies": {"TRUSTED_PROXIES": "*"}, "memory broker": {"WORKERS": "2", "REDIS_URL": "memory://"},
    "limiter off": {"RATE_LIMIT_SCALE": "0"}, "hosts": {"TRUSTED_HOSTS": "*"},
}  # fmt: skip
COMMAND = [sys.executable, "-m", "app", "serve"]


def begun(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name not in PRODUCTION and name != "ENV"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*COMMAND, *arguments], env=kept | environment, text=True, **pipes)  # type: ignore[call-overload, no-any-return]  # mypy does not read **


def ended(process: subprocess.Popen[str], within_s: float = 60.0) -> tuple[int, list[str]]:
    """Exit code and lines of stderr; nothing else is printed, no traceback and no secret."""
    out, err = process.communicate(timeout=within_s)
    assert out == ""
    assert "Traceback" not in err
    assert "hunter2" not in err
    return process.returncode, err.splitlines()


def development(database_url: str, redis_url: str, **settings: str) -> dict[str, str]:
    return {
        "ENVIRONMENT": "development", "DATABASE_URL": database_url, "REDIS_URL": redis_url, "PORT": "0",
        "KEYCLOAK_URL": "http://127.0.0.1:9", "SIGNING_SECRET": "a test's own secret of enough characters",
    } | settings  # fmt: skip


def test_all_that_is_wrong_or_missing_is_named_at_once() -> None:
    bare, wrong = begun({}), begun(PRODUCTION | WRONG)
    code, lines = ended(bare)
    assert code == 78
    assert {line.partition(":")[0] for line in lines} == set(PRODUCTION) - {"ENVIRONMENT"}
    code, lines = ended(wrong)
    assert (code, {line.partition(":")[0] for line in lines}) == (78, set(WRONG))


@pytest.mark.survives("L07", "D33")
def test_each_unsafe_value_is_one_line_and_exit_code_78() -> None:
    """L07: production is started with each unsafe value in turn. It ends with exit code 78 and one line that names it; nothing is
    served, and no secret is repeated. (Pools beyond PostgreSQL's limit, and a secret on the command line, have tests of their own.)"""
    for name, unsafe in UNSAFE.items():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        code, lines = ended(begun(PRODUCTION | unsafe))
        assert (name, code, len(lines)) == (name, 78, 1)
        assert lines[0].partition(":")[0] in unsafe
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2, "of the 3 s that it may take"


@pytest.mark.survives("L07")
def test_a_secret_on_the_command_line_is_one_line_and_exit_code_78() -> None:
    """L07: a URL with its password is among the arguments. The node does not start, and does not repeat it."""
    code, lines = ended(begun(PRODUCTION, "--database-url=postgresql://u:hunter2@h/d"))
    assert (code, len(lines)) == (78, 1)
    assert lines[0].startswith("argument 2: has a secret")


@pytest.mark.survives("L07", "D21")
def test_pools_beyond_the_server_s_connections_are_refused_and_told_where_only_all_nodes_are_too_many(
    migrated: str, valkey: Valkey
) -> None:
    """L07, D21: one node asks for more connections than PostgreSQL has. It ends with exit code 78 and one line with the sum; where
    only all nodes together ask for too many, it says so and serves."""
    one = development(migrated, valkey.url, WORKERS="4", DATABASE_CONNECTIONS="60")
    code, lines = ended(begun(one))
    assert (code, len(lines)) == (78, 1)
    assert "1 x 4 workers x (60 + 2) connections are 248, and PostgreSQL has 197" in lines[0]
    many = development(migrated, valkey.url, DATABASE_NODES="30", DATABASE_CONNECTIONS="8", START_WAIT_S="1")
    process = begun(many)
    _, err = process.communicate(timeout=60)
    assert "are 300, and PostgreSQL has 197, too few for all nodes at once" in err
    assert process.returncode == 69, "the issuer is away"


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
    code, lines = ended(begun(development(url, valkey.url)))
    assert (code, len(lines)) == (78, 1)
    assert lines[0].startswith(f"DATABASE_URL: {told}")


async def at_step(url: str, step: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    await connection.execute("INSERT INTO alembic_version VALUES ($1)", step)
    await connection.close()


def test_a_database_that_is_not_there_on_a_server_that_is_ends_with_78(postgres: Postgres, valkey: Valkey) -> None:
    url = f"{postgres.url.rpartition('/')[0]}/nobody_made_it"
    code, lines = ended(begun(development(url, valkey.url)))
    assert (code, len(lines)) == (78, 1)
    assert 'refuses us: database "nobody_made_it" does not exist' in lines[0]


def test_a_wrong_password_of_redis_is_one_line_and_exit_code_78(migrated: str, valkey: Valkey) -> None:
    url = valkey.url.replace("redis://", "redis://nobody:hunter2@")
    code, lines = ended(begun(development(migrated, url)))
    assert (code, len(lines)) == (78, 1)
    assert lines[0].startswith("REDIS_URL: redis://127.0.0.1:")
    assert "refuses us: " in lines[0]


@pytest.mark.survives("L07")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_away_is_waited_for_said_and_then_given_up(valkey: Valkey, workers: str) -> None:
    """L07: PostgreSQL and the issuer are away when a node starts, of one worker or two. It is alive and not ready, says every few
    seconds for what it waits, and ends with exit code 69 after START_WAIT_S, with one line."""
    port = free_port()
    away = development(
        f"postgresql://u:hunter2@127.0.0.1:{free_port()}/d",
        valkey.url,
        PORT=str(port),
        WORKERS=workers,
        START_WAIT_S="12",
    )
    process = begun(away | {"LOG_FORMAT": "json"})
    assert eventually(f"http://127.0.0.1:{port}/livez") == 204
    assert httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 503
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, "hunter2" in out) == (69, False)
    assert len([line for line in out.splitlines() if "start.waits" in line and "postgresql://127.0.0.1" in line]) >= 1
    assert len([line for line in out.splitlines() if "start.gives_up" in line]) == 1


def eventually(url: str, within_s: float = 60.0) -> int:
    """The status of the first answer."""
    until = time.monotonic() + within_s
    while True:
        try:
            return httpx2.get(url, trust_env=False).status_code
        except httpx2.TransportError:
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.mark.survives("L07")
async def test_a_node_whose_dependencies_come_late_is_ready_soon_after(
    postgres: Postgres, valkey: Valkey, service: RunningService, tmp_path: Path
) -> None:
    """L07: PostgreSQL, Redis and the issuer are away for 8 s when a node starts. It answers `/livez` meanwhile, `/readyz` with 503,
    and is ready within 3 s of their return (12 s where others use the machine)."""
    gates = [await Gate.before(port) for port in (postgres.port, valkey.port, service.issuer.port)]
    database, redis, issuer = (f"127.0.0.1:{gate.port}" for gate in gates)
    port = free_port()
    url = service.environment["DATABASE_URL"].replace(f"127.0.0.1:{postgres.port}", database)
    process = begun(
        development(url, f"redis://{redis}", PORT=str(port), KEYCLOAK_URL=f"http://{issuer}", LOG_FORMAT="json")
    )
    try:
        assert await asyncio.to_thread(eventually, f"http://127.0.0.1:{port}/livez") == 204
        await asyncio.sleep(8)
        assert await asyncio.to_thread(eventually, f"http://127.0.0.1:{port}/readyz") == 503
        for gate in gates:
            await gate.open()
        opened = time.monotonic()
        while await asyncio.to_thread(eventually, f"http://127.0.0.1:{port}/readyz") != 204:
            assert time.monotonic() - opened < 12
            await asyncio.sleep(0.1)
    finally:
        process.terminate()
        await asyncio.to_thread(process.communicate, timeout=30)
        for gate in gates:
            await gate.close()


class Gate:
    """A port that nobody answers until it is opened; then it leads to a server's."""

    def __init__(self, port: int, behind: int) -> None:
        self.port = port
        self._behind = behind
        self._server: asyncio.Server | None = None

    @classmethod
    async def before(cls, behind: int) -> Gate:
        return cls(free_port(), behind)

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", self._behind)
        await asyncio.gather(_copy(reader, outer), _copy(inner, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


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
        code, lines = ended(begun(development(migrated, valkey.url, PORT=port, WORKERS=workers)))
    assert code == 71
    assert lines == [f"HOST, PORT: cannot listen on 127.0.0.1:{port}: Address already in use"]

"""The service as the benchmark runs it: with servers of its own, on the first core, PostgreSQL, Valkey and the load on the last one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from app.development.servers import embedded_postgres, embedded_valkey
from tests.running_service import RunningService

ROWS = 1000
UNLIMITED = "1000000"
"""`RATE_LIMIT_SCALE`: no call of the loads is refused."""


@dataclass(frozen=True)
class Bench:
    """`url` is the database's; `folder` is gone after the bench. What is compared with the service belongs onto its core."""

    folder: Path
    service: RunningService
    url: str
    core: int


@contextmanager
def bench() -> Iterator[Bench]:
    """One worker. The process that calls is put onto the last core, too."""
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="stele-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with (
            embedded_postgres(folder / "postgres") as postgres,
            embedded_valkey(folder / "valkey") as valkey,
            RunningService(folder / "service", postgres.url, valkey.url, RATE_LIMIT_SCALE=UNLIMITED) as service,
        ):
            os.sched_setaffinity(service.process.pid, cores[:1])
            for pid in (os.getpid(), postgres.pid, valkey.pid):
                os.sched_setaffinity(pid, cores[-1:])
            yield Bench(folder, service, postgres.url, cores[0])


async def seed(url: str) -> None:
    """So many artists and no other, whatever was there."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("TRUNCATE artist")
    await connection.execute(
        f"INSERT INTO artist (name) SELECT 'Artist number ' || n FROM generate_series(1, {ROWS}) n"
    )
    await connection.execute("ANALYZE artist")
    await connection.close()

"""`make bench`: the service and the reference programs on one core, the load on the other, in one run, as ratios.

Bounded: cells of two seconds, three rounds. Prints a table and writes `bench.json`. Absolute figures move with the machine.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import sys
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import uvloop

from app.development.launcher import Child
from app.development.servers import answers, embedded_postgres, embedded_valkey, free_port
from generated.proto import authors_pb2, envelope_pb2
from tests.load.client import Connection, HttpConnection, Next, SocketConnection, drive, frame, upgrade
from tests.running_service import RunningService

ROOT = Path(__file__).parents[2]
ROWS, ROUNDS, SECONDS = 1000, 3, 2.0
TICKS = os.sysconf("SC_CLK_TCK")


class Reference(Child):
    def __init__(self, folder: Path, database_url: str) -> None:
        port = free_port()
        super().__init__(
            folder, "tests.load.reference", (), {**os.environ, "DATABASE_URL": database_url, "PORT": str(port)}
        )
        self.port = port

    def is_ready(self) -> bool:
        return answers(self.port)


@dataclass
class Cell:
    """One load on one program."""

    name: str
    pid: int
    port: int
    kind: type[Connection]
    make: Callable[[], Next]
    connections: int
    depth: int
    greeting: bytes = b""


@dataclass
class Figure:
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    failures: int


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def measure(cell: Cell) -> Figure:
    before = cpu_s(cell.pid)
    make = cell.make()
    tally, took = await drive(
        cell.kind,
        cell.port,
        make,
        connections=cell.connections,
        depth=cell.depth,
        seconds=SECONDS,
        greeting=cell.greeting,
    )
    # The warm-up costs as much per request as the rest: a quarter more time, a quarter more requests.
    spent = (cpu_s(cell.pid) - before) * took / (took + SECONDS / 4)
    ordered = sorted(tally.latencies) or [float("nan")]
    count = len(tally.latencies) or 1
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Figure(count / took, statistics.median(ordered) * 1000, p99 * 1000, spent / count * 1e6, tally.failures)


def get(path: str, token: str | None = None) -> Callable[[], Next]:
    credential = f"Authorization: Bearer {token}\r\n" if token else ""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{credential}\r\n".encode()
    return lambda: lambda _: request


def post(path: str, token: str | None = None) -> Callable[[], Next]:
    credential = f"Authorization: Bearer {token}\r\n" if token else ""

    def make() -> Next:
        run, numbers = uuid.uuid4().hex, itertools.count()

        def request(_: int) -> bytes:
            body = f'{{"name":"{run} {next(numbers)}"}}'
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{credential}Content-Type: application/json\r\n"
            return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()

        return request

    return make


def socket_page(*, binary: bool) -> Callable[[], Next]:
    ids = [str(uuid.UUID(int=number + 1)) for number in range(64)]
    if binary:
        data = authors_pb2.GetPaginatedAuthorsRequest(page=1, per_page=20).SerializeToString()
        frames = [
            frame(envelope_pb2.Request(pkg_id=2, req_id=one, data=data).SerializeToString(), binary=True) for one in ids
        ]
    else:
        texts = [f'{{"pkg_id":2,"req_id":"{one}","data":{{"page":1,"per_page":20}}}}' for one in ids]
        frames = [frame(text.encode(), binary=False) for text in texts]
    return lambda: lambda number: frames[number % 64]


def cells(service: RunningService, reference: Reference, token: str) -> list[Cell]:
    ours, theirs = service.process.pid, reference.pid
    port, other = int(service.url.rpartition(":")[2]), reference.port
    credential = {"Authorization": f"Bearer {token}"}
    greet = upgrade("/web", credential)
    greet_binary = upgrade("/web", credential | {"Sec-WebSocket-Protocol": "stele.v1.protobuf"})
    page = "/api/authors/paginated?page=1&per_page=20"
    echo = frame(b'{"echo":"echo"}', binary=False)
    return [
        Cell("HTTP page 64c", ours, port, HttpConnection, get(page, token), 64, 1),
        Cell("HTTP page 64c reference", theirs, other, HttpConnection, get("/page?page=1&per_page=20"), 64, 1),
        Cell("POST 64c", ours, port, HttpConnection, post("/api/authors", token), 64, 1),
        Cell("POST 64c reference", theirs, other, HttpConnection, post("/create"), 64, 1),
        Cell("WS page JSON 64s", ours, port, SocketConnection, socket_page(binary=False), 64, 1, greet),
        Cell(
            "WS page JSON 64s reference",
            theirs,
            other,
            SocketConnection,
            socket_page(binary=False),
            64,
            1,
            upgrade("/web", {}),
        ),
        Cell("WS page protobuf 64s", ours, port, SocketConnection, socket_page(binary=True), 64, 1, greet_binary),
        Cell("WS page JSON 1s 32 in flight", ours, port, SocketConnection, socket_page(binary=False), 1, 32, greet),
        Cell(
            "WS echo 64s reference",
            theirs,
            other,
            SocketConnection,
            lambda: lambda _: echo,
            64,
            1,
            upgrade("/echo", {}),
        ),
    ]


PAIRS = [
    ("HTTP page 64c", "HTTP page 64c reference", 1.10),
    ("POST 64c", "POST 64c reference", 0.40),
    ("WS page JSON 64s", "WS page JSON 64s reference", 0.50),
    ("WS page JSON 1s 32 in flight", "WS page JSON 64s reference", 0.45),
    ("WS page protobuf 64s", "WS page JSON 64s", 0.80),
    ("WS page JSON 64s", "WS echo 64s reference", None),
]


async def seed(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("TRUNCATE author")
    await connection.execute(
        f"INSERT INTO author (name) SELECT 'Author number ' || n FROM generate_series(1, {ROWS}) n"
    )
    await connection.execute("ANALYZE author")
    await connection.close()


async def run(service: RunningService, reference: Reference, database_url: str) -> dict[str, Figure]:
    token = await service.token("admin")
    found: dict[str, list[Figure]] = {}
    for _ in range(ROUNDS):
        for cell in cells(service, reference, token):
            await seed(database_url)
            found.setdefault(cell.name, []).append(await measure(cell))
    return {
        name: Figure(*(statistics.median(getattr(one, part) for one in figures) for part in Figure.__annotations__))
        for name, figures in found.items()
    }


def report(figures: dict[str, Figure]) -> str:
    lines = [f"{'load':32}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}{'failed':>8}"]
    for name, one in figures.items():
        lines.append(f"{name:32}{one.rate:9.0f}{one.p50_ms:9.2f}{one.p99_ms:9.2f}{one.cpu_us:9.1f}{one.failures:8.0f}")
    lines += ["", f"{'ratio':64}{'rate':>7}{'CPU':>7}{'target':>8}"]
    for ours, theirs, target in PAIRS:
        a, b = figures[ours], figures[theirs]
        wanted = f"{target:.2f}" if target else "-"
        lines.append(f"{ours + ' / ' + theirs:64}{a.rate / b.rate:7.2f}{b.cpu_us / a.cpu_us:7.2f}{wanted:>8}")
    return "\n".join(lines)


def main() -> int:
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="stele-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded_postgres(folder / "postgres") as postgres, embedded_valkey(folder / "valkey") as valkey:
            scale = {"RATE_LIMIT_SCALE": "1000000"}
            with RunningService(folder / "service", postgres.url, valkey.url, **scale) as service:
                reference = Reference(folder / "reference", postgres.url)
                reference.start()
                try:
                    for pid in (service.process.pid, reference.pid):
                        os.sched_setaffinity(pid, cores[:1])
                    for pid in (os.getpid(), postgres.pid, valkey.pid):
                        os.sched_setaffinity(pid, cores[-1:])
                    figures = uvloop.run(run(service, reference, postgres.url))
                finally:
                    reference.stop()
    print(report(figures))
    (ROOT / "bench.json").write_text(json.dumps({name: vars(one) for name, one in figures.items()}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The closed-loop loads: what is asked of which program, and the processor time that an answer costs it."""

from __future__ import annotations

import itertools
import statistics
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from generated.proto import artists_pb2, envelope_pb2
from tests.load.client import Connection, HttpConnection, Next, SocketConnection, drive, frame, upgrade
from tests.spent import cpu_s

SECONDS = 2.0
PAGE = "/api/artists/paginated?page=1&per_page=20"


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
    if tally.failures or not tally.latencies:
        raise RuntimeError(f"{cell.name}: {tally.failures} failures, {len(tally.latencies)} answers")
    ordered, count = sorted(tally.latencies), len(tally.latencies)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Figure(count / took, statistics.median(ordered) * 1000, p99 * 1000, spent / count * 1e6)


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
        data = artists_pb2.GetPaginatedArtistsRequest(page=1, per_page=20).SerializeToString()
        frames = [
            frame(envelope_pb2.Request(pkg_id=2, req_id=one, data=data).SerializeToString(), binary=True) for one in ids
        ]
    else:
        texts = [f'{{"pkg_id":2,"req_id":"{one}","data":{{"page":1,"per_page":20}}}}' for one in ids]
        frames = [frame(text.encode(), binary=False) for text in texts]
    return lambda: lambda number: frames[number % 64]


def cells(ours: int, port: int, theirs: int, other: int, token: str) -> list[Cell]:
    """`ours` and `theirs` are processes, `port` and `other` where they listen."""
    credential = {"Authorization": f"Bearer {token}"}
    greet = upgrade("/web", credential)
    greet_binary = upgrade("/web", credential | {"Sec-WebSocket-Protocol": "stele.v1.protobuf"})
    echo = frame(b'{"echo":"echo"}', binary=False)
    return [
        Cell("HTTP page 64c", ours, port, HttpConnection, get(PAGE, token), 64, 1),
        Cell("HTTP page 64c Starlette", theirs, other, HttpConnection, get("/page?page=1&per_page=20"), 64, 1),
        Cell("HTTP page 64c FastAPI", theirs, other, HttpConnection, get("/fastapi/page?page=1&per_page=20"), 64, 1),
        Cell("POST 64c", ours, port, HttpConnection, post("/api/artists", token), 64, 1),
        Cell("POST 64c Starlette", theirs, other, HttpConnection, post("/create"), 64, 1),
        Cell("POST 64c FastAPI", theirs, other, HttpConnection, post("/fastapi/create"), 64, 1),
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

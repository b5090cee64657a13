"""`make bench`: the compiler; then the service and the reference programs on one core, the load on the other, as ratios; then what an
event costs whom.

Bounded: some runs of the compiler, cells of two seconds, three rounds, then the sockets and the events. Prints the tables and writes
`bench.json` and `bench.svg`. Absolute figures move with the machine.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from app.development.launcher import Child
from app.development.servers import answers, free_port
from tests.load.bench import bench, seed
from tests.load.cells import PAGE, SECONDS, Figure, cells, measure
from tests.load.client import frame, upgrade
from tests.load.compiling import compilations
from tests.load.compiling import table as table_of_compilations
from tests.load.counting import Counted, counted
from tests.load.passing import measure as measure_passing
from tests.load.passing import table as table_of_passing
from tests.load.report import chart, ratios, table
from tests.load.sockets import Broadcast, count_connects, time_broadcasts, weigh_idle
from tests.running_service import RunningService

ROOT = Path(__file__).parents[2]
ROUNDS, SOCKETS, BROADCASTS = 3, 1000, 9
COUNTED = "HTTP page 64c"
"""The load of which it is said what its metrics cost."""


class Reference(Child):
    def __init__(self, folder: Path, database_url: str) -> None:
        port = free_port()
        super().__init__(
            folder, "tests.load.reference", (), {**os.environ, "DATABASE_URL": database_url, "PORT": str(port)}
        )
        self.port = port

    def is_ready(self) -> bool:
        return answers(self.port)


async def run_cells(service: RunningService, reference: Reference, token: str, url: str) -> dict[str, Figure]:
    found: dict[str, list[Figure]] = {}
    for _ in range(ROUNDS):
        for cell in cells(service.process.pid, service.port, reference.pid, reference.port, token):
            await seed(url)
            found.setdefault(cell.name, []).append(await measure(cell))
    return {
        name: Figure(*(statistics.median(getattr(one, part) for one in figures) for part in Figure.__annotations__))
        for name, figures in found.items()
    }


def create_frame(number: int) -> tuple[bytes, bytes]:
    """A mutation whose event is the broadcast. The reply to the speaker carries the mark too; it is not in the audience."""
    name = f"b{number} {uuid.uuid4().hex}"
    text = f'{{"pkg_id":3,"req_id":"{uuid.uuid4()}","data":{{"name":"{name}"}}}}'
    return frame(text.encode(), binary=False), name.encode()


def say_frame(number: int) -> tuple[bytes, bytes]:
    mark = uuid.uuid4().hex
    return frame(f'{{"said":"{number} {mark} {"-" * 200}"}}'.encode(), binary=False), mark.encode()


async def run_sockets(service: RunningService, reference: Reference, token: str) -> dict[str, tuple[float, float]]:
    """Ours and the bare program's, each measured in turn."""
    credential = {"Authorization": f"Bearer {token}"}
    ours, bare, room = upgrade("/web", credential), upgrade("/echo", {}), upgrade("/room", {})
    subscribe = frame(b'{"type":"subscribe","topics":["artists"]}', binary=False)
    measures: dict[str, tuple[Callable[[], Awaitable[float]], Callable[[], Awaitable[float]]]] = {
        "connects/s": (
            lambda: count_connects(service.port, ours, SECONDS),
            lambda: count_connects(reference.port, bare, SECONDS),
        ),
        "idle socket KiB": (
            lambda: weigh_idle(service.process.pid, service.port, ours, SOCKETS),
            lambda: weigh_idle(reference.pid, reference.port, bare, SOCKETS),
        ),
    }
    rounds = []
    for _ in range(ROUNDS):
        found = {name: (await mine(), await theirs()) for name, (mine, theirs) in measures.items()}
        told = await broadcast(service.port, ours, subscribe, create_frame)
        said = await broadcast(reference.port, room, b"", say_frame)
        found["broadcast to 1,000 ms"] = told.whole_ms, said.whole_ms
        found["its pushes alone ms"] = told.pushes_ms, said.pushes_ms
        rounds.append(found)
    return {
        name: (_typical(name, [one[name][0] for one in rounds]), _typical(name, [one[name][1] for one in rounds]))
        for name in rounds[0]
    }


def _typical(name: str, values: list[float]) -> float:
    """Memory is taken once and used again, so that only the largest says what a socket weighs."""
    return max(values) if name == "idle socket KiB" else statistics.median(values)


async def broadcast(
    port: int, greeting: bytes, subscribe: bytes, speak: Callable[[int], tuple[bytes, bytes]]
) -> Broadcast:
    taken = await time_broadcasts(port, greeting, SOCKETS, BROADCASTS, subscribe, speak)
    return Broadcast(*(statistics.median(part) for part in zip(*taken, strict=True)))


async def run(
    service: RunningService, reference: Reference, url: str
) -> tuple[dict[str, Figure], dict[str, tuple[float, float]], Counted]:
    token = await service.token("admin")
    sockets = await run_sockets(service, reference, token)
    figures = await run_cells(service, reference, token, url)
    return figures, sockets, await counted(service.url, PAGE, token)


def main() -> int:
    compiled = compilations()
    print(table_of_compilations(compiled), end="\n\n", flush=True)
    with bench() as ours:
        reference = Reference(ours.folder / "reference", ours.url)
        reference.start()
        os.sched_setaffinity(reference.pid, [ours.core])
        try:
            figures, sockets, metrics = uvloop.run(run(ours.service, reference, ours.url))
        finally:
            reference.stop()
    found = ratios(figures, sockets)
    print(table(figures, sockets, found))
    print(f"\n{metrics.line(COUNTED, figures[COUNTED].cpu_us)}\n", flush=True)
    passed = measure_passing()
    print(table_of_passing(passed))
    report = {
        "compiler": [vars(one) for one in compiled],
        "loads": {name: vars(one) for name, one in figures.items()},
        "ratios": [vars(one) for one in found],
        "events": passed,
        "metrics": vars(metrics),
    }
    (ROOT / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
    (ROOT / "bench.svg").write_text(chart(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

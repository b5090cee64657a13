"""`make profile`: what the benchmark asks of the service, and where a worker spends its time meanwhile, as a flame graph.

py-spy reads the worker's stacks from outside, 100 times a second, by ptrace: the worker runs as in production.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import uvloop

from app.exit_codes import FAILED, OK
from tests.load.bench import bench, seed
from tests.load.cells import cells, measure
from tests.running_service import RunningService

RECORDER = Path(sys.executable).with_name("py-spy")
HINT = (
    "py-spy has to be allowed to read another process: as root, or by `sysctl kernel.yama.ptrace_scope=0`, "
    "in a container by --cap-add SYS_PTRACE"
)


class NotRecorded(Exception):
    """py-spy did not write the file; says why, and what to do."""


async def record(service: RunningService, url: str, seconds: int, into: Path) -> None:
    """Writes a flame graph of a worker under the benchmark's loads, one after the other. `url` is the database's, whose artists are replaced.
    Raises NotRecorded."""
    token = await service.token("admin")
    into.parent.mkdir(parents=True, exist_ok=True)
    what = ("--function", "--pid", str(service.process.pid), "--duration", str(seconds), "--output", str(into))
    recorder = await asyncio.create_subprocess_exec(RECORDER, "record", *what, stdout=PIPE, stderr=STDOUT)
    loading = asyncio.create_task(_load(service, token, url))
    said, _ = await recorder.communicate()
    if not loading.cancel():
        await loading  # It has failed, and raises.
    await asyncio.wait({loading})
    if recorder.returncode:
        raise NotRecorded(f"{said.decode(errors='replace').strip()}\n{HINT}")


async def _load(service: RunningService, token: str, url: str) -> None:
    """Until it is cancelled."""
    process = service.process.pid
    every = cells(process, service.port, 0, 0, token)
    for cell in itertools.cycle([one for one in every if one.pid == process]):
        await seed(url)
        await measure(cell)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--into", type=Path, required=True, help="a folder")
    options = parser.parse_args()
    file = options.into / f"{time.strftime('%Y-%m-%dT%H-%M-%S')}.svg"
    with bench() as ours:
        try:
            uvloop.run(record(ours.service, ours.url, options.seconds, file))
        except NotRecorded as error:
            print(error, file=sys.stderr)
            return FAILED
    print(f"{file}: open it in a browser; a click opens a function, Ctrl+F finds one")
    return OK


if __name__ == "__main__":
    sys.exit(main())

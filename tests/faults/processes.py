"""What is done to the processes of a test: stopped and continued, ended and started again. Each fault ends with its block."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from app.development.servers import Server


def family(pid: int) -> list[int]:
    """The process and everything that descends from it; PostgreSQL serves each connection in a child of its own."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def workers_of(pid: int) -> list[int]:
    """Of a node of several: its children, without the helper of the interpreter that multiprocessing starts."""
    lines = {member: Path(f"/proc/{member}/cmdline") for member in family(pid)[1:] if is_there(member)}
    return sorted(member for member, line in lines.items() if b"spawn_main" in _text(line))


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def is_there(pid: int) -> bool:
    """Neither gone nor waiting to be buried."""
    return _text(Path(f"/proc/{pid}/stat")).rpartition(b") ")[2][:1] not in (b"", b"Z")


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(") ")[2].split()[1])
    except (OSError, IndexError):
        return 0


@contextmanager
def paused(server: Server) -> Iterator[None]:
    """The server is silent, as on a frozen machine: connections are accepted by its kernel and nothing is answered. Who makes its
    processes is stopped first, so that none is made while they are looked for."""
    _signal([server.pid], signal.SIGSTOP)
    members = family(server.pid)
    _signal(members, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(members, signal.SIGCONT)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@asynccontextmanager
async def down(server: Server, how: signal.Signals) -> AsyncIterator[None]:
    """The server has ended by this signal (SIGQUIT is PostgreSQL's immediate shutdown); it answers again after the block."""
    os.kill(server.pid, how)
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        server.launch()
        await asyncio.to_thread(server.wait_ready)


def _look(pid: int) -> os.waitid_result | None:
    """Does not wait."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


async def end_of(pid: int, within_s: float) -> tuple[float, int | None]:
    """Seconds until our child ended and its exit code; None if it did not. The child is left to be reaped by its owner."""
    begun = time.monotonic()
    while (took := time.monotonic() - begun) < within_s:
        result = _look(pid)
        if result is not None:
            return took, result.si_status
        await asyncio.sleep(0.02)
    return took, None


def hears_interrupts() -> None:
    """Of a process to be: what a script starts in its background ignores ^C, and its children would, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)

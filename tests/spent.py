"""What a process of this machine holds and has spent, as Linux counts it: says nothing of how busy the machine is with others."""

from __future__ import annotations

import time
from pathlib import Path


def resident_kib(pid: int) -> int:
    """Memory that is in use (VmRSS of proc(5))."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def cpu_s(pid: int) -> float:
    """Of all its threads since its start, in seconds, by its own clock (clock_getcpuclockid(3)).

    What a process spends between a request and its answer is what its own work made the caller wait; a machine that stands
    still meanwhile is not in it, as it is in the time by the wall.
    """
    return time.clock_gettime(~pid << 3 | 2)

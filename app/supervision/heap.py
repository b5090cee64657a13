"""Memory that a worker has freed goes back to the system.

glibc keeps what lies between two pieces that are in use, until it is asked (malloc_trim(3)): after some bursts of large answers
a worker holds ten MiB and more that nobody uses. To be asked costs the worker some milliseconds, so it is asked where it is worth it.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
from collections.abc import Callable
from pathlib import Path

LOOK_S = 10.0
WORTH_BYTES = 8 << 20
"""So much more than after the last time, or than the least since."""
STATM = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Of this process, by proc(5)."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def trimmer() -> Callable[[int], int] | None:
    """None where the C library or the system is another one, which keeps its own house."""
    if not STATM.exists():
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found


class Heap:
    """`work` is to be supervised, where there is a `trimmer`."""

    def __init__(self, trim: Callable[[int], int], resident: Callable[[], int] = resident_bytes) -> None:
        self._trim = trim
        self._resident = resident
        self._least = resident()

    async def work(self) -> None:
        """For the life of the worker."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """What cannot be given back is asked for again only when there is as much more."""
        held = self._resident()
        if held - self._least >= WORTH_BYTES:
            self._trim(0)
            self._least = held = self._resident()
        self._least = min(self._least, held)

"""What a worker has freed goes back to the system: glibc keeps less of it (mallopt(3)).

By itself glibc takes a piece that is larger than a threshold from the system and gives it back when it is free, but raises the threshold to the
largest piece that was ever freed, up to 32 MiB; and each thread may have a heap of its own. After a burst of bodies and answers one small piece
that lives on then holds all that was free before it.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Of glibc's `malloc.h`."""
LARGE_BYTES = 65_536
"""Larger than what most calls bring and get. To set it at all keeps it there."""
HEAPS = 1
"""The threads beside the loop's write lines and look up names: they do not need heaps of their own."""


def give_back() -> None:
    """From now on. Does nothing where the C library has no such setting, as musl and macOS."""
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(M_ARENA_MAX, HEAPS)

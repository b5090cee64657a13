"""What a worker freed goes back to the system, and it is not asked for in vain again and again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.supervision.heap import WORTH_BYTES, Heap, trimmer

MIB = 1 << 20
HOLES = """
from app.supervision.heap import Heap, resident_bytes, trimmer
heap = Heap(trimmer())
kept = [bytes(2000) for _ in range(40_000)]
kept = kept[::16]
held = resident_bytes()
heap.look()
print(held - resident_bytes())
"""
"""80 MB between small pieces that stay."""


@pytest.mark.skipif(trimmer() is None, reason="the C library is not glibc")
def test_what_lies_free_between_pieces_in_use_goes_back() -> None:
    ended = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True, timeout=60)
    assert int(ended.stdout) > 40 * MIB


class Process:
    """Holds what it is told; whoever asks it to give back gets so much of it."""

    def __init__(self, held: int) -> None:
        self.held, self.gives, self.asked = held, 0, 0

    def resident(self) -> int:
        return self.held

    def trim(self, pad: int) -> int:
        assert pad == 0
        self.asked += 1
        self.held -= self.gives
        return 1


def test_it_is_asked_for_where_it_is_worth_it_and_not_again_for_what_cannot_go() -> None:
    process = Process(100 * MIB)
    heap = Heap(process.trim, process.resident)
    process.held += WORTH_BYTES - 1
    heap.look()
    assert process.asked == 0
    process.held += 1
    heap.look()
    heap.look()
    assert process.asked == 1, "it gave nothing, and is asked when there is as much more"
    process.held += WORTH_BYTES
    process.gives = 4 * MIB
    heap.look()
    assert (process.asked, process.held) == (2, 112 * MIB)


def test_more_is_counted_from_the_least_that_it_held() -> None:
    process = Process(100 * MIB)
    heap = Heap(process.trim, process.resident)
    process.held = 90 * MIB
    heap.look()
    process.held += WORTH_BYTES
    heap.look()
    assert process.asked == 1

"""What a burst has taken is the system's again when it is over, whatever small thing of it lives on."""

from __future__ import annotations

import subprocess
import sys

import pytest

BURST = """
import sys
from tests.spent import resident_kib
if sys.argv[1] == "as the service":
    from app.serving.memory import give_back
    give_back()
import os
bytearray(8 << 20)  # Freed at once, as the body of one call.
before = resident_kib(os.getpid())
burst, small = [], []
for _ in range(64):
    burst.append(bytearray(512 << 10))
    small.append(bytearray(4 << 10))
del burst
print(resident_kib(os.getpid()) - before)
"""


def kept_kib(how: str) -> int:
    ended = subprocess.run([sys.executable, "-c", BURST, how], capture_output=True, text=True, check=True, timeout=60)
    return int(ended.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have another allocator")
def test_memory_of_a_burst_goes_back_though_small_pieces_between_live_on() -> None:
    """A burst takes 32 MiB in large pieces, after one of 8 MiB was freed; something small is kept for each. A process keeps all of it by itself,
    and with the worker's settings next to nothing."""
    assert kept_kib("as the service") < 2048
    assert kept_kib("as it is") > 16_384, "the allocator does so by itself now: the setting can go"

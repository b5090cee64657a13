"""`python -m tests.faults.flood PORT TOKEN SECONDS FRAME`: one socket that sends the frame as fast as it is taken, and reads.

A process of its own, so that what it costs is not taken from whoever measures. Prints how many bytes the service took.
"""

from __future__ import annotations

import select
import socket
import sys
import time
from contextlib import suppress

from tests.load.client import frame, upgrade


def flood(port: int, token: str, seconds: float, text: str) -> int:
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(upgrade("/web", {"Authorization": f"Bearer {token}"}))
    if b" 101 " not in line.recv(4096):
        return 0
    line.setblocking(False)
    chunk, at, taken = frame(text.encode(), binary=False) * 1500, 0, 0
    ends_at = time.monotonic() + seconds
    with suppress(ConnectionError):
        while time.monotonic() < ends_at:
            readable, writable, _ = select.select([line], [line], [], 0.1)
            if readable and not line.recv(1 << 18):
                break
            if writable:
                with suppress(BlockingIOError):
                    sent = line.send(chunk[at:])
                    at, taken = (at + sent) % len(chunk), taken + sent
    return taken


if __name__ == "__main__":
    print(flood(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]))

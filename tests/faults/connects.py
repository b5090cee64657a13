"""`python -m tests.faults.connects PORT SECONDS RATE`: so many new connections a second from one address, each with a request for
`/livez` whose answer ends it.

A process of its own, so that what it costs is not taken from whoever measures. Prints how many were asked for, answered and refused.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
import time
from contextlib import suppress

from tests.faults.abuses import SOURCE

REQUEST = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
IP_BIND_ADDRESS_NO_PORT = (
    24  # Of linux/in.h: the port is chosen when it connects, so that it need not be free for all peers.
)
MAX_OPEN, STEP, NICE = 12_000, 200, 5


class Connects:
    def __init__(self, port: int) -> None:
        self._port = port
        self._poll = select.epoll()
        self._open: dict[int, socket.socket] = {}
        self.asked = self.served = self.refused = 0

    def run(self, seconds: float, rate: float) -> None:
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < seconds:
            for _ in range(min(int(passed * rate) - self.asked, STEP)):
                self.asked += 1
                if len(self._open) < MAX_OPEN:
                    self._begin()
            for number, what in self._poll.poll(0.001):
                self._go_on(number, what)

    def _begin(self) -> None:
        """It ends by a reset, so that no port waits for a minute."""
        one = socket.socket()
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        one.bind((SOURCE, 0))
        one.connect_ex(("127.0.0.1", self._port))
        self._open[one.fileno()] = one
        self._poll.register(one.fileno(), select.EPOLLOUT)

    def _go_on(self, number: int, what: int) -> None:
        one, answer = self._open[number], b""
        with suppress(OSError):
            if what & select.EPOLLOUT:
                one.send(REQUEST)
                self._poll.modify(number, select.EPOLLIN)
                return
            answer = one.recv(4096)
        self.served += answer[9:12] == b"204"
        self.refused += answer[9:12] != b"204"
        self._poll.unregister(number)
        self._open.pop(number).close()


if __name__ == "__main__":
    os.nice(NICE)
    connects = Connects(int(sys.argv[1]))
    connects.run(float(sys.argv[2]), float(sys.argv[3]))
    print(connects.asked, connects.served, connects.refused)

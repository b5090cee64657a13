"""`/livez`, or another probe, asked ten times a second from a thread and over new connections, so that no test's own work slows it down (INV7)."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType
from typing import Self

PERIOD_S = 0.1
TIMEOUT_S = 5.0
SOURCE = "127.0.0.9"
"""An address of its own: what strangers spend is not spent here."""
REQUEST = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


class Pulse:
    """`missed` says what came instead of an answer of 2xx; a beat that waits is followed by the next at once.

    `lags` is how much later than asked this thread woke between beats: what the machine adds, whatever is measured.
    """

    def __init__(self, port: int, path: str = "/livez") -> None:
        self._port = port
        self._request = REQUEST.format(path=path).encode()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self.beats: list[float] = []
        self.lags: list[float] = []
        self.missed: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(2 * TIMEOUT_S)

    def percentile_s(self, share: float) -> float:
        return _percentile(self.beats, share)

    def lag_s(self, share: float) -> float:
        return _percentile(self.lags, share)

    def _beat(self) -> None:
        while not self._stop.is_set():
            begun = time.monotonic()
            answer = self._ask()
            took = time.monotonic() - begun
            if answer[9:10] != "2":
                self.missed.append(f"{answer[:40]} after {took:.1f} s")
            self.beats.append(took)
            pause_s = max(0.001, PERIOD_S - took)
            self._stop.wait(pause_s)
            self.lags.append(max(0.0, time.monotonic() - begun - took - pause_s))

    def _ask(self) -> str:
        """The answer, or what is wrong."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), TIMEOUT_S, (SOURCE, 0)) as one:
                one.sendall(self._request)
                return one.recv(4096).decode(errors="replace")
        except OSError as error:
            return f"- {error!r}"


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0

"""Writes log lines from a thread of its own, so that nothing but that thread ever waits for a pipe or a disk (D28).

Promises: to log never blocks; at most 10,000 lines or 8 MiB wait, what is beyond is dropped and counted, and a line says how
many once the reader is back; at exit the waiting lines get one second. A line is whole or not there at all.
"""

from __future__ import annotations

import logging
import os
import select
import threading
import time
from collections import deque

CAPACITY = 10_000
"""Lines that wait; the next ones are dropped and counted."""
MAX_BYTES = 8 << 20
FLUSH_S = 1.0
"""How long the end of the process waits for a reader."""
PAUSE_S = 0.1
REPORT_S = 1.0
"""At most so often a line says how many are missing."""


class LogWriter(logging.Handler):
    """The handler of the root logger; any thread may log. `fd` is written as it is, never closed; `dropped` counts
    lines since the start. The thread begins with the first line, and again in a forked child."""

    def __init__(self, fd: int, *, capacity: int = CAPACITY, max_bytes: int = MAX_BYTES) -> None:
        super().__init__()
        self._fd = fd
        self._capacity = capacity
        self._max_bytes = max_bytes
        self.dropped = 0
        self._reported = 0
        self._reported_at = 0.0
        self._is_torn = False
        self._begin()

    def _begin(self) -> None:
        """Nothing waits and nobody writes: so it is at first, and in a forked child, which has no thread of its parent's."""
        self._pid = os.getpid()
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._changed = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        """Formats here, where the context of the line is; a line that cannot be formatted is a dropped one."""
        if self._pid != os.getpid():
            self._begin()
        if len(self._lines) >= self._capacity or self._bytes >= self._max_bytes:
            self._drop()
            return
        try:
            line = self._line(record)
        except Exception:  # It has nowhere to be told: its line is the one that fails.
            self._drop()
            return
        with self._changed:
            self._lines.append(line)
            self._bytes += len(line)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="log-writer", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self) -> None:
        """Waits until all lines are written, for at most a second. Not for the event loop; a server that ends by a signal runs no exit handlers."""
        with self._changed:
            self._changed.wait_for(lambda: not self._lines, FLUSH_S)

    def close(self) -> None:
        """The thread ends when it has written what still waits."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        super().close()

    def _line(self, record: logging.LogRecord) -> bytes:
        return self.format(record).encode("utf-8", "backslashreplace") + b"\n"

    def _drop(self) -> None:
        with self._changed:
            self.dropped += 1

    def _work(self) -> None:
        """A line leaves the queue when it is written, so that an empty queue means that all are."""
        while (line := self._next()) is not None:
            if self._write(line):
                self._report()
            else:
                self._drop()
            with self._changed:
                self._lines.popleft()
                self._bytes -= len(line)
                self._changed.notify_all()

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._is_closed)
            return self._lines[0] if self._lines else None

    def _write(self, line: bytes) -> bool:
        """Waits as long as the reader does. False where the system refuses: a full disk, a pipe without a reader."""
        left = memoryview(b"\n" + line if self._is_torn else line)
        whole = len(left)
        while left:
            try:
                left = left[os.write(self._fd, left) :]
            except BlockingIOError:
                select.select((), (self._fd,), (), PAUSE_S)
            except OSError:
                self._is_torn = self._is_torn or len(left) < whole
                time.sleep(PAUSE_S)
                return False
        self._is_torn = False
        return True

    def _report(self) -> None:
        """Says how many lines are missing, in the log itself; at most once a second."""
        count, now = self.dropped - self._reported, time.monotonic()
        if not count or now - self._reported_at < REPORT_S:
            return
        fields = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": "log.lines_dropped"}
        if self._write(self._line(logging.makeLogRecord(fields | {"count": count}))):
            self._reported += count
            self._reported_at = now

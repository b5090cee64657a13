"""One worker: the server with the guard's loop and protocols, in this process, until a signal ends it.

Promises: SIGTERM and SIGINT end it with exit code 0 once what is in flight is answered (ACCEPTANCE D26); while it serves its loop
gives a beat each second; once nobody is there to take the beats, it ends as for SIGTERM.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

import uvicorn
from typing_extensions import override

from app.exit_codes import OK, UNAVAILABLE
from app.guard.http_protocol import GuardedHttp
from app.guard.websocket_protocol import GuardedWebSocket
from app.serving.lines import AnsweringEnd, WorkerEnd
from app.serving.start import Start

MAX_FRAME_BYTES = 65_536
"""Of a socket's message (D13); more is closed with 1009."""
DRAIN_S = 10
"""For requests in flight when SIGTERM comes; then they are cancelled and answered `unavailable` (D26)."""
BACKLOG = 8192
"""Connections that wait in the kernel, where its `somaxconn` allows: they are taken or turned away within a quarter of a second,
and who finds no place there tries again after a whole one (RFC 6298)."""
OPTIONS: dict[str, Any] = {
    "factory": True,
    "loop": "app.guard.listener:GuardedLoop",
    "http": GuardedHttp,
    "ws": GuardedWebSocket,
    "ws_max_size": MAX_FRAME_BYTES,
    "ws_per_message_deflate": False,
    "ws_ping_interval": 20,
    "ws_ping_timeout": 20,
    "access_log": False,
    "log_config": None,
    "proxy_headers": False,
    "server_header": False,
    "backlog": BACKLOG,
    "timeout_graceful_shutdown": DRAIN_S,
    "lifespan": "on",
}
ENDING = (signal.SIGTERM, signal.SIGINT)
YOUNG = 5000
"""Objects more than before that make the collector look for cycles among the young ones; Python's 700 lets a request in flight
grow old, and what is old is looked at with everything that lives."""
BEAT, READY_BEAT = b".", b"!"
"""The second of a worker that was ready once."""
BEAT_TICKS = 10
"""uvicorn's main loop ticks ten times a second."""


def work(
    application: str,
    changes: dict[str, Any],
    listening: list[socket.socket],
    beats: Connection | None,
    start_wait_s: float | None = None,
    line: WorkerEnd | Connection | None = None,
) -> None:
    """Serves what the named factory makes, on sockets that are bound. `changes` are uvicorn's options; `beats` takes a byte each
    second; who asks at the other end of `line` is answered. Ends the process, with 69 where it was not ready within `start_wait_s`;
    SystemExit, or what the application raises, where it cannot begin."""
    for number in ENDING:
        signal.signal(number, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    if beats is not None:
        os.set_blocking(beats.fileno(), False)
    worker = Worker(uvicorn.Config(application, **OPTIONS | changes), beats, Start(start_wait_s), line)
    worker.run(listening)
    os._exit(worker.exit_code)


class Worker(uvicorn.Server):
    """uvicorn's server, which tells that it lives by what a frozen one cannot do: turn its loop."""

    def __init__(
        self,
        config: uvicorn.Config,
        beats: Connection | None,
        start: Start,
        line: WorkerEnd | Connection | None = None,
    ) -> None:
        super().__init__(config)
        self._line = AnsweringEnd(line) if isinstance(line, Connection) else line
        self._beats = beats
        self._start = start
        self.exit_code = OK

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """What is made by now lives as long as the worker: the collector need not look at it again, 0.1 s each time."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
        inspector = getattr(self.config.loaded_app, "inspector", None)
        if self._line is not None and inspector is not None:
            self._line.attach(asyncio.get_running_loop(), inspector.answer)

    @override
    async def on_tick(self, counter: int) -> bool:
        if counter % BEAT_TICKS == 0:
            was_ready = self._look()
            if self._beats is not None:
                self._beat(self._beats, READY_BEAT if was_ready else BEAT)
        return await super().on_tick(counter)

    def _look(self) -> bool:
        """Whether the application was ready once; one that does not say counts so. Ends where there is no hope."""
        readiness = getattr(self.config.loaded_app, "readiness", None)
        if readiness is None:
            return True
        if not self._start.wait_on(was_ready=readiness.was_ready, reasons=readiness.reasons):
            self.exit_code, self.should_exit = UNAVAILABLE, True
        return bool(readiness.was_ready)

    def _beat(self, beats: Connection, beat: bytes) -> None:
        try:
            os.write(beats.fileno(), beat)
        except BlockingIOError:
            return  # The parent is held up, and finds the earlier ones.
        except OSError:
            self.should_exit = True  # The parent is gone, and nobody would end this worker.


def _end(number: int = 0, frame: FrameType | None = None) -> None:
    """What has to be written is written by now; what a thread still waits for must not hold up the end. uvicorn repeats the
    signal against itself when it has drained, which would read like a crash."""
    os._exit(0)

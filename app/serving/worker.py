"""One worker: the server with the guard's loop and protocols, in this process, until a signal ends it.

Promises: SIGTERM and SIGINT end it with exit code 0 once what is in flight is answered, see `draining` (ACCEPTANCE D26); where it is
alone a second one ends it at once; while it serves its loop gives a beat each second; once nobody is there to take the beats, it
ends as for SIGTERM.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import threading
import time
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, TypeVar

import structlog
import uvicorn
from typing_extensions import override

from app.exit_codes import OK, UNAVAILABLE
from app.guard.http_protocol import GuardedHttp
from app.guard.state import GuardedState
from app.guard.websocket_protocol import GuardedWebSocket
from app.serving.draining import Draining, Plan, State
from app.serving.lines import AnsweringEnd, WorkerEnd
from app.serving.memory import give_back
from app.serving.start import Start

MAX_FRAME_BYTES = 65_536
"""Of a socket's message (D13); more is closed with 1009."""
CUT_S = 1
"""For what is left after the drain to end by itself; then it is cancelled and answered `unavailable` (D26)."""
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
    "timeout_graceful_shutdown": CUT_S,
    "lifespan": "on",
}
ENDING = (signal.SIGTERM, signal.SIGINT)
REPLACED = signal.SIGHUP
"""What a parent says to a worker that another one has replaced: the node stays ready."""
TWICE_S = 0.3
"""Signals that come closer together are one: a terminal and `timeout` send theirs to the whole group, and parents send it on."""
SIGNALLED = 128
"""The exit code of what a signal has ended, less its number, as shells say it."""
YOUNG = 5000
"""Objects more than before that make the collector look for cycles among the young ones; Python's 700 lets a request in flight
grow old, and what is old is looked at with everything that lives."""
BEAT, READY_BEAT = b".", b"!"
"""The second of a worker that was ready once."""
BEAT_TICKS = 10
"""uvicorn's main loop ticks ten times a second."""
Protocol = TypeVar("Protocol", bound=asyncio.Protocol)
log = structlog.get_logger(__name__)


def work(
    application: str,
    changes: dict[str, Any],
    listening: list[socket.socket],
    plan: Plan,
    beats: Connection | None,
    start_wait_s: float | None = None,
    line: WorkerEnd | Connection | None = None,
) -> None:
    """Serves what the named factory makes, on sockets that are bound. `changes` are uvicorn's options; `plan` says how it ends; `beats`
    takes a byte each second; who asks at the other end of `line` is answered. Ends the process, with 69 where it was not ready within
    `start_wait_s`; SystemExit, or what the application raises, where it cannot begin."""
    give_back()
    for number in ENDING:
        signal.signal(number, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    config = uvicorn.Config(application, **OPTIONS | changes)
    worker = Worker(config, plan, beats, Start(start_wait_s), line)
    if beats is not None:
        os.set_blocking(beats.fileno(), False)
        signal.signal(REPLACED, worker.hear)
    worker.run(listening)
    os._exit(worker.exit_code)


class Worker(uvicorn.Server):
    """uvicorn's server, which tells that it lives by what a frozen one cannot do: turn its loop. It ends as `plan` says."""

    def __init__(
        self,
        config: uvicorn.Config,
        plan: Plan,
        beats: Connection | None,
        start: Start,
        line: WorkerEnd | Connection | None = None,
    ) -> None:
        super().__init__(config)
        self.server_state: GuardedState = GuardedState()
        self._line = AnsweringEnd(line) if isinstance(line, Connection) else line
        self._beats = beats
        self._start = start
        self._plan = plan
        self._draining = Draining(plan, self)
        self._told: int | None = None
        """The signal that came first."""
        self._told_at = 0.0
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
        if self._told is not None:
            self._drain(self._told)
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
            self.hear(signal.SIGTERM)  # The parent is gone, and nobody would end this worker.

    # The end

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.hear(sig)

    def hear(self, sig: int, frame: FrameType | None = None) -> None:
        """The drain begins with the next turn. Of a second signal a worker with a parent does nothing: the parent has heard it, too."""
        now = time.monotonic()
        if self._told is None:
            self._told, self._told_at = sig, now
        elif self._beats is None and now - self._told_at > TWICE_S:
            os._exit(SIGNALLED + sig)

    def _drain(self, told: int) -> None:
        if self._draining.state is State.SERVES:
            alarm = threading.Timer(self._plan.ends_within_s, self._cut)
            alarm.daemon = True
            alarm.start()
            self._draining.begin(is_expected=told != REPLACED and self._look())
        self.should_exit |= self._draining.turn()

    def _cut(self) -> None:
        """Something does not end, be it a thread; nobody has to wait for it."""
        log.error("worker.cut", within_s=self._plan.ends_within_s)
        os._exit(self.exit_code)

    def announce(self) -> None:
        readiness = getattr(self.config.loaded_app, "readiness", None)
        if readiness is not None:
            readiness.withdraw("it is about to end")

    def expect_end(self) -> None:
        self.server_state.is_ending = True
        for one in self._connections(GuardedHttp):
            one.expect_end()

    def take_nobody(self) -> None:
        for server in self.servers:
            server.close()
        for one in self._connections(GuardedHttp):
            one.shutdown()

    def dismiss(self, *, spread_s: float, most: int, is_over: bool) -> int:
        """An application without a `departure` has no frame for it: its sockets are closed at once."""
        departure = getattr(self.config.loaded_app, "departure", None)
        if departure is not None:
            return int(departure.step(spread_s=spread_s, most=most, is_over=is_over))
        sockets = self._connections(GuardedWebSocket)
        for one in sockets:
            one.shutdown()
        return len(sockets)

    @property
    def is_idle(self) -> bool:
        return not self.server_state.connections and not self.server_state.tasks

    def _connections(self, kind: type[Protocol]) -> list[Protocol]:
        return [one for one in self.server_state.connections if isinstance(one, kind)]


def _end(number: int = 0, frame: FrameType | None = None) -> None:
    """Before there is anything to finish, or after it."""
    os._exit(OK)

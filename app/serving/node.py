"""A node: its listening sockets, and one worker in this process or several in processes of their own.

Promises: SIGTERM and SIGINT end all workers, answers in flight are sent, and the exit code is 0 (ACCEPTANCE D26), unless a second one
ends them at once; a worker that dies or freezes is replaced, after a pause that doubles; SIGHUP replaces them one by one while
nobody is refused. Where none can begin, the node gives up instead of trying for ever.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Any

import structlog

from app.exit_codes import CONFIG, SOFTWARE, UNAVAILABLE
from app.serving.draining import Plan
from app.serving.lines import Line, Lines, LocalLine, RemoteLine
from app.serving.start import Start
from app.serving.worker import ENDING, READY_BEAT, REPLACED, SIGNALLED, TWICE_S, work
from app.supervision.supervisor import FIRST_PAUSE_S, MAX_PAUSE_S, STABLE_S

MAX_FAILURES = 5
"""Lives in a row of one place for a worker that ended before they served."""
START_S = 60.0
"""From the start of a worker's process to its first beat."""
FROZEN_S = 30.0
"""Without a beat; then it is killed and replaced."""
PATIENCE_S = 0.5
"""For a worker that was told to end, beyond the time after which it ends itself; then it is killed."""
TURN_S = 1.0

log = structlog.get_logger(__name__)


def serve(
    application: str,
    listening: list[socket.socket],
    *,
    plan: Plan,
    start_wait_s: float | None = None,
    begin_admin: Callable[[Lines], None] = lambda lines: None,
    **changes: Any,
) -> int:
    """Serves what the named factory makes on these sockets, see `bound`, until SIGTERM or SIGINT; `changes` are uvicorn's options.
    `plan` says by how many workers, and how they end. `begin_admin` is told once how to learn whom to ask. The exit code: 0, 69 where
    none was ready within `start_wait_s`, 78 and 70 where it cannot, 128 and its number after a second signal. One worker ends the
    process itself."""
    if plan.workers > 1:
        several = Workers(application, changes, listening, plan, start_wait_s)
        begin_admin(several.lines)
        return several.run()
    line = LocalLine()
    begin_admin(lambda: {os.getpid(): line})
    try:
        work(application, changes, listening, plan, None, start_wait_s, line)
    except SystemExit as error:
        return CONFIG if error.code == CONFIG else SOFTWARE
    return 0


class Child:
    """The process of one worker. It serves from its first beat on."""

    def __init__(self, application: str, changes: dict[str, Any], listening: list[socket.socket], plan: Plan) -> None:
        self.inbox, beats = connection.Pipe(duplex=False)
        os.set_blocking(self.inbox.fileno(), False)
        asking, answering = connection.Pipe()
        self.line = RemoteLine(asking)
        given = application, changes, listening, plan, beats, None, answering
        self.process: BaseProcess = get_context("spawn").Process(target=work, args=given)
        with _interrupts_held():
            self.process.start()
        beats.close()
        answering.close()
        self.begun = monotonic()
        self.serves = False
        self.was_ready = False
        self._silent_s = 0.0
        self._ends_within_s = plan.ends_within_s + PATIENCE_S
        self._ends_by: float | None = None

    @property
    def is_alive(self) -> bool:
        return self.process.exitcode is None

    def listen(self, passed_s: float) -> None:
        """Takes the beats of the time that has passed, at most one turn's, so that a machine that slept is no silence."""
        self._silent_s += min(passed_s, 2 * TURN_S)
        try:
            beats = os.read(self.inbox.fileno(), 4096)
        except BlockingIOError:
            return
        self.was_ready |= READY_BEAT in beats
        if beats:
            self.serves = True
            self._silent_s = 0.0

    @property
    def overdue(self) -> str | None:
        """What it has had too long for, if anything."""
        if self._ends_by is not None:
            return "end" if monotonic() > self._ends_by else None
        if self._silent_s <= (FROZEN_S if self.serves else START_S):
            return None
        return "beat" if self.serves else "begin"

    def leave(self, told: signal.Signals = signal.SIGTERM) -> None:
        """Ends what it has in flight. Who does not serve yet has nothing to finish."""
        if self._ends_by is None:
            self._ends_by = monotonic() + self._ends_within_s
            self._signal(told if self.serves else signal.SIGKILL)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.is_alive and self.process.pid is not None:
            os.kill(self.process.pid, number)

    def close(self) -> int | None:
        """Of one that has ended: its exit code, negative for the signal that ended it."""
        self.process.join()
        self.inbox.close()
        self.line.close()
        return self.process.exitcode


class Place:
    """Where one worker belongs: filled again when it falls empty, from `due_at` on."""

    def __init__(self) -> None:
        self.child: Child | None = None
        self.due_at = 0.0
        self.failures = 0
        """Lives in a row that ended before they served."""
        self._short_lives = 0

    def empty(self, *, had_served: bool, lived_s: float) -> float:
        """Seconds until it is due, doubled with each short life in a row."""
        self.child = None
        self.failures = 0 if had_served else self.failures + 1
        self._short_lives = 1 if lived_s >= STABLE_S else self._short_lives + 1
        pause_s = float(min(FIRST_PAUSE_S * 2 ** (self._short_lives - 1), MAX_PAUSE_S))
        self.due_at = monotonic() + pause_s
        return pause_s


class Workers:
    """`run` is called once, in the main thread. `leaving` have been replaced, or the node ends."""

    def __init__(
        self,
        application: str,
        changes: dict[str, Any],
        listening: list[socket.socket],
        plan: Plan,
        start_wait_s: float | None = None,
    ) -> None:
        self._start_up = Start(start_wait_s)
        self._given = (application, changes, listening, plan)
        self._listening = listening
        self._places = [Place() for _ in range(plan.workers)]
        self._leaving: list[Child] = []
        self._outdated: list[Place] = []
        self._successor: Child | None = None
        self._code: int | None = None
        """Of the end that is under way."""
        self._told_at = 0.0
        self._signals, self._heard = os.pipe()

    def run(self) -> int:
        """Until all have ended; the exit code. It comes with the end of the last one, not a turn later."""
        self._listen_to_signals()
        turned_at = monotonic()
        while True:
            now = monotonic()
            self._turn(now - turned_at)
            if self._code is not None and not self._leaving:
                return self._code
            turned_at = now
            self._rest()

    def _turn(self, passed_s: float) -> None:
        self._hear_signals()
        self._judge(passed_s)
        self._await_readiness()
        if self._code is None:
            self._fill()
            self._succeed()

    def _listen_to_signals(self) -> None:
        """Their numbers come through a pipe, where `_rest` waits for them with all else."""
        for end in (self._signals, self._heard):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._heard, warn_on_full_buffer=False)
        for number in (*ENDING, signal.SIGHUP):
            signal.signal(number, lambda number, frame: None)

    def _hear_signals(self) -> None:
        with suppress(BlockingIOError):
            for number in os.read(self._signals, 4096):
                if number in ENDING:
                    self._hear_end(number)
                elif number == signal.SIGHUP:
                    self._outdated = list(self._places)

    def _hear_end(self, number: int) -> None:
        """The second one ends all at once; what comes together is one."""
        if self._code is None:
            self._told_at = monotonic()
            self._end(0)
        elif monotonic() - self._told_at > TWICE_S:
            self._code = SIGNALLED + number
            for child in self._leaving:
                child.kill()

    @property
    def _children(self) -> list[Child]:
        found = [*(place.child for place in self._places), self._successor, *self._leaving]
        return [child for child in found if child is not None]

    def lines(self) -> dict[int, Line]:
        """Of those who serve, by process id; for any thread."""
        return {child.process.pid: child.line for child in self._children if child.serves and child.process.pid}

    def _rest(self) -> None:
        """Until a worker ends or begins to serve, a signal comes, or the turn is over."""
        due = [place.due_at - monotonic() for place in self._places if place.child is None and self._code is None]
        ends = [child.process.sentinel for child in self._children]
        begins = [child.inbox for child in self._children if not child.serves and child.is_alive]
        connection.wait([*ends, *begins, self._signals], max(0.0, min([TURN_S, *due])))

    def _end(self, code: int) -> None:
        """The workers say when nobody is taken any more. The first reason stands."""
        if self._code is not None:
            return
        self._code = code
        for one in self._listening:
            one.close()
        self._leaving, self._successor, self._outdated = self._children, None, []
        for place in self._places:
            place.child = None
        for child in self._leaving:
            child.leave()

    def _judge(self, passed_s: float) -> None:
        """Who has ended is buried, who is overdue is killed."""
        for child in self._children:
            child.listen(passed_s)
            if not child.is_alive:
                self._bury(child)
            elif (what := child.overdue) is not None:
                log.error("worker.killed", pid=child.process.pid, overdue=what)
                child.kill()

    def _await_readiness(self) -> None:
        """The workers say for what they wait."""
        was_ready = any(child.was_ready for child in self._children)
        if not any(child.serves for child in self._children):
            return
        if self._code is None and not self._start_up.wait_on(was_ready=was_ready, reasons={}):
            self._end(UNAVAILABLE)

    def _bury(self, child: Child) -> None:
        code = child.close()
        if child in self._leaving:
            self._leaving.remove(child)
            if child.serves and code:
                log.error("worker.ended_badly", pid=child.process.pid, exit_code=code)
                self._code = SOFTWARE if self._code == 0 else self._code
        elif child is self._successor:
            log.error("worker.not_replaced", exit_code=code)
            self._successor, self._outdated = None, []
        else:
            place = next(place for place in self._places if place.child is child)
            self._empty(place, code, had_served=child.serves, lived_s=monotonic() - child.begun)

    def _empty(self, place: Place, code: int | None, *, had_served: bool, lived_s: float) -> None:
        """Its worker has died. While others serve it is tried again, each 5 s in the end; where none does and none can
        begin, the node gives up."""
        pause_s = place.empty(had_served=had_served, lived_s=lived_s)
        log.error("worker.ended", exit_code=code, had_served=had_served, lived_s=round(lived_s, 1), again_in_s=pause_s)
        is_hopeless = not had_served and (code == CONFIG or place.failures >= MAX_FAILURES)
        if is_hopeless and not any(child.serves for child in self._children):
            log.critical("node.gives_up", reason="no worker can begin", lives=place.failures, exit_code=code)
            self._end(CONFIG if code == CONFIG else SOFTWARE)

    def _fill(self) -> None:
        for place in self._places:
            if place.child is None and place.due_at <= monotonic():
                place.child = self._start()
                if place.child is None:
                    self._empty(place, None, had_served=False, lived_s=0.0)
                    return

    def _start(self) -> Child | None:
        """None where no process, memory or descriptor is left."""
        try:
            return Child(*self._given)
        except OSError as error:
            log.error("worker.not_started", reason=str(error))
            return None

    def _succeed(self) -> None:
        """One by one: who is outdated leaves when his successor serves, and the next has one when he has left."""
        if self._successor is None:
            if self._outdated and not self._leaving:
                self._successor = self._start()
                self._outdated = self._outdated if self._successor else []
        elif self._successor.serves:
            place = self._outdated.pop(0)
            if place.child is not None:
                place.child.leave(REPLACED)
                self._leaving.append(place.child)
            place.child, self._successor = self._successor, None


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """^C comes to the whole group of a terminal. A worker takes it once it knows what to do; until then its parent ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

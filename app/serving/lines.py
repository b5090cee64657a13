"""How the process of a node asks its workers: a question goes in, the answer comes out within two seconds or not at all.

A worker answers on its loop, asked by a thread of its own that waits for the parent: a parent that stands still holds up nobody.
One worker alone lives in the node's process, and is asked there.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Protocol

import structlog

ANSWER_S = 2.0
MAX_QUESTION_BYTES = 256
Answer = Callable[[str], bytes]
log = structlog.stdlib.get_logger(__name__)


class Line(Protocol):
    """The end that asks."""

    def ask(self, question: str) -> bytes | None:
        """None where the worker does not answer in time, or is not there."""


Lines = Callable[[], Mapping[int, Line]]
"""Answers who is to be asked now, by process id."""


class WorkerEnd(Protocol):
    """The end that answers."""

    def attach(self, loop: asyncio.AbstractEventLoop, answer: Answer) -> None:
        """From now on questions are answered, on this loop."""


def on_loop(loop: asyncio.AbstractEventLoop, answer: Answer, question: str) -> bytes | None:
    """For other threads than the loop's."""

    async def answering() -> bytes:
        return answer(question)

    try:
        return asyncio.run_coroutine_threadsafe(answering(), loop).result(ANSWER_S)
    except TimeoutError:
        return None  # As of a worker that is frozen or away; who asks says that it does not answer.
    except Exception as error:  # The one who asks is not held up by a fault of the one who answers.
        log.warning("inspection.failed", question=question, error=repr(error))
        return None


class LocalLine:
    """Both ends, within one process."""

    def __init__(self) -> None:
        self._attached: tuple[asyncio.AbstractEventLoop, Answer] | None = None

    def attach(self, loop: asyncio.AbstractEventLoop, answer: Answer) -> None:
        """Before it, nobody answers."""
        self._attached = loop, answer

    def ask(self, question: str) -> bytes | None:
        return None if self._attached is None else on_loop(*self._attached, question)


class RemoteLine:
    """The parent's end. An answer that comes too late is known by its number, and passed over."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._number = 0

    def ask(self, question: str) -> bytes | None:
        with self._lock:
            self._number += 1
            number = b"%d" % self._number
            until = time.monotonic() + ANSWER_S
            with suppress(OSError, EOFError):
                self._connection.send_bytes(b"%b %b" % (number, question.encode()))
                while self._connection.poll(max(0.0, until - time.monotonic())):
                    answered, _, answer = self._connection.recv_bytes().partition(b" ")
                    if answered == number:
                        return answer or None
        return None

    def close(self) -> None:
        with self._lock:
            self._connection.close()


class AnsweringEnd:
    """A worker's end of a line to another process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def attach(self, loop: asyncio.AbstractEventLoop, answer: Answer) -> None:
        thread = threading.Thread(target=self._work, args=(loop, answer), name="inspection", daemon=True)
        thread.start()

    def _work(self, loop: asyncio.AbstractEventLoop, answer: Answer) -> None:
        """Until the parent has gone."""
        with suppress(OSError, EOFError):
            while True:
                number, _, question = self._connection.recv_bytes(MAX_QUESTION_BYTES).partition(b" ")
                self._connection.send_bytes(b"%b %b" % (number, on_loop(loop, answer, question.decode()) or b""))

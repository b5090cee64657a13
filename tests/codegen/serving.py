"""Runs code on the `generated` of a folder, in a process of its own. It is forked from one that has imported the libraries, which takes
longer than a case's calls."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

LIBRARIES = [
    "asyncpg", "google.protobuf.wrappers_pb2", "httpx2", "msgspec", "opentelemetry.trace", "prometheus_client", "pydantic", "redis.asyncio",
    "sqlalchemy", "sqlmodel", "structlog", "uvicorn", "websockets.asyncio.client",
]  # fmt: skip
"""None of them imports `app` or `generated`, which each case has its own of."""
WITHIN_S = 120.0
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(LIBRARIES)


class Line:
    """Texts to and from the forked process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, text: str) -> str:
        """The answer, or how the process ended; TimeoutError after two minutes."""
        self._connection.send(text)
        if not self._connection.poll(WITHIN_S):
            raise TimeoutError(text[:300])
        return str(self._connection.recv())


@contextmanager
def forked(folder: Path, module: str) -> Iterator[Line]:
    """The coroutine `main` of the module is given the other end, a `Connection`; what it raises is its last word."""
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=_run, args=(str(folder), module, theirs))
    process.start()
    theirs.close()
    try:
        yield Line(ours)
    finally:
        process.kill()
        process.join()
        ours.close()


def _run(folder: str, module: str, line: Connection) -> None:
    sys.path.insert(0, folder)
    try:
        asyncio.run(importlib.import_module(module).main(line))
    except BaseException:
        line.send(traceback.format_exc()[-3000:])


def served(folder: Path, asked: dict[str, object]) -> str:
    """What goes wrong when the service starts on `generated/` of the folder with stubs for handlers, and is asked this, which is JSON;
    nothing if all is well."""
    with forked(folder, "tests.codegen.served_case") as line:
        return line.ask(json.dumps(asked))

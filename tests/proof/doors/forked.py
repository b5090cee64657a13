"""Services of one tree that are forked from a process with every library in memory, so that a start costs only what is ours.

Nothing of the service is imported here: the process takes `app` and `generated` from the tree that it is told.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing import connection, get_context, parent_process
from multiprocessing.context import ForkServerContext

LIBRARIES = (
    "alembic.command",
    "asyncpg",
    "fastapi",
    "google.protobuf",
    "httptools",
    "httpx2",
    "joserfc.jwt",
    "jsonschema_rs",
    "keycloak",
    "msgspec",
    "prometheus_client",
    "pybreaker",
    "pydantic",
    "redis.asyncio",
    "sqlalchemy.ext.asyncio",
    "sqlmodel",
    "structlog",
    "uvicorn",
    "uvloop",
    "websockets",
)
OURS = {"app", "generated"}


def context() -> ForkServerContext:
    found = get_context("forkserver")
    found.set_forkserver_preload(list(LIBRARIES))
    return found


def serve_all(tree: str, environments: Sequence[dict[str, str]], log: str) -> None:
    """One service for each environment, as `python -m app serve` of that tree. They are a process group of this process, and end
    together: where one ends, or where who asked is no more."""
    os.setsid()
    _write_into(log)
    os.chdir(tree)
    assert not {one.partition(".")[0] for one in sys.modules} & OURS, "it would be the service of another tree"
    sys.path.insert(0, tree)
    program = importlib.import_module("app.__main__")
    importlib.import_module("app.main")
    forks = get_context("fork")
    services = [forks.Process(target=_serve, args=(program.main, one)) for one in environments]
    for one in services:
        one.start()
    parent = parent_process()
    assert parent is not None, "it was forked by who asked"
    connection.wait([parent.sentinel, *(one.sentinel for one in services)])
    os.killpg(0, signal.SIGKILL)


def _write_into(log: str) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(file, standard)


def _serve(main: Callable[[list[str]], int], environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(main(["serve"]))

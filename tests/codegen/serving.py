"""Calls every operation of a `generated` in a process of its own, see `served_case.py`. It is forked from one that has imported the libraries,
which takes longer than all the calls."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import traceback
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

LIBRARIES = [
    "asyncpg", "cryptography.hazmat.primitives.asymmetric.rsa", "fastapi", "google.protobuf.wrappers_pb2", "httpx2", "hypothesis",
    "keycloak", "msgspec", "opentelemetry.trace", "prometheus_client", "pydantic", "redis.asyncio", "sqlalchemy", "sqlmodel", "structlog",
    "uvicorn", "websockets.asyncio.client",
]  # fmt: skip
"""None of them imports `app` or `generated`, which each case has its own of."""
WITHIN_S = 120.0
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(LIBRARIES)


def served(folder: Path, asked: dict[str, object]) -> str:
    """What goes wrong when the service starts on `generated/` of the folder with stubs for handlers, and is asked this, which is JSON;
    nothing if all is well."""
    hearing, telling = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_serve, args=(str(folder), json.dumps(asked), telling))
    process.start()
    telling.close()
    try:
        return str(hearing.recv()) if hearing.poll(WITHIN_S) else f"not done after {WITHIN_S:.0f} s"
    except EOFError:
        process.join(WITHIN_S)
        return f"ended with {process.exitcode}"
    finally:
        process.kill()
        process.join()
        hearing.close()


def _serve(folder: str, asked: str, telling: Connection) -> None:
    sys.path.insert(0, folder)
    try:
        asyncio.run(importlib.import_module("tests.codegen.served_case").main(json.loads(asked)))
    except BaseException:
        telling.send(traceback.format_exc()[-3000:])
    else:
        telling.send("")

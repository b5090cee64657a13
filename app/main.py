"""`python -m app.main`: read the settings, ask the database for its schema, then serve.

Unsafe or missing settings end with exit code 78, a line each, and so does a schema of another release.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from pydantic import ValidationError

from app.db.database import Database
from app.db.schema import Schema, configuration
from app.guard.http_protocol import GuardedHttp
from app.guard.websocket_protocol import GuardedWebSocket
from app.settings import LogFormat, Settings, faults_of
from app.telemetry.logs import configure
from app.wiring import build

EX_CONFIG = 78
"""Of sysexits.h: the configuration is wrong (ACCEPTANCE D33). To start again changes nothing."""
MAX_FRAME_BYTES = 65_536
"""Of a socket's message (D13); more is closed with 1009."""
DRAIN_S = 10
"""For requests in flight when SIGTERM comes; then they are cancelled and answered `unavailable` (D26)."""


def create_application() -> Callable[..., Any]:
    """The ASGI application of one worker, whoever starts it; SystemExit 78 for settings that are none. Reads the
    environment; opens no connection before its lifespan begins."""
    settings = read_settings()
    if settings is None:
        sys.exit(EX_CONFIG)
    return build(settings)


def read_settings() -> Settings | None:
    """None where they are missing, wrong or unsafe: then stderr has a line for each."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in faults_of(error):
            print(fault, file=sys.stderr)
        return None


def main() -> int:
    """Serves until a signal ends it; answers the exit code: 78 (EX_CONFIG of sysexits.h) for what a person has to mend
    first. A database that is away is none of that: the node starts and is not ready."""
    settings = read_settings()
    if settings is None:
        return EX_CONFIG
    schema, database = Schema(configuration()), Database(settings.database_url.get_secret_value(), 1)
    if (fault := asyncio.run(schema.fault_at_start(database))) is not None:
        print(f"DATABASE_URL: {fault}", file=sys.stderr)
        return EX_CONFIG
    configure(settings.log_level, is_json=settings.log_format is LogFormat.JSON)
    serve("app.main:create_application", host=settings.host, port=settings.port, workers=settings.workers)
    return 0


def serve(application: str, *, host: str, port: int, **changes: Any) -> None:
    """Serves what the named factory makes until SIGTERM or SIGINT has ended it: with exit code 0 (ACCEPTANCE D26), where uvicorn
    repeats the signal against itself. `changes` are uvicorn's options."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    options: dict[str, Any] = {
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
        "timeout_graceful_shutdown": DRAIN_S,
        "lifespan": "on",
    }
    uvicorn.run(application, host=host, port=port, **options | changes)


def _end(number: int, frame: FrameType | None) -> None:
    """What has to be written is written by now; what a thread still waits for must not hold up the end."""
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())

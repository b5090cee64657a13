"""`python -m app.main`: read the settings, ask the database for its schema, then serve.

Unsafe or missing settings end with exit code 78, a line each, and so does a schema of another release. The other codes: 71 for
an address that cannot be listened to, and those of `app/serving/node.py`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from app.db.database import Database
from app.db.schema import Schema, configuration
from app.guard.listener import bound
from app.serving.node import EX_CONFIG, serve
from app.settings import LogFormat, Settings, faults_of
from app.telemetry.logs import configure
from app.wiring import build

EX_OSERR = 71
"""Of sysexits.h: the system does not give what is needed; it may later."""


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


def main(application: str = "app.main:create_application") -> int:
    """Serves until a signal ends it; answers the exit code. A database that is away ends nothing: the node starts and is
    not ready. `application` names the factory that each worker calls, for who wraps the service's own."""
    settings = read_settings()
    if settings is None:
        return EX_CONFIG
    schema, database = Schema(configuration()), Database(settings.database_url.get_secret_value(), 1)
    if (fault := asyncio.run(schema.fault_at_start(database))) is not None:
        print(f"DATABASE_URL: {fault}", file=sys.stderr)
        return EX_CONFIG
    try:
        listening = bound(settings.host, settings.port)
    except OSError as error:
        print(f"HOST, PORT: cannot listen on {settings.host}:{settings.port}: {error.strerror}", file=sys.stderr)
        return EX_OSERR
    configure(settings.log_level, is_json=settings.log_format is LogFormat.JSON)
    return serve(application, listening, workers=settings.workers)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m app serve`: read the settings, look at what they name, then serve until a signal comes.

What waiting does not mend ends with 78 and a line for each fault before anything is served: settings, a password that is refused,
a schema of another release, pools that PostgreSQL has no room for. What is away is waited for while the node is alive and
not ready; after START_WAIT_S it ends with 69. An address that cannot be listened to is 71; other codes are of the workers.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
from contextlib import suppress

from app.configuration.reading import Configuration
from app.diagnosis import postgres, redis
from app.diagnosis.findings import Finding, State
from app.exit_codes import CONFIG, OSERR
from app.guard.listener import bound
from app.http.documents import documents
from app.http.guide import guide
from app.serving.admin import Admin
from app.serving.draining import Plan
from app.serving.node import serve
from app.settings import Documents, LogFormat, Settings
from app.telemetry.logs import configure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All that can be said is a setting."""


def run(options: argparse.Namespace) -> int:
    """Until a signal ends it; answers the exit code."""
    return begin(options.configuration)


def begin(configuration: Configuration, application: str = "app.main:create_application") -> int:
    """`application` names the factory that each worker calls, for who wraps the service's own."""
    settings = configuration.settings
    _tell(*configuration.notes)
    if not asyncio.run(_may_begin(settings)):
        return CONFIG
    listening = _listen("HOST, PORT", settings.host, settings.port)
    asked = _listen("ADMIN_HOST, ADMIN_PORT", settings.admin_host, settings.admin_port) if settings.admin_port else []
    if listening is None or asked is None:
        return OSERR
    configure(settings.log_level, is_json=settings.log_format is LogFormat.JSON)
    shown = {} if settings.documents is Documents.OFF else documents(is_service=False) | guide()
    return serve(
        application,
        listening,
        plan=Plan(settings.drain_s, settings.workers),
        start_wait_s=settings.start_wait_s,
        begin_admin=lambda lines: Admin(lines, shown).start(asked),
    )


def _tell(*lines: str) -> None:
    """On stderr. A disk that is full there keeps no node from serving (ACCEPTANCE F12)."""
    with suppress(OSError):
        for line in lines:
            print(line, file=sys.stderr)


def _listen(names: str, host: str, port: int) -> list[socket.socket] | None:
    """None, and a line, for an address that cannot be had."""
    try:
        return bound(host, port)
    except OSError as error:
        _tell(f"{names}: cannot listen on {host}:{port}: {error.strerror}")
        return None


async def _may_begin(settings: Settings) -> bool:
    """A line for each fault and warning. What is away is no reason: the node says itself for what it waits."""
    found = await asyncio.gather(postgres.look(settings), redis.look(settings))
    told = [one for part in found for one in part if one.state in (State.FAULT, State.WARNING)]
    _tell(*(one.line for one in told))
    return not any(_is_fault(one) for one in told)


def _is_fault(finding: Finding) -> bool:
    """Clocks may be mended while the node serves."""
    return finding.state is State.FAULT and finding.part != "clock"

"""`python -m app connections`: the open sockets of the node whose settings these are, as its admin port tells them.

Who, from where, by which subprotocol, since when, which topics, requests in flight and bytes of events that wait. No credential.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import urllib.request
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from app.commands.printable import printable
from app.configuration.reading import Configuration
from app.exit_codes import FAILED, OK, UNAVAILABLE

WITHIN_S = 5.0
COLUMNS = ("user", "address", "subprotocol", "since", "topics", "in_flight", "queued_bytes", "worker")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--user", help="only those of this user")


def run(options: argparse.Namespace) -> int:
    """1 where the settings open no admin port, 69 where nobody answers there."""
    configuration: Configuration = options.configuration
    settings = configuration.settings
    if not settings.admin_port:
        print("ADMIN_PORT: opens none, so nobody can be asked; set it to a port such as 8081", file=sys.stderr)
        return FAILED
    host = f"[{settings.admin_host}]" if ":" in settings.admin_host else settings.admin_host
    url = f"http://{host}:{settings.admin_port}/connections"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # A proxy would ask its own loopback.
    try:
        with direct.open(url, timeout=WITHIN_S) as answer:
            found = json.load(answer)
    except (http.client.HTTPException, OSError, ValueError) as error:
        print(f"ADMIN_HOST, ADMIN_PORT: {url} does not answer: {error}", file=sys.stderr)
        return UNAVAILABLE
    chosen = [one for one in found if options.user in (None, one["user"])]
    print(json.dumps(chosen, indent=2) if options.json else as_text(chosen))
    return OK


def as_text(connections: Iterable[dict[str, Any]]) -> str:
    """A table with a line for each, and how many there are."""
    rows = [tuple(_cell(name, one[name]) for name in COLUMNS) for one in connections]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (COLUMNS, *rows)]
    return "\n".join(line.rstrip() for line in [*lines, f"{len(rows)} open"])


def _cell(name: str, value: Any) -> str:
    if name == "since":
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
    return printable(",".join(value) if isinstance(value, list) else "-" if value is None else value)

"""`python -m app doctor`: looks at the settings and at all that a node needs, and says what to do. Changes nothing.

The exit code is 78 for a fault, else 69 for what is away, else 0; warnings and what could not be checked change nothing of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from app.configuration.reading import Configuration, SettingsRefused, read
from app.diagnosis import audit, issuer, machine, postgres, redis
from app.diagnosis.findings import Finding, State, exit_code_of
from app.exit_codes import USAGE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--admin-token-file",
        type=Path,
        help="a file with a token of who may look at the realm's clients: its roles are compared",
    )


def run(options: argparse.Namespace) -> int:
    """Without usable settings nothing else can be looked at."""
    try:
        token = options.admin_token_file.read_text().strip() if options.admin_token_file else None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        print(f"--admin-token-file: {reason}", file=sys.stderr)
        return USAGE
    try:
        findings = examine(read(os.environ, Path.cwd()), token)
    except SettingsRefused as refused:
        findings = [Finding("settings", State.FAULT, line) for line in refused.lines]
    print(json.dumps([one.as_dict() for one in findings], indent=2) if options.json else as_text(findings))
    return exit_code_of(findings)


def examine(configuration: Configuration, admin_token: str | None = None) -> list[Finding]:
    """All that there is to find, in the order of the parts; a few seconds at most."""
    settings = configuration.settings
    notes = [Finding("settings", State.WARNING, note) for note in configuration.notes]
    good = Finding("settings", State.OK, f"usable in {settings.environment}")
    return [good, *notes, *machine.look(settings), *asyncio.run(_servers(configuration, admin_token))]


async def _servers(configuration: Configuration, admin_token: str | None) -> list[Finding]:
    settings = configuration.settings
    found = await asyncio.gather(
        postgres.look(settings), audit.look(settings), redis.look(settings), issuer.look(settings, admin_token)
    )
    return [finding for one in found for finding in one]


def as_text(findings: Iterable[Finding]) -> str:
    return "\n".join(f"{one.state:12}{one.line}" for one in findings)

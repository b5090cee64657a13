"""`python -m app COMMAND`: everything that is done with the service where it runs. `--help` says what there is."""

from __future__ import annotations

import argparse
import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from typing_extensions import override

from app.configuration.arguments import secrets_in
from app.configuration.reading import SettingsRefused, read
from app.exit_codes import CONFIG, OK

COMMANDS = {
    "serve": "serve until a signal comes",
    "migrate": "bring the database to this release's schema, or a step back",
    "config": "print the settings that are in force, masked, and where each came from",
    "metrics": "print what every metric of a node is",
    "connections": "list the open sockets of the node that runs here",
    "tail": "follow audit rows and events as they are stored",
    "audit": "verify, export or prune the audit log",
    "doctor": "look at the settings and all that a node needs, and say what to do",
}
"""Each is a module of app/commands, which is imported when it is asked for."""
CONFIGURED = frozenset({"serve", "connections", "tail", "audit"})
"""Those that get usable settings as `configuration`: whatever is wrong with them is said before anything else is imported."""
HELP = frozenset({"-h", "--help"})
EXIT_CODES = """\
exit codes, as sysexits.h has them:
  0   done               70  the workers cannot begin, or did not end as they should
  1   not so, refused    71  an address that cannot be listened to
  2   wrong usage        78  settings that are wrong or unsafe, or what they name refuses us
  69  something that is needed does not answer                       128+n  ended at once by a second signal n

Settings are variables, .env files and files with secrets: docs/settings.md. Never say a secret on the command line."""


def main(arguments: list[str]) -> int:
    """Answers the exit code; SystemExit for --help and for wrong usage."""
    if lines := secrets_in(arguments):
        print(*lines, sep="\n", file=sys.stderr)
        return CONFIG
    name = next((one for one in arguments if one in COMMANDS), None)
    configuration = None
    if name in CONFIGURED and not HELP.intersection(arguments):
        try:
            configuration = read(os.environ, Path.cwd())
        except SettingsRefused as refused:
            print(*refused.lines, sep="\n", file=sys.stderr)
            return CONFIG
    command = import_module(f"app.commands.{name}") if name else None
    options = _parser(name, command).parse_args(arguments, argparse.Namespace(configuration=configuration))
    return int(command.run(options)) if command else OK


def _parser(chosen: str | None, command: object) -> argparse.ArgumentParser:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m app",
        description="The service and what is done with it.",
        epilog=EXIT_CODES,
        formatter_class=plain,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")
    for name, text in COMMANDS.items():
        about = (command.__doc__ or "").partition(": ")[2] if name == chosen else text
        one = commands.add_parser(name, help=text, description=about, epilog=EXIT_CODES, formatter_class=plain)
        if name == chosen:
            command.add_arguments(one)  # type: ignore[attr-defined]  # every module of app/commands has it
    return parser


class _Unread(io.FileIO):
    """A stream whose reader may go away: what cannot be written is dropped, and nobody fails of it."""

    @override
    def write(self, data: Any, /) -> int:
        with suppress(OSError):
            return super().write(data) or 0
        return len(data)


def _ended(arguments: list[str]) -> int:
    """`main`, whose exit code does not depend on who reads what it says. A reader of its output that has enough, as `head`, is no
    fault."""
    if sys.stderr is not None:
        sys.stderr = io.TextIOWrapper(_Unread(2, "w", closefd=False), errors="backslashreplace", write_through=True)
    try:
        try:
            return main(arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Or Python would try once more at its end, and answer 120.
        return OK


if __name__ == "__main__":
    sys.exit(_ended(sys.argv[1:]))

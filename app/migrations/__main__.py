"""`python -m app.migrations upgrade|downgrade|history|current|revision`: the schema, forward and back. DATABASE_URL says where.

Two lines of steps go side by side, each with its own owner: `platform` for the tables that every service has, `product` for
those of its features (in `versions/`). An upgrade takes both to their ends; a step back or a new step is one of the product.
A downgrade drops tables and asks first, unless `--yes` is given.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.addresses import postgres_url
from app.db.schema import LINES, configuration

HINT = "set it to postgresql://user:password@host:port/database; `make run` prints that of its embedded server, which answers while it runs"


def main(arguments: list[str] | None = None) -> int:
    """Answers an exit code: 78 without a usable DATABASE_URL, 1 where the database or the steps refuse, or a person
    did."""
    parser = argparse.ArgumentParser(prog="python -m app.migrations")
    parser.add_argument("command", choices=["upgrade", "downgrade", "history", "current", "revision"])
    parser.add_argument("target", nargs="?", help="a revision, -1, base or heads; for `revision` its message")
    parser.add_argument("--line", choices=sorted(LINES), default="product", help="whose step is taken back or written")
    parser.add_argument("--yes", action="store_true", help="do not ask before a downgrade")
    options = parser.parse_args(arguments)
    if (fault := _fault()) is not None:
        print(f"DATABASE_URL: {fault}; {HINT}", file=sys.stderr)
        return 78
    if options.command == "downgrade" and not options.yes and not _agreed(options.target or "-1"):
        print("nothing was changed")
        return 1
    try:
        _run(options)
    except CommandError as error:
        print(f"the steps of this release do not lead there: {error}", file=sys.stderr)
        return 1
    except (SQLAlchemyError, OSError) as error:
        print(f"the database refused: {error}", file=sys.stderr)
        return 1
    return 0


def _fault() -> str | None:
    try:
        postgres_url(os.environ["DATABASE_URL"])
    except KeyError:
        return "is not set"
    except ValueError as error:
        return str(error)
    return None


def _agreed(target: str) -> bool:
    print(f"A downgrade to {target} drops tables and the rows in them. Type yes to go on: ", end="", flush=True)
    return sys.stdin.readline().strip() == "yes"


def _run(options: argparse.Namespace) -> None:
    config = configuration()
    match options.command:
        case "upgrade":
            command.upgrade(config, options.target or "heads")
        case "downgrade":
            command.downgrade(config, _of_line(options.line, options.target or "-1"))
        case "history":
            command.history(config, verbose=False)
        case "current":
            command.current(config, verbose=False)
        case _:
            _write_step(options.line, options.target or "change")


def _of_line(line: str, target: str) -> str:
    """A number of steps back is one line's; a revision is what it is, and base is that of both."""
    return f"{line}@{target}" if target.startswith("-") else target


def _write_step(line: str, message: str) -> None:
    LINES[line].mkdir(exist_ok=True)
    config = configuration()
    begins = not any(line in step.branch_labels for step in ScriptDirectory.from_config(config).walk_revisions())
    made = command.revision(
        config, message=message, autogenerate=True, version_path=str(LINES[line]),
        head="base" if begins else f"{line}@head", branch_label=line if begins else None,
    )  # fmt: skip
    _lay_out([one.path for one in (made if isinstance(made, list) else [made]) if one is not None])


def _lay_out(files: list[str]) -> None:
    """As the project's checks want it; without ruff, as alembic wrote it."""
    for arguments in (("check", "--quiet", "--fix"), ("format", "--quiet")):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, *files], check=False)


if __name__ == "__main__":
    sys.exit(main())

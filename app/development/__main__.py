"""`python -m app.development run` serves; `call OPERATION JSON` sends one frame over the socket."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from app.configuration.sources import merged
from app.development.call import call
from app.development.launcher import Launcher

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m app.development")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve with embedded PostgreSQL, Valkey and issuer")
    caller = commands.add_parser("call", help="log in, send one frame over the socket, print the reply")
    caller.add_argument("operation")
    caller.add_argument("data", nargs="?", default="{}", help="the operation's fields as JSON")
    caller.add_argument("--address", default=f"http://127.0.0.1:{os.environ.get('PORT') or 8000}")
    caller.add_argument("--user", default="editor", help="of the development issuer, whose passwords are the names")
    options = parser.parse_args()
    if options.command == "run":
        return Launcher(ROOT, merged(os.environ, ROOT)).run()
    return call(options.address, options.user, options.operation, options.data)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m app.development run` serves; `reload` serves what is changed; `keycloak` runs the real issuer; `call OPERATION JSON` sends one frame over the socket."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from app.configuration.sources import merged
from app.development import keycloak
from app.development.call import call
from app.development.launcher import Launcher
from app.development.reload import reload

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m app.development")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve with embedded PostgreSQL, Valkey and issuer")
    commands.add_parser("reload", help="serve with the servers of the settings, anew after each change of the code")
    issuer = commands.add_parser(
        "keycloak", help="the real Keycloak with docker/keycloak/realm.json; needs Java and Maven"
    )
    issuer.add_argument("--port", type=int, default=8080)
    caller = commands.add_parser("call", help="log in, send one frame over the socket, print the reply")
    caller.add_argument("operation")
    caller.add_argument("data", nargs="?", default="{}", help="the operation's fields as JSON")
    caller.add_argument("--address", default=f"http://127.0.0.1:{os.environ.get('PORT') or 8000}")
    caller.add_argument("--user", default="editor", help="of the development issuer, whose passwords are the names")
    options = parser.parse_args()
    if options.command == "run":
        return Launcher(ROOT, merged(os.environ, ROOT)).run()
    if options.command == "reload":
        return reload(ROOT)
    if options.command == "keycloak":
        return keycloak.run(ROOT, options.port)
    return call(options.address, options.user, options.operation, options.data)


if __name__ == "__main__":
    sys.exit(main())

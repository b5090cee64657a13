"""`python -m app.development run` serves; `reload` serves what is changed; `keycloak` runs the real issuer."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from app.configuration.sources import merged
from app.development import keycloak
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
    options = parser.parse_args()
    if options.command == "run":
        return Launcher(ROOT, merged(os.environ, ROOT)).run()
    if options.command == "reload":
        return reload(ROOT)
    return keycloak.run(ROOT, options.port)


if __name__ == "__main__":
    sys.exit(main())

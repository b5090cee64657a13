"""`python -m app.development run` serves; `call ADDRESS USER OPERATION JSON` sends one frame over the socket."""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.request
import uuid
from pathlib import Path

from websockets.sync.client import connect

from app.development.launcher import Launcher
from generated.operations import PkgId

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m app.development")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve with embedded PostgreSQL, Valkey and issuer")
    caller = commands.add_parser("call", help="log in, send one frame over the socket, print the reply")
    for name in ("address", "user", "operation", "data"):
        caller.add_argument(name)
    options = parser.parse_args()
    if options.command == "run":
        return Launcher(ROOT, os.environ).run()
    return call(options.address, options.user, options.operation, json.loads(options.data))


def call(address: str, user: str, operation: str, data: object) -> int:
    """The password is the user's name, as the development issuer has it."""
    headers = {"authorization": f"Bearer {_token(address, user)}"}
    frame = {"pkg_id": PkgId[operation.upper()], "req_id": str(uuid.uuid4()), "data": data}
    url = address.replace("http", "ws", 1) + "/web"
    with connect(url, additional_headers=headers, subprotocols=None, proxy=None, legacy=True) as socket:
        socket.send(json.dumps(frame))
        print(socket.recv(timeout=10))
    return 0


def _token(address: str, user: str) -> str:
    body = json.dumps({"username": user, "password": user}).encode()
    request = urllib.request.Request(f"{address}/auth/login", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["access_token"])


if __name__ == "__main__":
    sys.exit(main())

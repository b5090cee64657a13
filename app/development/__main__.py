"""`python -m app.development run` serves; `call ADDRESS USER OPERATION JSON` sends one frame over the socket."""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.request
import uuid
from difflib import get_close_matches
from pathlib import Path

from websockets.sync.client import connect

from app.development.launcher import Launcher
from generated.operations import OPERATIONS, PkgId

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
    try:
        pkg_id, data = number_of(options.operation), json.loads(options.data)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return call(options.address, options.user, pkg_id, data)


def number_of(operation: str) -> PkgId:
    """The operation's number in a frame. Raises ValueError with what is near, for one that no socket carries."""
    known = {one.name.lower(): one for one in PkgId}
    if operation in known:
        return known[operation]
    if operation in OPERATIONS:
        raise ValueError(f"{operation} has no PkgID: it is called over HTTP")
    near = get_close_matches(operation, known, 3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"the socket has {', '.join(known)}"
    raise ValueError(f"there is no operation {operation!r}: {hint}")


def call(address: str, user: str, pkg_id: PkgId, data: object) -> int:
    """The password is the user's name, as the development issuer has it."""
    headers = {"authorization": f"Bearer {_token(address, user)}"}
    frame = {"pkg_id": pkg_id, "req_id": str(uuid.uuid4()), "data": data}
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

"""One call over the socket, as the shell makes it: log in, send one frame, print the reply as it came."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
import uuid
from difflib import get_close_matches

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from generated.bindings import HttpBinding
from generated.http_routes import ROUTES
from generated.operations import OPERATIONS, PkgId

REPLY_S = 30.0
NO_LOGIN, WRONG, AWAY = 1, 2, 3
"""Exit codes: the user cannot log in, the words are wrong, nothing answers. A refusal is an answer."""


def call(address: str, user: str, operation: str, data: str) -> int:
    """The password is the user's name, as the development issuer has it. Answers an exit code; faults are one line on stderr."""
    try:
        pkg_id, fields = number_of(operation), json.loads(data or "{}")
    except ValueError as error:
        return _say(str(error), WRONG)
    try:
        reply = _ask(address, _token(address, user), {"pkg_id": pkg_id, "req_id": str(uuid.uuid4()), "data": fields})
    except urllib.error.HTTPError as error:
        return _say(f"{user} cannot log in at {address}: {error.code} {error.reason}", NO_LOGIN)
    except (OSError, ValueError, WebSocketException) as error:
        return _say(f"nothing answers at {address} ({error}): start it with `make run`, or say another address", AWAY)
    print(reply)
    return 0


def number_of(operation: str) -> PkgId:
    """The operation's number in a frame. Raises ValueError with what is near, for one that no socket carries. Names are
    compared as they are written in the contract, in lower case."""
    known = {one.name.lower(): one for one in PkgId}
    if operation in known:
        return known[operation]
    if operation in OPERATIONS:
        asked = next((over_http(one) for one in ROUTES if one.operation.name == operation), "")
        raise ValueError(f"{operation} has no PkgID: it is called over HTTP{asked}")
    near = get_close_matches(operation, known, 3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"the socket has {', '.join(known)}"
    raise ValueError(f"there is no operation {operation!r}: {hint}")


def over_http(binding: HttpBinding) -> str:
    """How curl asks for it: files are `@FILE`, a token is due where the operation wants one."""
    words = [
        f"-X {binding.verb}",
        *(["-H 'authorization: Bearer TOKEN'"] if binding.operation.roles is not None else []),
    ]
    if binding.is_form:
        words += [f"-F '{one.field}=…'" for one in binding.form_parameters]
        words += [f"-F '{one.field}=@FILE'" for one in binding.files]
    elif binding.files:
        words += [
            f"-H 'content-type: {(*binding.files[0].media_types, 'application/octet-stream')[0]}'",
            "--data-binary @FILE",
        ]
    elif binding.has_body:
        words += ["-H 'content-type: application/json'", "-d '{…}'"]
    words += ["-o FILE"] if binding.download else []
    return f", as by curl {' '.join(words)} ADDRESS{binding.path}"


def _ask(address: str, token: str, frame: dict[str, object]) -> str:
    url = address.replace("http", "ws", 1) + "/web"
    headers = {"authorization": f"Bearer {token}"}
    with connect(url, additional_headers=headers, subprotocols=None, proxy=None, legacy=True) as socket:
        socket.send(json.dumps(frame))
        return str(socket.recv(timeout=REPLY_S))


def _token(address: str, user: str) -> str:
    body = json.dumps({"username": user, "password": user}).encode()
    request = urllib.request.Request(f"{address}/auth/login", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=REPLY_S) as answer:  # nosec B310: http on loopback
        return str(json.load(answer)["access_token"])


def _say(fault: str, code: int) -> int:
    print(fault, file=sys.stderr)
    return code

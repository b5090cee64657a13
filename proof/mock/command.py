"""`python -m proof mock`: serves a contract without handlers, so that clients can be written before the first one is."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import uvicorn

from codegen.ir.operations import Contract
from codegen.watch import changes
from proof.callers import Roles
from proof.documents import DocumentError
from proof.mock.application import Options, Reloading, application
from proof.mock.faults import Faults, latency, part
from proof.mock.service import ROWS
from proof.protobuf import compiled

UNUSABLE = 2
PORT, HOST = 4010, "127.0.0.1"
MAX_FRAME = 64 * 1024
Parsed = TypeVar("Parsed")


def main(arguments: list[str]) -> int:
    """Serves until it is interrupted; 2 where there is nothing to serve."""
    asked = _parser().parse_args(arguments)
    watched = changes(Path(asked.specs)) if asked.watch else iter(())
    next(watched, None)  # How it is before it is compiled: what is saved from now on is a change.
    try:
        contract = compiled(Path(asked.specs), wants_proto=False)
        options = _options(asked, contract)
        place = socket.create_server((asked.host, asked.port), family=_family(asked.host))
    except (DocumentError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    serving = Reloading(application(contract, options))
    if asked.watch:
        threading.Thread(target=_reload, args=(serving, Path(asked.specs), options, watched), daemon=True).start()
    print(greeting(contract, f"{asked.host}:{place.getsockname()[1]}"), flush=True)
    _serve(serving, place)
    return 0


def _serve(serving: Reloading, place: socket.socket) -> None:
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    config = uvicorn.Config(
        serving,
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME,
        lifespan="off",
        log_level="error",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[place])


def _is_news(record: logging.LogRecord) -> bool:
    """Text that is no UTF-8 is closed by 1007; it is the client's fault, not the mock's."""
    return "Invalid UTF-8" not in record.getMessage()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def greeting(contract: Contract, place: str) -> str:
    """What a person needs first."""
    lines = [f"{contract.info.title} {contract.info.version} without handlers: http://{place}"]
    if contract.socket_info:
        lines.append(f"socket: ws://{place}{contract.frames.address}")
    lines.append(f"try: curl -H 'Authorization: Bearer admin' http://{place}/_mock")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof mock", description=__doc__)
    add = parser.add_argument
    add("--specs", default="specs", help="the contract (default %(default)s)")
    add("--host", default=HOST, help="default %(default)s")
    add("--port", type=int, default=PORT, help="0 for a free one (default %(default)s)")
    add(
        "--watch",
        action="store_true",
        help="serve the contract anew when its files change; what is stored is then forgotten",
    )
    add("--seed", type=int, default=0, help="another one draws other values (default %(default)s)")
    add("--rows", type=int, default=ROWS, help="of each resource at the start (default %(default)s)")
    add("--user", dest="users", action="append", default=[], metavar="NAME[=ROLE,ROLE]",
        help="who may log in, with any password, or call with `Bearer NAME`; may be repeated (default: admin has all roles, nobody "
        "has none, and every other name may log in with all)")  # fmt: skip
    add("--any-token", action="store_true", help="take every bearer token, with all roles; then no bad one is refused")
    add("--origin", dest="origins", action="append", default=[],
        help="a page that may call, beside those of this machine; * is any; may be repeated")  # fmt: skip
    add("--latency", type=_said(latency), default=(0.0, 0.0), metavar="50ms..200ms", help="how long an answer takes")
    add(
        "--fail",
        type=_said(part),
        default=0.0,
        metavar="0.05",
        help="the part of all calls that is answered `unavailable`",
    )
    add(
        "--drop-reply",
        type=_said(part),
        default=0.0,
        metavar="0.05",
        help="the part of a socket's calls that has no reply",
    )
    add(
        "--close",
        type=_said(part),
        default=0.0,
        metavar="0.01",
        help="the part of a socket's calls that ends the socket",
    )
    return parser


def _said(read: Callable[[str], Parsed]) -> Callable[[str], Parsed]:
    """argparse tells the text of its own error alone."""

    def reading(text: str) -> Parsed:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return reading


def _options(asked: argparse.Namespace, contract: Contract) -> Options:
    faults = Faults(asked.latency, asked.fail, asked.drop_reply, asked.close, asked.seed)
    every = frozenset(one.name for one in contract.roles)
    users = dict(user(text, every) for text in asked.users)
    return Options(users, asked.any_token, tuple(asked.origins), faults, asked.seed, asked.rows)


def user(text: str, every: Roles) -> tuple[str, Roles]:
    """`NAME` has all roles, `NAME=` has none; ValueError for a role that the contract has not."""
    name, equals, listed = text.partition("=")
    roles = frozenset(filter(None, listed.split(","))) if equals else every
    if unknown := sorted(roles - every):
        raise ValueError(f"--user {text}: there is no role {unknown[0]}; there are {', '.join(sorted(every))}")
    return name, roles


def _reload(serving: Reloading, specs: Path, options: Options, watched: Iterator[None]) -> None:
    """Never ends by itself. What does not compile is told, and the last that did goes on."""
    for _ in watched:
        try:
            serving.current = application(compiled(specs, wants_proto=False), options)
            print(f"{specs}: served anew", flush=True)
        except DocumentError as error:
            print(error, file=sys.stderr, flush=True)

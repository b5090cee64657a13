"""`python -m proof record`: stands in front of a running service, passes everything on, and writes down what passed, without secrets."""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import uvicorn
from typing_extensions import override

from proof.documents import DocumentError
from proof.traffic.contract import Contract, Places, write_only
from proof.traffic.file import TrafficFile
from proof.traffic.proxy import HttpProxy, Message, Place, Receive, Send
from proof.traffic.recorder import Recorder
from proof.traffic.secrets import Secrets
from proof.traffic.tunnel import MAX_FRAME, Tunnel

ENDED, UNUSABLE = 0, 2
Application = Callable[[Message, Receive, Send], Awaitable[None]]
END_S = 5
"""For what is under way when the end is asked for."""
BACKLOG = 512


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof record", description=__doc__)
    add = parser.add_argument
    add("--url", default="http://127.0.0.1:8000", help="the service (default %(default)s)")
    add("--listen", default="127.0.0.1:8100", metavar="HOST:PORT", help="where clients come (default %(default)s)")
    add(
        "--out",
        default="traffic.ndjson",
        type=Path,
        metavar="FILE",
        help="one line of JSON for each exchange and frame (default %(default)s)",
    )
    add("--openapi", default="", help="the OpenAPI document, a path or a URL (default: /openapi.json of the service)")
    add("--asyncapi", default="", help="the AsyncAPI document (default: /asyncapi.json of the service)")
    add("--specs", type=Path, help="the contract's folder, which protobuf needs (default: specs, if it is there)")
    add("--max-mib", type=int, default=256, help="how large the file may become (default %(default)s)")
    add(
        "--max-body-kib",
        type=int,
        default=256,
        help="longer bodies and frames pass, and are recorded as a size (default %(default)s)",
    )
    return parser


def main(arguments: list[str]) -> int:
    """0 when it was asked to end, 2 where nothing could be recorded."""
    options = _parser().parse_args(arguments)
    try:
        specs = folder(options.specs)
        place = Place(origin(options.url), f"http://{options.listen}")
        contract = Places(place.service, options.openapi, options.asyncapi, specs).load()
        with _listening(options.listen) as listening:
            return _record(options, place, contract, specs, listening)
    except (DocumentError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE


def folder(specs: Path | None) -> Path | None:
    """`specs` where none is named and it is there; ValueError for one that is not."""
    if specs is not None and not specs.is_dir():
        raise ValueError(f"--specs {specs}: there is no such folder")
    return specs or (Path("specs") if Path("specs").is_dir() else None)


def origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"--url {url}: expected http://host:port")
    return f"{parts.scheme}://{parts.netloc}"


def _listening(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"--listen {listen}: expected host:port")
    return socket.create_server((host, int(port)), backlog=BACKLOG)


def _record(
    options: argparse.Namespace, place: Place, contract: Contract, specs: Path | None, listening: socket.socket
) -> int:
    secrets = Secrets(write_only(specs) if specs else frozenset())
    file = TrafficFile(options.out, options.max_mib * 2**20, secrets.cover, tell)
    recorder = Recorder(contract, file, secrets, place.service)
    tell(f"{place.listen} passes on to {place.service}, and records into {options.out}")
    asyncio.run(_serve(place, recorder, options.max_body_kib * 2**10, [listening]))
    file.end(recorder.now(), "it was asked to end")
    tell(f"{options.out}: {file.lines} lines")
    return ENDED


async def _serve(place: Place, recorder: Recorder, max_body: int, sockets: list[socket.socket]) -> None:
    http = HttpProxy(place, recorder, max_body)
    try:
        await server(application(http, Tunnel(place, recorder, max_body))).serve(sockets=sockets)
    finally:
        await http.close()


def application(http: HttpProxy, tunnel: Tunnel) -> Application:
    async def pass_on(scope: Message, receive: Receive, send: Send) -> None:
        await (tunnel.pass_on if scope["type"] == "websocket" else http.pass_on)(scope, receive, send)

    return pass_on


def server(application: Application) -> uvicorn.Server:
    return Server(
        uvicorn.Config(
            application,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=MAX_FRAME,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=END_S,
        )
    )


class Server(uvicorn.Server):
    """A signal ends it, and is not raised again when it has ended."""

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

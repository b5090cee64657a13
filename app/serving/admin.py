"""The admin port of a node: metrics of all its workers, readiness with reasons, open sockets, and the documents if they are here.

In a thread of the node's process, beside whatever happens to its workers. It asks for no credential and changes nothing, so it is
bound to an address that only operators reach (ACCEPTANCE Z08). A few requests at once; more wait in the kernel's queue.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog
from prometheus_client.samples import Exemplar
from typing_extensions import override

from app.http.documents import POLICY, Document
from app.serving.joining import Joiner
from app.serving.lines import Lines
from app.supervision.inspector import CONNECTIONS, EXEMPLARS, METRICS, STATE
from app.telemetry.metrics.exposition import OPENMETRICS, exposition_type
from app.telemetry.metrics.registry import Told

IDLE_S = 5.0
"""For a request to come, and for its answer to be taken."""
REQUEST_S = 15.0
"""For all of it, however it trickles."""
MAX_AT_ONCE = 8
REST_S = 0.1
"""After a connection that could not be taken, as when the process has no descriptor left."""
JSON = "application/json"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": POLICY,
    "Connection": "close",
}
Page = tuple[HTTPStatus, str, bytes]
log = structlog.stdlib.get_logger(__name__)


class Admin:
    """`lines` answers who is to be asked now, by process id. `documents` are what is shown, by path."""

    def __init__(self, lines: Lines, documents: Mapping[str, Document]) -> None:
        self._lines = lines
        self._documents = documents
        self._joiner = Joiner()
        self._lock = threading.Lock()

    def start(self, listening: list[socket.socket]) -> None:
        """Serves on these sockets, which are bound, until the process ends."""
        for one in listening:
            server = _Server(one, self.page)
            threading.Thread(target=server.serve_forever, name="admin", daemon=True).start()

    def page(self, path: str, accept: str = "") -> Page:
        """What is answered to GET; metrics as `accept` asks for them."""
        pages: dict[str, Callable[[], Page]] = {
            "/livez": lambda: (HTTPStatus.OK, JSON, b'{"alive": true}'),
            "/readyz": self._ready,
            "/metrics": lambda: self._metrics(exposition_type(accept)),
            "/connections": self._connections,
        }
        if path in pages:
            return pages[path]()
        if path in self._documents:
            found = self._documents[path]
            return HTTPStatus.OK, found.media, found.data
        return HTTPStatus.NOT_FOUND, JSON, json.dumps({"paths": sorted([*pages, *self._documents])}).encode()

    def _ask(self, question: str) -> dict[int, bytes | None]:
        return {worker: line.ask(question) for worker, line in self._lines().items()}

    def _ready(self) -> Page:
        """A node is ready while some worker is: who is not takes no part."""
        told = {pid: None if said is None else json.loads(said) for pid, said in self._ask(STATE).items()}
        is_ready = any(one is not None and one["ready"] for one in told.values())
        workers = [
            {"pid": pid, **(one or {"ready": False, "parts": {"worker": "does not answer"}})}
            for pid, one in told.items()
        ]
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return status, JSON, json.dumps({"ready": is_ready, "workers": workers}).encode()

    def _metrics(self, kind: str) -> Page:
        with self._lock:
            told = self._ask(METRICS)
            answers = {pid: said for pid, said in told.items() if said is not None}
            exemplars = self._exemplars() if kind == OPENMETRICS else ()
            return HTTPStatus.OK, kind, self._joiner.join(answers, told, kind, exemplars)

    def _exemplars(self) -> list[Told]:
        found = [one for said in self._ask(EXEMPLARS).values() if said is not None for one in json.loads(said)]
        return [Told(name, labels, Exemplar(*exemplar)) for name, labels, exemplar in found]

    def _connections(self) -> Page:
        found = [
            {"worker": pid, **one} for pid, said in self._ask(CONNECTIONS).items() if said for one in json.loads(said)
        ]
        return HTTPStatus.OK, JSON, json.dumps(found).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listening: socket.socket, page: Callable[[str, str], Page]) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.socket.listen(MAX_AT_ONCE)
        self.page = page
        self._places = threading.BoundedSemaphore(MAX_AT_ONCE)

    @override
    def get_request(self) -> Any:
        try:
            return super().get_request()
        except OSError:
            time.sleep(REST_S)  # It is still waiting, so the loop would come back at once.
            raise

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        self._places.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:  # No thread could be started, so none gives the place back.
            self._places.release()
            raise

    @override
    def process_request_thread(self, request: Any, client_address: Any) -> None:
        alarm = threading.Timer(REQUEST_S, _cut, (request,))
        alarm.daemon = True
        try:
            alarm.start()
            super().process_request_thread(request, client_address)
        except RuntimeError:  # No thread for the alarm: nobody would end a request that trickles.
            self.handle_error(request, client_address)
            self.shutdown_request(request)
        finally:
            alarm.cancel()
            self._places.release()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that goes away, or takes too long, is no fault of ours."""
        fault = sys.exc_info()[1]
        if not isinstance(fault, OSError):
            log.error("admin.failed", exc_info=fault)


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = IDLE_S
    server_version, sys_version = "admin", ""

    def do_GET(self) -> None:
        status, kind, body = self.server.page(self.path.partition("?")[0], self.headers.get("Accept", ""))
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """What succeeds is no line."""

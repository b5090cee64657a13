"""A collector on loopback: takes OTLP over HTTP, reads the protobuf, and keeps the spans. It can be told to refuse or to say nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

WAIT_S = 20.0


@dataclass(frozen=True)
class Told:
    """One span as it came."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    """Empty for the first of its trace."""
    kind: int
    facts: dict[str, Any]
    is_failed: bool
    service: dict[str, Any]


class Receiver:
    """`status` is what it answers; 0 is silence until `release`."""

    def __init__(self) -> None:
        self.spans: list[Told] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.status = 200
        self.held = 0
        """Requests that have no answer yet."""
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def serving(self) -> Iterator[Receiver]:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            self.release.set()
            self._server.shutdown()
            self._server.server_close()

    def take(self, body: bytes) -> None:
        asked = ExportTraceServiceRequest.FromString(body)
        self.spans += [
            Told(
                span.name, span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), span.kind, _facts(span.attributes),
                span.status.code == span.status.STATUS_CODE_ERROR, _facts(resource.resource.attributes),
            )
            for resource in asked.resource_spans for scope in resource.scope_spans for span in scope.spans
        ]  # fmt: skip

    def of(self, trace_id: str) -> list[Told]:
        return [one for one in self.spans if one.trace_id == trace_id]


def wait_for(condition: Callable[[], object]) -> None:
    """AssertionError where it is not so in time."""
    ends = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < ends, "it did not come to be"
        time.sleep(0.02)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.paths.append(self.path)
            receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
            if not receiver.status:
                receiver.held += 1
                receiver.release.wait(WAIT_S)
                receiver.held -= 1
            if receiver.status == 200:
                receiver.take(body)
            self.send_response(receiver.status or 503)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    return Handler


def _facts(attributes: Any) -> dict[str, Any]:
    return {one.key: _value(one) for one in attributes}


def _value(one: KeyValue) -> Any:
    return getattr(one.value, one.value.WhichOneof("value") or "string_value")

"""What pages of other origins may ask for (the Fetch standard's CORS). A refused preflight is a problem like any other."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from app.http.answer import CONTRACT, NOSNIFF, send_problem
from app.telemetry.correlation import HEADER, trace_id_among
from generated.errors import Malformed

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST_FIELDS = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "If-Range", "Last-Event-ID", "Range",
    "Request-Timeout-Ms", "Traceparent", "X-Correlation-ID", "X-Stele-Client",
)  # fmt: skip
"""What a page may send beyond the safe-listed fields."""
EXPOSED = (
    "Accept-Ranges", "Content-Disposition", "Content-Encoding", "Content-Range", "ETag", "Location", "RateLimit", "RateLimit-Policy",
    "Retry-After", "Stele-Contract", "Idempotent-Replayed", "X-Correlation-ID",
)  # fmt: skip
"""What a page may read beyond the safe-listed fields."""


class CrossOrigin(CORSMiddleware):
    """Stands in front of `application`, any door of ours, for requests with an `Origin`. `origins` are compared as
    text; `*` is any. A page of another origin is answered as any client, without the headers that would let it read the
    answer; its preflight is refused."""

    def __init__(self, application: Any, origins: tuple[str, ...]) -> None:
        super().__init__(
            application,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=REQUEST_FIELDS,
            expose_headers=EXPOSED,
        )

    @override
    def preflight_response(self, request_headers: Headers) -> Response:
        """A refusal is a problem, and names which of origin, method and headers it is. Both have what every answer has."""
        answer = super().preflight_response(request_headers)
        if answer.status_code >= 400:
            return _Refusal(bytes(answer.body).decode())
        answer.raw_headers += [CONTRACT, NOSNIFF, (HEADER, trace_id_among(request_headers.raw).encode())]
        return answer


class _Refusal(Response):
    """`reason` says which of origin, method and headers is not allowed."""

    def __init__(self, reason: str) -> None:
        super().__init__(status_code=Malformed.status)
        self._reason = reason

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_problem(send, Malformed(f"{self._reason}."), trace_id_among(scope["headers"]))

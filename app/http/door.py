"""The HTTP door: a generated table in front of FastAPI, and one way from a request to the runner.

What the contract does not name goes on to the application behind (docs, metrics, what users add by hand).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Protocol

import structlog

from app.admission.gate import Arrival
from app.admission.transfers import Transfers
from app.auth.credential_refused import CredentialRefused
from app.auth.credentials import extract_token
from app.auth.principal import Principal
from app.execution.address import client_ip
from app.execution.context import Abandoned, Call, Caller, Door
from app.execution.runner import Pipeline
from app.http.answer import Send, send_problem, send_result, with_every_answer_s
from app.http.download import send_download
from app.http.message import Receive, alternatives, fields_of, outside_values, read_body, read_request, user_agent_of
from app.http.negotiation import JSON, answer_type, answer_types, body_type, check_acceptable, read_types
from app.http.refusals import Refusals
from app.http.spool import Spool
from app.http.stream import StreamAnswer
from app.http.table import Match, RouteTable
from app.http.uploads import UploadReader
from app.telemetry.correlation import CURRENT, HEADER, Correlation, parent_of, trace_id_of
from app.telemetry.traceparent import TRACEPARENT, Traceparent
from generated.bindings import HttpBinding
from generated.errors import ApiError, Internal, Malformed, MethodNotAllowed, Unavailable
from generated.handlers import Handlers
from generated.operations import Idempotency

Scope = Mapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]
IDEMPOTENCY_KEY = re.compile(rb"[!-~]{1,255}\Z")
"""1 to 255 visible ASCII characters; another one is Malformed."""
TIMEOUT_MS = re.compile(rb"[1-9][0-9]{0,4}\Z")
"""1 to 99,999; what is no such number is as if nothing were said."""
log = structlog.get_logger(__name__)


class Verifier(Protocol):
    """As `app.auth.verifier`: `cached` costs no await, and is asked first."""

    def cached(self, token: str) -> Principal | None: ...
    async def verify(self, token: str) -> Principal: ...


class HttpDoor:
    """An ASGI application, one per worker. What it takes is answered by the operation's result or by a problem,
    whatever goes wrong; where the caller has gone before its request was whole, nothing is written. `behind` gets what
    the contract's paths do not match, and the lifespan. HEAD is answered wherever GET is, without the body."""

    def __init__(
        self,
        *,
        table: RouteTable,
        runner: Pipeline,
        handlers: Handlers[Any],
        verifier: Verifier,
        refusals: Refusals,
        spool: Spool,
        transfers: Transfers,
        trusted_proxies: int,
        behind: Application,
    ) -> None:
        self._table = table
        self._runner = runner
        self._handlers = handlers
        self._verifier = verifier
        self._refusals = refusals
        self._spool = spool
        self._transfers = transfers
        self._trusted_proxies = trusted_proxies
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
            return
        headers = fields_of(scope["headers"])
        parent = parent_of(headers.get(TRACEPARENT, b""))
        trace_id = trace_id_of(headers.get(HEADER, b""), parent)
        CURRENT.set(Correlation(trace_id, door=Door.HTTP))
        match = self._table.find(scope["raw_path"].decode("latin-1"))
        if match is None:
            await self._pass_on(scope, receive, send, trace_id)
            return
        verb = scope["method"]
        is_head = verb == "HEAD"
        try:
            binding = match.verbs.get("GET" if is_head else verb)
            if binding is None:
                raise MethodNotAllowed
            await self._answer(scope, receive, send, binding, match, headers, trace_id, parent)
        except ApiError as error:
            _has_come(scope)
            if isinstance(error, MethodNotAllowed):
                self._refusals.note(scope, error, trace_id)
            await send_problem(send, error, trace_id, allow=_allowed(match), is_head=is_head)
        except Abandoned:
            return
        except asyncio.CancelledError:  # The server ends, and its time for what runs is over: the caller hears of it.
            await send_problem(send, Unavailable(retry_after_s=1), trace_id, is_head=is_head)
        except Exception:
            log.exception("request failed", trace_id=trace_id)
            await send_problem(send, Internal(), trace_id, is_head=is_head)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, trace_id: str) -> None:
        """The application behind answers its own failures, and tells of them once more by raising."""
        _has_come(scope)
        try:
            await self._behind(scope, receive, with_every_answer_s(send, trace_id))
        except Exception:
            log.exception("request failed")

    async def _answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        binding: HttpBinding,
        match: Match,
        headers: dict[bytes, bytes],
        trace_id: str,
        parent: Traceparent | None,
    ) -> None:
        arrived_at = scope.get("arrived_at") or time.monotonic()
        caller = await self._caller(scope, binding, headers)
        uploads = self._uploads(scope, receive, binding, headers, caller)
        request = _Request(
            binding, match.values, scope["query_string"], headers, receive, uploads, self._transfers, caller
        )
        call = Call(
            operation=binding.operation,
            method=binding.method(self._handlers),
            decode=request.read,
            caller=caller,
            trace_id=trace_id,
            parent=parent,
            receive=request.receive if binding.has_body or binding.download is not None else None,
            arrived_at=arrived_at,
            arrival=scope.get("arrival"),
            timeout_s=_timeout_s(headers),
            object_id=match.values[-1] if match.values else None,
            idempotency_key=headers.get(b"idempotency-key", b"").decode("latin-1") or None,
            alternatives=request.alternatives if b"," in headers.get(b"if-match", b"") else None,
        )
        is_head = scope["method"] == "HEAD"
        try:
            if binding.operation.is_stream:
                await self._stream(scope, send, receive, binding, call, request, is_head=is_head)
                return
            result = await self._runner.run(call)
            if binding.download is not None:
                with self._transfers.one(caller.key, caller.address):
                    await send_download(send, receive, binding, call, result, headers, is_head=is_head)
                return
        except ApiError as error:
            await send_problem(send, error, trace_id, call=call, is_head=is_head)
            return
        finally:
            if uploads is not None:
                uploads.close()
        sending = _without_body(send) if is_head else send
        await send_result(sending, binding, call, result, request.answers, headers.get(b"if-none-match"))

    def _uploads(
        self, scope: Scope, receive: Receive, binding: HttpBinding, headers: dict[bytes, bytes], caller: Caller
    ) -> UploadReader | None:
        if not (binding.is_form or binding.files):
            return None
        return UploadReader(self._spool, binding, headers, caller, receive, scope.get("allow_body", _allowed_anyway))

    async def _stream(
        self, scope: Scope, send: Send, receive: Receive, binding: HttpBinding, call: Call, request: _Request,
        *, is_head: bool,
    ) -> None:  # fmt: skip
        """HEAD is judged as GET is, and nothing runs. The credential is judged again before each item, so that a stream does not
        outlive its token or its session."""
        if is_head:
            call.method = _no_items
        answer = StreamAnswer(_without_body(send) if is_head else send, binding.codec, call, lambda: request.answers)
        call.deliver = answer.deliver
        if call.caller.principal is not None:
            call.deliver = self._judging(extract_token(scope["headers"]), answer.deliver)
        if call.receive is not None:
            call.receive = answer.receives(call.receive)
        await answer.run(self._runner.run(call), receive)

    def _judging(self, token: str, deliver: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def judged(item: Any) -> None:
            if self._verifier.cached(token) is None:
                await self._verifier.verify(token)
            await deliver(item)

        return judged

    async def _caller(self, scope: Scope, binding: HttpBinding, headers: dict[bytes, bytes]) -> Caller:
        origin = headers.get(b"origin")
        caller = Caller(
            principal=None,
            ip=client_ip(scope, self._trusted_proxies),
            user_agent=user_agent_of(headers),
            door=Door.HTTP,
            origin=None if origin is None else origin.decode("latin-1"),
        )
        if binding.operation.roles is None:
            return caller
        try:
            token = extract_token(scope["headers"])
            caller.principal = self._verifier.cached(token) or await self._verifier.verify(token)
        except CredentialRefused as error:
            caller.credential_refused = error.reason
        return caller


class _Request:
    """The request's parts until the runner asks for the whole; body and media types wait there for authorisation."""

    __slots__ = (
        "_binding", "_body", "_caller", "_headers", "_path_values", "_query", "_receive", "_transfers", "_uploads", "answers",
    )  # fmt: skip

    def __init__(
        self,
        binding: HttpBinding,
        path_values: tuple[str, ...],
        query: bytes,
        headers: dict[bytes, bytes],
        receive: Receive,
        uploads: UploadReader | None,
        transfers: Transfers,
        caller: Caller,
    ) -> None:
        self._binding = binding
        self._path_values = path_values
        self._query = query
        self._headers = headers
        self._receive = receive
        self._uploads = uploads
        self._transfers = transfers
        self._caller = caller
        self._body = b""
        self.answers = JSON

    async def receive(self) -> None:
        """What comes after authorisation and before the work."""
        if self._binding.download is not None:
            self._transfers.check(self._caller.key)
        if self._uploads is not None:
            with self._transfers.one(self._caller.key, self._caller.address):
                await self._uploads.read()
        elif self._binding.has_body:
            self._body = await read_body(self._headers, self._receive)

    def read(self) -> Any:
        is_plain = self._binding.has_body and self._uploads is None
        media = body_type(self._headers, read_types(self._binding)) if is_plain else None
        if self._binding.download is not None:
            check_acceptable(self._headers, self._binding.download.media_types)
        elif self._binding.has_content:
            self.answers = answer_type(self._headers, media, answer_types(self._binding))
        if self._binding.operation.idempotency is Idempotency.KEY:
            key = self._headers.get(b"idempotency-key")
            if key is not None and not IDEMPOTENCY_KEY.match(key):
                raise Malformed("The Idempotency-Key is not 1 to 255 visible ASCII characters.")
        outside = outside_values(self._binding, self._path_values, self._query, self._headers)
        if self._uploads is not None:
            return self._binding.codec.decode_values(self._uploads.values | outside)
        return read_request(self._binding, media, self._body, outside)

    def alternatives(self, request: Any) -> list[Any]:
        return alternatives(self._binding, self._headers, request)


async def _no_items(context: Any, request: Any) -> AsyncGenerator[Any, None]:
    nothing: tuple[Any, ...] = ()
    for item in nothing:
        yield item


def _has_come(scope: Scope) -> None:
    """The request asks for no share of the work; without the guard it came through no gate."""
    arrival: Arrival | None = scope.get("arrival")
    if arrival is not None:
        arrival.has_come()


def _allowed_anyway(max_bytes: int) -> None:
    """Where the whole body has come with its head, or no guard stands before the door, nobody else counts."""


def _allowed(match: Match) -> str:
    """HEAD is there wherever GET is."""
    return ", ".join(sorted({*match.verbs, *(("HEAD",) if "GET" in match.verbs else ())}))


def _timeout_s(headers: dict[bytes, bytes]) -> float | None:
    """`Request-Timeout-Ms` is the remaining duration of the caller's deadline (D14); nonsense is as none."""
    text = headers.get(b"request-timeout-ms", b"")
    return int(text) / 1000 if TIMEOUT_MS.match(text) else None


def _without_body(send: Send) -> Send:
    async def sending(message: dict[str, Any]) -> None:
        await send(message | {"body": b""} if message["type"] == "http.response.body" else message)

    return sending

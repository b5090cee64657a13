"""The HTTP door of the mock, an ASGI application: docs/wire.md's way from a request to a result or a problem."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codegen.emit.documents.openapi import is_conditional
from codegen.ir.operations import Http, Operation
from codegen.parse.http_responses import ETAG
from proof.documents import JSON, PROBLEM, PROTOBUF
from proof.mock.callers import User
from proof.mock.faults import Faults
from proof.mock.media import Headers, answer_type, body_type, bytes_type, offers
from proof.mock.reading import Reader, Request, idempotency_key, is_unchanged
from proof.mock.refusal import Refusal
from proof.mock.service import Answered, Asked, Mock
from proof.mock.shapes import Kind
from proof.mock.streams import stream_types, streamed
from proof.mock.uploads import downloaded, most_bytes, uploaded
from proof.parameters import order, pattern

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
CORRELATION = re.compile(r"[A-Za-z0-9-]{1,64}")
PREFERENCE = re.compile(r'\b(code|error)\s*=\s*"?(\w+)"?')
"""Of `Prefer` (RFC 7240): which error to answer, by its status or by its name."""
MAX_BODY = 1 << 20
NO_CONTENT, NOT_MODIFIED, CREATED = 204, 304, 201


@dataclass(slots=True)
class Response:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Match:
    """The operations of a path by method, and the texts of its parameters."""

    verbs: Mapping[str, Operation]
    path: Mapping[str, str]

    @property
    def allowed(self) -> str:
        return ", ".join(sorted({*self.verbs, *(("HEAD",) if "GET" in self.verbs else ())}))


class HttpDoor:
    """`behind` gets the paths that it has itself, before the contract's."""

    def __init__(
        self, mock: Mock, faults: Faults, behind: Callable[..., Awaitable[None]], is_behind: Callable[[str], bool]
    ) -> None:
        self._mock = mock
        self._is_behind = is_behind
        self._faults = faults
        self._behind = behind
        self._reader = Reader(mock.contract.definitions, mock.forms.protobuf)
        self._routes = _routes(list(mock.operations.values()))
        self._contract = f"{mock.contract.info.version};{mock.contract.hash}"

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if self._is_behind(scope["path"]):
            await self._behind(scope, receive, send)
            return
        headers = headers_of(scope["headers"])
        given = headers.get("x-correlation-id", "")
        trace_id = given if CORRELATION.fullmatch(given) else secrets.token_hex(8)
        is_head = scope["method"] == "HEAD"
        try:
            response = await self._answer(scope, receive, headers)
        except Refusal as refusal:
            response = self._refused(refusal, trace_id)
        response.headers |= {"Stele-Contract": self._contract, "X-Correlation-ID": trace_id}
        response.headers |= {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        await send_response(send, response, is_head=is_head)

    async def _answer(self, scope: Mapping[str, Any], receive: Receive, headers: Headers) -> Response:
        match = self._match(scope["raw_path"].decode("latin-1"))
        if match is None:
            raise Refusal("unknown_operation")
        verb = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = match.verbs.get(verb)
        if operation is None:
            raise Refusal("method_not_allowed", headers={"Allow": match.allowed})
        if self._faults.waits:
            await asyncio.sleep(self._faults.wait_s())
        user = self._mock.callers.proving(headers.get("authorization", "")) if operation.roles is not None else None
        self._mock.authorise(operation, user)
        self._prefer(operation, headers)
        if self._faults.fails():
            raise Refusal("unavailable", "It fails on purpose.")
        return await self._asked(operation, match, scope, receive, headers, user)

    async def _asked(
        self,
        operation: Operation,
        match: Match,
        scope: Mapping[str, Any],
        receive: Receive,
        headers: Headers,
        user: User | None,
    ) -> Response:
        assert operation.http is not None
        has_body, known = operation.http.body is not None, offers(operation)
        is_plain = has_body and not (operation.http.form or operation.http.file)
        body = await _body(receive, headers, MAX_BODY if is_plain else most_bytes(operation)) if has_body else None
        media = body_type(headers, known) if is_plain else ""
        answers = self._answer_type(operation, headers, media, known)
        key = idempotency_key(operation, headers)
        protobuf = "" if media in ("", JSON) else PROTOBUF
        request = Request(headers, match.path, scope["query_string"], protobuf or media, body if is_plain else None)
        read = self._reader.read(operation, request)
        fields = dict(read.fields)
        if has_body and not is_plain:
            fields |= await uploaded(operation, headers, body or b"", self._reader)
        answered = self._mock.answer(Asked(operation, fields, user, key, read.versions))
        return self._written(operation, operation.http, answered, answers, headers)

    def _answer_type(self, operation: Operation, headers: Headers, sent: str, known: tuple[str, ...]) -> str:
        if operation.result.file is not None:
            return bytes_type(headers, operation.result.file.media_types)
        offered = stream_types(operation) if operation.result.is_stream else known
        return answer_type(headers, sent, offered) if operation.result.record else JSON

    def _prefer(self, operation: Operation, headers: Headers) -> None:
        """The error that the caller wishes for. RFC 7240 would have an unknown wish be ignored; here it is a slip of who writes a test."""
        for kind, wish in PREFERENCE.findall(headers.get("prefer", "")):
            if kind == "code" and not (wish.isdigit() and int(wish) >= 400):
                continue
            code = self._mock.catalogue.declared(operation, int(wish)) if kind == "code" else wish.lower()
            if code not in operation.errors:
                told = ", ".join(operation.errors)
                raise Refusal("malformed", f"{operation.name} has no error {wish}; there are {told}."[:2000])
            raise Refusal(code, headers={"Preference-Applied": f"{kind}={wish}"})

    def _written(self, operation: Operation, http: Http, answered: Answered, media: str, headers: Headers) -> Response:
        response = Response(http.statuses[0], self._budget(operation))
        value = answered.value or {}
        for one in http.response_headers:
            declared = self._mock.contract.record(operation.result.record or "").field(one.field)
            text = _header_text(value.get(declared.member if declared else one.field))
            response.headers[one.carrier] = f'"{text}"' if one.carrier.lower() == ETAG else text
            if (
                one.carrier.lower() == ETAG
                and is_conditional(http)
                and is_unchanged(headers.get("if-none-match", ""), text)
            ):
                return Response(NOT_MODIFIED, {**response.headers, "Vary": "accept"})
        if answered.is_replayed:
            response.headers["Idempotent-Replayed"] = "true"
        if response.status == CREATED and (place := self._location(operation, value)):
            response.headers["Location"] = place
        if operation.result.file is not None:
            response.headers["Content-Type"], response.body = downloaded(operation, media)
        elif operation.result.record is not None:
            response.headers |= {"Content-Type": media, "Vary": "accept"}
            response.body = (
                streamed(operation.result.record, value, media, self._mock.forms.protobuf)
                if operation.result.is_stream
                else self._encoded(operation.result.record, value, media)
            )
        return response

    def _encoded(self, record: str, value: Any, media: str) -> bytes:
        if media == JSON:
            return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        assert self._mock.forms.protobuf is not None, "protobuf is offered only where there are messages"
        return self._mock.forms.protobuf.message(record, value)

    def _location(self, operation: Operation, value: Mapping[str, Any]) -> str:
        shape = self._mock.shapes.of[operation.name]
        found = self._mock.shapes.reads_one(shape.resource) if shape.kind is Kind.CREATE else None
        if found is None or found[0].http is None:
            return ""
        identity = self._mock.shapes.resources[shape.resource].identity
        return found[0].http.path.replace(f"{{{found[1]}}}", str(value.get(identity, "")))

    def _budget(self, operation: Operation) -> dict[str, str]:
        """Of a bucket that is never emptied."""
        bucket = next((one for one in self._mock.contract.buckets if one.name == operation.bucket), None)
        if bucket is None:
            return {}
        policy = f'"{bucket.name}";q={bucket.limit};w={round(bucket.window_s)}'
        return {"RateLimit-Policy": policy, "RateLimit": f'"{bucket.name}";r={bucket.limit};t={round(bucket.window_s)}'}

    def _refused(self, refusal: Refusal, trace_id: str) -> Response:
        problem = self._mock.catalogue.problem(refusal, trace_id)
        headers = {"Content-Type": PROBLEM, **refusal.headers}
        if problem["status"] == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if "retry_after" in problem:
            headers["Retry-After"] = str(problem["retry_after"])
        return Response(problem["status"], headers, json.dumps(problem, ensure_ascii=False).encode())

    def _match(self, path: str) -> Match | None:
        """A segment as it is written goes before a parameter, from the left."""
        for route, carriers, verbs in self._routes:
            if found := route.fullmatch(path):
                return Match(verbs, dict(zip(carriers, found.groups(), strict=True)))
        return None


def headers_of(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case; lines of one name are one list (RFC 9110 §5.3)."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return {name: ", ".join(values) for name, values in found.items()}


async def send_response(send: Send, response: Response, *, is_head: bool = False) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in response.headers.items()]
    if response.status not in (NO_CONTENT, NOT_MODIFIED):
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else response.body})


async def _body(receive: Receive, headers: Headers, most: int) -> bytes:
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared[:20]) > most:
        raise Refusal("too_large")
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if len(found) > most:
            raise Refusal("too_large")
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(found)


def _header_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _routes(operations: list[Operation]) -> list[tuple[re.Pattern[str], list[str], dict[str, Operation]]]:
    """The most specific first."""
    paths: dict[str, dict[str, Operation]] = {}
    for one in operations:
        if one.http is not None:
            paths.setdefault(one.http.path, {})[one.http.method] = one
    return [(*pattern(path), paths[path]) for path in sorted(paths, key=order)]

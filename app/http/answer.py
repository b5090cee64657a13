"""Writes one HTTP response: a result or a problem, with the headers that the contract promises."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from app.errors import problem
from app.execution.context import Call
from app.http.conditions import is_unchanged
from app.http.negotiation import JSON, MEDIA_TYPES, Hinted
from generated.bindings import HttpBinding
from generated.errors import ApiError, MethodNotAllowed, Unauthenticated
from generated.operations import CONTRACT_HASH, CONTRACT_VERSION
from generated.scalars import header_text

Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

CONTRACT: Header = (b"stele-contract", f"{CONTRACT_VERSION};{CONTRACT_HASH}".encode())
PROBLEM: Header = (b"content-type", b"application/problem+json")
TYPES: dict[str, Header] = {name: (b"content-type", name.encode()) for name in MEDIA_TYPES}
VARY: Header = (b"vary", b"accept")
NOSNIFF: Header = (b"x-content-type-options", b"nosniff")
SECURITY: tuple[Header, ...] = (NOSNIFF, (b"cache-control", b"no-store"))
"""On answers of operations: no cache keeps them (RFC 9111 §5.2.2.5), and no browser guesses their type."""
OK, CREATED, NO_CONTENT, NOT_MODIFIED = 200, 201, 204, 304
log = structlog.get_logger(__name__)


async def send_result(
    send: Send, binding: HttpBinding, call: Call, result: Any, media: str, if_none_match: bytes | None = None
) -> None:
    """`media` is one that the operation offers; no body for an operation without a result. 304 where GET is asked for
    what the caller has, as `if_none_match` says. A status that the handler chose and the contract does not declare is
    logged, and the first declared one is sent."""
    headers = head_of(call)
    if binding.etag is not None:
        tag = header_text(getattr(result, binding.etag))
        headers.append((b"etag", b'"%b"' % tag))
        if if_none_match is not None and binding.verb == "GET" and is_unchanged(if_none_match, tag):
            await _send(send, NOT_MODIFIED, [*headers, VARY], b"")
            return
    body = b""
    if result is not None:
        body = _encoded(binding, result, media)
        headers += (TYPES[media], VARY)
    for name, field in binding.response_headers:
        headers.append((name.encode(), header_text(getattr(result, field))))
    status = status_of(binding, call)
    if binding.location is not None and status == CREATED:
        prefix, field = binding.location
        headers.append((b"location", f"{prefix}{getattr(result, field)}".encode()))
    if call.replayed:
        headers.append((b"idempotent-replayed", b"true"))
    await _send(send, status, headers, body)


def head_of(call: Call) -> list[Header]:
    """What every success has."""
    return [CONTRACT, *SECURITY, _correlation(call.trace_id), *_budget(call)]


def _encoded(binding: HttpBinding, result: Any, media: str) -> bytes:
    if media == JSON:
        return binding.codec.encode_json(result)
    assert binding.codec.encode_protobuf is not None, "protobuf is offered only where it is written"
    return binding.codec.encode_protobuf(result)


def status_of(binding: HttpBinding, call: Call) -> int:
    """The handler's choice among the declared ones. What it did is committed, so a wrong choice is logged, not answered."""
    if call.status in binding.statuses:
        return call.status
    if call.status is not None:
        log.error("status not declared", operation=binding.operation.name, status=call.status)
    return binding.statuses[0]


async def send_problem(
    send: Send, error: ApiError, trace_id: str, *, call: Call | None = None, allow: str = "", is_head: bool = False
) -> None:
    """Always `application/problem+json`, whatever was asked for (RFC 9457 §3). `allow` lists the methods of the path
    for 405; a HEAD request gets the headers alone. With `call` it says what is left of the budget."""
    told = problem(error, trace_id)
    headers = [CONTRACT, *SECURITY, PROBLEM, _correlation(trace_id), *(_budget(call) if call else ())]
    if isinstance(error, Unauthenticated):
        headers.append((b"www-authenticate", b"Bearer"))
    if isinstance(error, MethodNotAllowed):
        headers.append((b"allow", allow.encode()))
    if isinstance(error, Hinted):
        headers.append(error.hint)
    if told.retry_after is not msgspec.UNSET:
        headers.append((b"retry-after", b"%d" % told.retry_after))
    await _send(send, error.status, headers, msgspec.json.encode(told), is_head=is_head)


def with_every_answer_s(send: Send, trace_id: str) -> Send:
    """For answers that are written elsewhere: the headers that every answer has are added where they are not. What is
    there already stays as it is."""

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            added = [one for one in (CONTRACT, NOSNIFF, _correlation(trace_id)) if one[0] not in names]
            message = message | {"headers": [*given, *added]}
        await send(message)

    return sending


def _correlation(trace_id: str) -> Header:
    return b"x-correlation-id", trace_id.encode()


def _budget(call: Call) -> tuple[Header, ...]:
    """RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-11: lists of structured fields (RFC 9651)."""
    permit, bucket = call.permit, call.bucket or call.operation.bucket
    if permit is None or bucket is None:
        return ()
    name = bucket.name.encode()
    policy = b'"%b";q=%d;w=%d' % (name, permit.limit, permit.window_s)
    return (
        (b"ratelimit-policy", policy),
        (b"ratelimit", b'"%b";r=%d;t=%d' % (name, permit.remaining, permit.reset_s)),
    )


async def _send(send: Send, status: int, headers: list[Header], body: bytes, *, is_head: bool = False) -> None:
    if status not in (NO_CONTENT, NOT_MODIFIED):
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else body})

"""The whole bytes of a refusal that is made before there is a request to answer: a problem as every door's (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

import msgspec

from app.errors import problem
from generated.errors import ApiError
from generated.operations import CONTRACT_HASH, CONTRACT_VERSION

Field = tuple[bytes, bytes]

RETRY_S = {408: 1, 503: 1}
FIELDS: tuple[Field, ...] = (
    (b"content-type", b"application/problem+json"),
    (b"stele-contract", f"{CONTRACT_VERSION};{CONTRACT_HASH}".encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
"""What an answer of the HTTP door carries as well."""


def parts(error: ApiError, trace: str) -> tuple[list[Field], bytes]:
    """The fields and the body; a 408 or 503 says when to come again. The error itself is changed by that."""
    if error.retry_after_s is None:
        error.retry_after_s = RETRY_S.get(error.status)
    body = msgspec.json.encode(problem(error, trace))
    fields = [*FIELDS, (b"x-correlation-id", trace.encode()), (b"content-length", b"%d" % len(body))]
    if error.retry_after_s is not None:
        fields.append((b"retry-after", b"%d" % error.retry_after_s))
    return fields, body


def answer(
    error: ApiError,
    trace: str,
    *,
    server_fields: Iterable[Field] = (),
    is_last: bool = True,
    is_head: bool = False,
) -> bytes:
    """`server_fields` are the server's own, as the date; `is_last` says that the connection ends. A HEAD request gets
    the fields alone, with the length of the body that it does not get (RFC 9110 §9.3.2)."""
    fields, body = parts(error, trace)
    ends = [(b"connection", b"close")] if is_last else []
    lines = [b"%b: %b\r\n" % field for field in (*server_fields, *fields, *ends)]
    phrase = HTTPStatus(error.status).phrase.encode()
    return b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (error.status, phrase, b"".join(lines), b"" if is_head else body)

"""A stream of the mock: one item and the end, in each form of docs/wire.md. A generated client sees what a short stream is."""

from __future__ import annotations

import json

from codegen.emit.documents.openapi import PROTOBUF_STREAM
from codegen.ir.operations import Operation
from codegen.parse.http_content import NDJSON, SSE
from proof.documents import Json
from proof.protobuf import Protobuf


def stream_types(operation: Operation) -> tuple[str, ...]:
    return (NDJSON, SSE, PROTOBUF_STREAM) if operation.has_rpc else (NDJSON, SSE)


def streamed(record: str, item: Json, media: str, protobuf: Protobuf | None) -> bytes:
    """The whole body."""
    text = json.dumps(item, ensure_ascii=False, allow_nan=False)
    if media == NDJSON:
        return f"{text}\n".encode()
    if media == SSE:
        return f"data: {text}\n\nevent: end\ndata: null\n\n".encode()
    assert protobuf is not None, "protobuf is offered only where there are messages"
    first, last = protobuf.new("Response"), protobuf.new("Response")
    first.data, first.status_code, first.offset = protobuf.message(record, item), 0, 0
    last.status_code = 0
    return b"".join(_delimited(one.SerializeToString()) for one in (first, last))


def _delimited(message: bytes) -> bytes:
    """The length as a varint (protobuf, "Encoding"): seven bits a byte, the lowest first."""
    left, head = len(message), []
    while left > 0x7F:
        head.append(left % 0x80 + 0x80)
        left //= 0x80
    return bytes([*head, left]) + message

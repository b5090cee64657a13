"""The frame in protobuf: the messages of `envelope.proto` have the fields that the socket's door writes and reads."""

from __future__ import annotations

from codegen.diagnostics import Findings, Place
from codegen.parse.proto import ProtoDialect, ProtoField

ENVELOPE = "specs/proto/envelope.proto"
FRAME = {
    "Request": {"pkg_id": "int32", "req_id": "string", "data": "bytes", "meta": "RequestMeta"},
    "RequestMeta": {"timeout_ms": "optional int32", "traceparent": "optional string"},
    "Response": {
        "pkg_id": "optional int32",
        "req_id": "optional string",
        "data": "bytes",
        "status_code": "optional RspCode",
        "meta": "PageMeta",
        "topic": "optional string",
        "offset": "optional int64",
        "epoch": "optional string",
    },
}
"""Each message with its fields as proto spells them (docs/wire.md)."""


def check_envelope(proto: ProtoDialect, findings: Findings) -> None:
    """X022. The frame is of the protocol, so a product may neither add to it nor take from it."""
    for name, wanted in FRAME.items():
        message = proto.messages.get(name)
        found = {one.name: one for one in message.fields} if message else {}
        place = message.place if message else Place(ENVELOPE, 1, 1)
        for field in sorted(wanted.keys() | found.keys()):
            is_said, must_be = found.get(field), wanted.get(field)
            said = _spelled(is_said) if is_said else None
            if said != must_be:
                claim = f"{name}.{field} of the frame is {_quoted(said)}, and must be {_quoted(must_be)}"
                fix = f"write `{must_be} {field}`" if must_be else f"remove {field!r} and reserve its number"
                findings.add("X022", is_said.place if is_said else place, claim, fix=fix)


def _quoted(words: str | None) -> str:
    return f"`{words}`" if words else "not there"


def _spelled(one: ProtoField) -> str:
    word = one.wrapper or one.type_name or one.kind
    return f"repeated {word}" if one.repeated else f"optional {word}" if one.optional and not one.wrapper else word

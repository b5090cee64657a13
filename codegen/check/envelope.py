"""The frame in protobuf: the messages of `envelope.proto` have the fields that the socket's door writes and reads."""

from __future__ import annotations

from codegen.diagnostics import Findings, Place
from codegen.parse.proto import ProtoDialect, ProtoField

ENVELOPE = "specs/proto/envelope.proto"
FRAME = {
    "Request": {"pkg_id": "int32", "req_id": "string", "data": "bytes", "meta": "RequestMeta"},
    "RequestMeta": {"timeout_ms": "optional int32"},
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
    for name, fields in FRAME.items():
        message = proto.messages.get(name)
        found = {one.name: _spelled(one) for one in message.fields} if message else {}
        place = message.place if message else Place(ENVELOPE, 1, 1)
        for field in sorted(fields.keys() | found.keys()):
            wanted = f"`{fields[field]}`" if field in fields else "not there"
            if found.get(field) != fields.get(field):
                fix = (
                    f"write `{fields[field]} {field}`"
                    if field in fields
                    else f"remove {field!r} and reserve its number"
                )
                said = f"`{found[field]}`" if field in found else "not there"
                findings.add("X022", place, f"{name}.{field} of the frame is {said}, and must be {wanted}", fix=fix)


def _spelled(one: ProtoField) -> str:
    word = one.wrapper or one.type_name or one.kind
    return f"repeated {word}" if one.repeated else f"optional {word}" if one.optional and not one.wrapper else word

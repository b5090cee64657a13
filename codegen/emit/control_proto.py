"""The protobuf messages of control frames: the protocol's, the same in every product, so no contract declares them.

Their package is no product's, so that no name of a contract meets theirs; docs/wire.md has the file as text.
"""

from __future__ import annotations

from google.protobuf import descriptor_pb2 as pb

FILE, PACKAGE = "stele_control.proto", "stele.control.v1"
MESSAGES = {
    "Position": (("topic", "string", ""), ("epoch", "string", ""), ("offset", "int64", ""), ("recovered", "bool", "")),
    "Topics": (
        ("topics", "string", "repeated"),
        ("positions", "Position", "repeated"),
        ("presence", "string", "repeated"),
    ),
    "Presence": (("topic", "string", ""), ("users", "string", "repeated"), ("count", "int32", "")),
    "Frames": (("frames", "bytes", "repeated"),),
}
"""Each message's fields in the order of their numbers: name, type and label. A reader of `google.protobuf.FieldMask`, in which topics
once travelled, reads the topics of Topics."""


def with_control(files: pb.FileDescriptorSet) -> pb.FileDescriptorSet:
    """A contract's files and this one."""
    whole = pb.FileDescriptorSet()
    whole.CopyFrom(files)
    whole.file.append(_file())
    return whole


def _file() -> pb.FileDescriptorProto:
    file = pb.FileDescriptorProto(name=FILE, package=PACKAGE, syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, (field, kind, label) in enumerate(fields, 1):
            message.field.append(_field(field, number, kind, repeated=label == "repeated"))
    return file


def _field(name: str, number: int, kind: str, *, repeated: bool) -> pb.FieldDescriptorProto:
    words = pb.FieldDescriptorProto
    field = words(name=name, number=number, json_name=name)
    field.label = words.LABEL_REPEATED if repeated else words.LABEL_OPTIONAL
    if kind in MESSAGES:
        field.type, field.type_name = words.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    else:
        field.type = words.Type.Value(f"TYPE_{kind.upper()}")
    return field

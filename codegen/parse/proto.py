"""proto3 sources to messages, enums and rpcs with positions. protoc itself parses; nothing here reads proto text."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import grpc_tools
from google.protobuf import descriptor_pb2 as pb

from codegen.diagnostics import NOWHERE, Findings, Place
from codegen.parse.documents import Documents
from codegen.parse.yaml_tree import MAX_BYTES, decoded

_NOT_PROTO = "correct it here or before"
_KINDS = {value: name.removeprefix("TYPE_").lower() for name, value in pb.FieldDescriptorProto.Type.items()}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}\.proto\Z")
"""What names a file and its Python module alike; `-…` and `@…` would be options of protoc."""
_ERROR = re.compile(
    r"(?P<file>[^\s:]+\.proto):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)|(?P<bare>[^\s:]+\.proto): (?P<rest>.*)"
)


WRAPPED = {
    f".google.protobuf.{name}Value": kind
    for name, kind in (
        ("Bool", "bool"), ("Int32", "int32"), ("Int64", "int64"), ("UInt32", "uint32"), ("UInt64", "uint64"),
        ("Float", "float"), ("Double", "double"), ("String", "string"), ("Bytes", "bytes"),
    )
}  # fmt: skip
"""The well-known messages around one scalar, with its kind."""


@dataclass(frozen=True, slots=True)
class ProtoField:
    """`kind` is proto's word, `type_name` the message's or enum's own name; it is `map` where the keys are texts."""

    name: str
    number: int
    kind: str
    type_name: str
    repeated: bool
    optional: bool
    oneof: str | None
    place: Place
    map_value: ProtoField | None = None
    json_name: str = ""
    wrapper: str = ""
    """The well-known message around the scalar: the field is an optional one, spelled otherwise."""


@dataclass(frozen=True, slots=True)
class ProtoMessage:
    """`end` is where the closing brace stands; `reserved` holds names and numbers."""

    name: str
    fields: tuple[ProtoField, ...]
    place: Place
    end: Place = NOWHERE
    reserved: frozenset[str | int] = frozenset()
    path: str = ""
    """The name with the messages that it is declared in, `Order.Line`."""
    oneof: tuple[Place, Place] | None = None
    """Where its only oneof begins and ends."""

    def field(self, name: str) -> ProtoField | None:
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class ProtoEnum:
    name: str
    members: tuple[tuple[str, int], ...]
    place: Place
    end: Place = NOWHERE
    reserved: frozenset[str | int] = frozenset()
    path: str = ""


@dataclass(frozen=True, slots=True)
class ProtoRpc:
    name: str
    feature: str
    input: str
    output: str
    no_side_effects: bool
    streams: bool
    """Whether it returns a stream."""
    place: Place


@dataclass(frozen=True, slots=True)
class ProtoFile:
    """What an edit must know of one file: where its package stands, where an import may go, and where its service ends."""

    name: str
    package: str
    place: Place
    imports: frozenset[str]
    import_line: int
    service_end: Place | None


@dataclass(slots=True)
class ProtoDialect:
    messages: dict[str, ProtoMessage] = field(default_factory=dict)
    enums: dict[str, ProtoEnum] = field(default_factory=dict)
    rpcs: dict[str, ProtoRpc] = field(default_factory=dict)
    sources: dict[str, ProtoFile] = field(default_factory=dict)
    files: pb.FileDescriptorSet = field(default_factory=pb.FileDescriptorSet)


Declared = TypeVar("Declared", ProtoMessage, ProtoEnum, ProtoRpc)


def parse_proto(documents: Documents, findings: Findings) -> ProtoDialect:
    """Everything in `specs/proto`, or what protoc says is wrong with it."""
    names = documents.names("proto", ".proto")
    modules: dict[str, str] = {}
    for name in names:
        first = modules.setdefault(name.replace("-", "_"), name)
        if first != name:
            other = (Place(first, 1, 1), "is the other one")
            findings.add("P005", Place(name, 1, 1), "two files have one Python module", other=other, fix="rename one")
    for name in sorted(documents.below(".proto") - set(names)):
        fix = "move it into specs/proto/ itself"
        findings.add("P005", Place(name, 1, 1), "a proto file is read in specs/proto/ only, and not below it", fix=fix)
    texts = {Path(name).name: _text(name, documents, findings) for name in names}
    readable = {name: data for name, data in texts.items() if data is not None}
    dialect = ProtoDialect(files=_descriptors(readable, findings) if readable.keys() == texts.keys() else _nothing())
    for file in dialect.files.file:
        if file.name.startswith("google/"):
            continue
        if file.package.partition(".")[0] == "google":
            message = f"the package {file.package!r} is one of protobuf's own"
            findings.add("P006", _Places(file).at(2), message, fix="name a package of the contract")
        _read_file(file, dialect, findings)
    return dialect


def _text(name: str, documents: Documents, findings: Findings) -> bytes | None:
    if not _NAME.match(Path(name).name):
        fix = "rename it with letters, digits, `_` and `-`, and begin with a letter"
        findings.add("P005", Place(name, 1, 1), f"{Path(name).name!r} names no Python module", fix=fix)
        return None
    data = documents.read(name)
    if data is not None and len(data) > MAX_BYTES:
        findings.add("Y001", Place(name, 1, 1), f"the file has more than {MAX_BYTES:,} bytes", fix="split it")
        return None
    return data if data is not None and decoded(name, data, findings) is not None else None


def _nothing() -> pb.FileDescriptorSet:
    return pb.FileDescriptorSet()


def _descriptors(texts: dict[str, bytes], findings: Findings) -> pb.FileDescriptorSet:
    """protoc sees a copy of what was read, in a folder of its own: an import leads nowhere else."""
    found = _nothing()
    if not texts:
        return found
    before = len(findings)
    with tempfile.TemporaryDirectory() as folder:
        out, sources = Path(folder, "contract.desc"), Path(folder, "proto")
        sources.mkdir()
        for name, data in texts.items():
            (sources / name).write_bytes(data)
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{sources}", f"-I{_well_known()}"]
        command += ["--include_source_info", "--include_imports", f"--descriptor_set_out={out}", *sorted(texts)]
        run = subprocess.run(command, capture_output=True, check=False)
        for line in run.stderr.decode("utf-8", "replace").splitlines():
            _report(line.replace(f"{sources}/", ""), texts, findings, failed=run.returncode != 0)
        if run.returncode == 0:
            found.ParseFromString(out.read_bytes())
        elif len(findings) == before:
            findings.add(
                "P001", Place(f"specs/proto/{min(texts)}", 1, 1), "protoc fails and does not say where", fix=_NOT_PROTO
            )
    return found


def _well_known() -> Path:
    return Path(grpc_tools.__path__[0]) / "_proto"


def _report(line: str, texts: dict[str, bytes], findings: Findings, *, failed: bool) -> None:
    """Of an import that is no file, protoc says so twice; the finding is where it is imported."""
    match = _ERROR.match(line)
    if not failed or not match or (match["file"] or match["bare"]) not in texts:
        return
    if match["file"]:
        place = Place(f"specs/proto/{Path(match['file']).name}", int(match["line"]), int(match["column"]))
        findings.add("P001", place, f"protoc: {match['text']}", fix=_NOT_PROTO)
    else:
        findings.add(
            "P001", Place(f"specs/proto/{Path(match['bare']).name}", 1, 1), f"protoc: {match['rest']}", fix=_NOT_PROTO
        )


class _Places:
    """Positions of one file's elements by their path in the descriptor."""

    def __init__(self, file: pb.FileDescriptorProto) -> None:
        self._file = f"specs/proto/{file.name}"
        self._spans = {tuple(one.path): tuple(one.span) for one in file.source_code_info.location}

    def at(self, *path: int) -> Place:
        line, column = self._spans.get(path, (0, 0))[:2]
        return Place(self._file, line + 1, column + 1)

    def end(self, *path: int) -> Place:
        """The last character of an element: of a block, its closing brace. A span has three numbers on one line."""
        span = self._spans.get(path, (0, 0, 1))
        line = span[2] if len(span) == 4 else span[0]
        return Place(self._file, line + 1, span[-1])

    def last_line(self, *paths: tuple[int, ...]) -> int:
        return max((self.end(*path).line for path in paths if path in self._spans), default=1)


def _read_file(file: pb.FileDescriptorProto, dialect: ProtoDialect, findings: Findings) -> None:
    places = _Places(file)
    if file.syntax != "proto3":
        findings.add(
            "P002",
            places.at(12),
            f"the syntax is {file.syntax or 'proto2'!r}",
            fix='write syntax = "proto3";',
        )
    heads = [(2,), (12,), *((3, index) for index in range(len(file.dependency)))]
    dialect.sources[f"specs/proto/{file.name}"] = ProtoFile(
        f"specs/proto/{file.name}",
        file.package,
        places.at(2),
        frozenset(file.dependency),
        places.last_line(*heads) + 1,
        places.end(6, 0) if file.service else None,
    )
    for path, outer, message in _messages(file):
        _add(dialect.messages, _message(message, places, path, outer), findings)
        for index, enum in enumerate(message.enum_type):
            _add(dialect.enums, _enum(enum, places, (*path, 4, index), f"{outer}{message.name}."), findings)
    for index, enum in enumerate(file.enum_type):
        _add(dialect.enums, _enum(enum, places, (5, index), ""), findings)
    for index, service in enumerate(file.service):
        for number, method in enumerate(service.method):
            rpc = ProtoRpc(
                method.name,
                Path(file.name).stem,
                _own(method.input_type),
                _own(method.output_type),
                method.options.idempotency_level == pb.MethodOptions.NO_SIDE_EFFECTS,
                method.server_streaming,
                places.at(6, index, 2, number),
            )
            if method.client_streaming:
                fix = "take one request; what comes in pieces is sent by a call each"
                findings.add("P003", rpc.place, f"rpc {rpc.name} takes a stream", fix=fix)
            _add(dialect.rpcs, rpc, findings)


def _add(known: dict[str, Declared], found: Declared, findings: Findings) -> None:
    first = known.setdefault(found.name, found)
    if first is not found:
        findings.add(
            "P004",
            found.place,
            f"the name {found.name!r} stands twice",
            other=(first.place, "has it first"),
            fix="rename one",
        )


def _messages(file: pb.FileDescriptorProto) -> Iterator[tuple[tuple[int, ...], str, pb.DescriptorProto]]:
    """Each message with its path in the descriptor and the names around it, `Order.`."""
    waiting: list[tuple[tuple[int, ...], str, pb.DescriptorProto]] = [
        ((4, index), "", message) for index, message in enumerate(file.message_type)
    ]
    while waiting:
        path, outer, message = waiting.pop(0)
        if message.options.map_entry:
            continue
        yield path, outer, message
        inner = f"{outer}{message.name}."
        waiting += [((*path, 3, index), inner, nested) for index, nested in enumerate(message.nested_type)]


def _message(message: pb.DescriptorProto, places: _Places, path: tuple[int, ...], outer: str) -> ProtoMessage:
    entries = {nested.name: nested for nested in message.nested_type if nested.options.map_entry}
    fields = [_field(one, message, entries, places.at(*path, 2, index)) for index, one in enumerate(message.field)]
    reserved = _reserved(message.reserved_name, [(one.start, one.end) for one in message.reserved_range])
    name, oneofs = message.name, {one.oneof for one in fields} - {None}
    oneof = (places.at(*path, 8, 0), places.end(*path, 8, 0)) if len(oneofs) == 1 else None
    return ProtoMessage(name, tuple(fields), places.at(*path), places.end(*path), reserved, outer + name, oneof)


def _reserved(names: Iterable[str], ranges: list[tuple[int, int]]) -> frozenset[str | int]:
    """Ranges end before their second number; a wide one says only where it begins and ends."""
    numbers = {
        number for start, end in ranges for number in (range(start, end) if end - start < 1000 else (start, end))
    }
    return frozenset({*names, *numbers})


def _field(
    one: pb.FieldDescriptorProto,
    message: pb.DescriptorProto,
    entries: dict[str, pb.DescriptorProto],
    place: Place,
) -> ProtoField:
    entry = entries.get(_own(one.type_name)) if one.type_name else None
    real_oneof = one.HasField("oneof_index") and not one.proto3_optional
    keys = _KINDS[entry.field[0].type] if entry else ""
    is_single = one.label != pb.FieldDescriptorProto.LABEL_REPEATED and not real_oneof and not message.options.map_entry
    wrapped = WRAPPED.get(one.type_name) if is_single else None
    return ProtoField(
        name=one.name,
        number=one.number,
        kind=wrapped or (_KINDS[one.type] if not entry else "map" if keys == "string" else f"map of {keys}"),
        type_name="" if entry or wrapped else _own(one.type_name),
        repeated=one.label == pb.FieldDescriptorProto.LABEL_REPEATED and entry is None,
        optional=one.proto3_optional or wrapped is not None,
        oneof=message.oneof_decl[one.oneof_index].name if real_oneof else None,
        place=place,
        map_value=_field(entry.field[1], entry, {}, place) if entry else None,
        json_name=one.json_name,
        wrapper=_own(one.type_name) if wrapped else "",
    )


def _enum(enum: pb.EnumDescriptorProto, places: _Places, path: tuple[int, ...], outer: str) -> ProtoEnum:
    members = tuple((member.name, member.number) for member in enum.value)
    reserved = _reserved(enum.reserved_name, [(one.start, one.end + 1) for one in enum.reserved_range])
    return ProtoEnum(enum.name, members, places.at(*path), places.end(*path), reserved, outer + enum.name)


def _own(full_name: str) -> str:
    """The last part of a full name; the well-known types keep theirs."""
    return full_name.lstrip(".") if full_name.startswith(".google.") else full_name.rpartition(".")[2]

"""Field by field, what JSON says and what proto says must be the same fact.

The mapping of types and of presence is the table in specs/README.md. Types join by name: schema `Thing` is message
`Thing`, the request of `create_thing` is `CreateThingRequest`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Findings, Place
from codegen.ir.names import camel, constant, pascal, snake
from codegen.ir.operations import Contract, Operation
from codegen.ir.proto_spelling import DURATION, EMPTY, TIMESTAMP, enum_members, in_messages, spelling
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Definition,
    Duration,
    Enum,
    Field,
    File,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    String,
    Text,
    Type,
    Union,
    describe,
)
from codegen.parse.proto import ProtoDialect, ProtoEnum, ProtoField, ProtoMessage


def check_agreement(
    contract: Contract, proto: ProtoDialect, findings: Findings, *, wants_every_rpc: bool = False
) -> None:
    """A finding of what proto lacks has its name as the subject, so that a fix can be attached to it.

    `wants_every_rpc` asks for those of HTTP's reads as well, without which they are answered in JSON alone.
    """
    checker = _Checker(contract, proto, findings, wants_every_rpc=wants_every_rpc)
    for operation in contract.operations:
        checker.rpc(operation)
    for name in sorted(in_messages(contract)):
        checker.definition(contract.definitions.get(name))
    checker.rsp_codes()
    checker.strangers()
    checker.unused()


@dataclass(frozen=True, slots=True)
class _Expected:
    """How proto must spell a type: a kind, and the type's name for messages and enums."""

    kind: str
    type_name: str = ""

    def __str__(self) -> str:
        return self.type_name.removeprefix("google.protobuf.") or self.kind


class _Checker:
    def __init__(self, contract: Contract, proto: ProtoDialect, findings: Findings, *, wants_every_rpc: bool) -> None:
        self._wants_every_rpc = wants_every_rpc
        self._contract = contract
        self._proto = proto
        self._findings = findings
        self._used: set[str] = set()

    def rpc(self, operation: Operation) -> None:
        if operation.has_bytes:
            return
        name = pascal(operation.name)
        rpc, output = self._proto.rpcs.get(name), operation.result.record or EMPTY
        has_body = operation.http is not None and operation.http.body is not None
        needed = operation.pkg_id is not None or has_body or self._wants_every_rpc
        if rpc is None:
            if needed:
                stream = "stream " if operation.result.is_stream else ""
                fix = f"add `rpc {name}({name}Request) returns ({stream}{output});` to specs/proto/{operation.feature}.proto"
                self._findings.add(
                    "X001", operation.place, f"{operation.name} has no rpc {name}", fix=fix, subject=name
                )
                self.record(operation.request)
            return
        if rpc.feature != operation.feature:
            self._findings.add(
                "X002",
                operation.place,
                f"{operation.name} is of feature {operation.feature!r}",
                other=(rpc.place, f"is in {rpc.feature}.proto"),
                fix="keep a feature's three files under one name",
            )
        if rpc.input != f"{name}Request":
            self._findings.add(
                "X003",
                rpc.place,
                f"rpc {name} takes {rpc.input}",
                other=(operation.place, f"is {operation.name}"),
                fix=f"take {name}Request",
            )
        if rpc.output != output:
            self._findings.add(
                "X004",
                rpc.place,
                f"rpc {name} returns {rpc.output}",
                other=(operation.place, f"{operation.name} answers {output}"),
                fix=f"return {output}",
            )
        self.record(operation.request)

    def definition(self, definition: Definition | None) -> None:
        if isinstance(definition, Record):
            self.record(definition)
        elif isinstance(definition, Enum):
            self.enum(definition)
        elif isinstance(definition, Union):
            self.union(definition)

    def record(self, record: Record) -> None:
        message = self._message(record.name, record.place)
        if message is None:
            return
        for one in record.fields:
            theirs = message.field(one.name)
            if theirs is None:
                self._missing_in_proto(record, one, message)
            else:
                self._field(record.name, one, theirs)
        for theirs in message.fields:
            if record.field(theirs.name) is None:
                self._findings.add(
                    "X011",
                    theirs.place,
                    f"{message.name}.{theirs.name} is in proto",
                    other=(record.place, f"{record.name} has no such property"),
                    fix=f"add {theirs.name!r} to the schema, or remove it here and reserve its number",
                )

    def _message(self, name: str, place: Place) -> ProtoMessage | None:
        message = self._proto.messages.get(name)
        self._used.add(name)
        if message is None:
            self._findings.add(
                "X005",
                place,
                f"there is no message {name}",
                fix=f"add `message {name} {{ … }}` under specs/proto/",
                subject=name,
            )
        return message

    def _missing_in_proto(self, record: Record, one: Field, message: ProtoMessage) -> None:
        number = max((each.number for each in message.fields), default=0) + 1
        fix = f"add `{spelling(one)} {one.name} = {number};`"
        self._findings.add(
            "X010",
            one.place,
            f"{record.name} has the field {one.member!r}",
            other=(message.place, f"message {message.name} has no such field"),
            fix=fix,
            subject=f"{record.name}.{one.name}",
        )

    def _field(self, owner: str, one: Field, theirs: ProtoField) -> None:
        label = f"{owner}.{one.member}"
        self._type(owner, one, theirs)
        is_message = theirs.kind == "message"
        wants_optional = (one.nullable or not one.required) and not one.is_collection
        if wants_optional and not theirs.optional and not is_message:
            say = "nullable" if one.nullable else "optional"
            self._findings.add(
                "X013",
                one.place,
                f"{label} is {say}",
                other=(theirs.place, "has no presence"),
                notes=("absent and zero would be the same through the protobuf doors",),
                fix="write `optional` in proto, or require it in the schema",
            )
        elif theirs.optional and not wants_optional:
            self._findings.add(
                "X009",
                one.place,
                f"{label} is required",
                other=(theirs.place, f"is {theirs.wrapper or 'optional'}"),
                fix=f"{_plainly(theirs)} in proto, or let the schema leave it out",
            )
        if theirs.oneof is not None:
            self._findings.add(
                "X020", theirs.place, f"{label} is in the oneof {theirs.oneof}",
                other=(one.place, "is a field of a record"), fix="make a union of it, or write the fields side by side",
            )  # fmt: skip
        if theirs.json_name not in (camel(theirs.name), one.member):
            self._findings.add(
                "X021", theirs.place, f"{label} has the json_name {theirs.json_name!r}",
                other=(one.place, f"is {one.member!r}"), fix="remove json_name",
            )  # fmt: skip

    def _type(self, owner: str, one: Field, theirs: ProtoField) -> None:
        kind, label = one.type, f"{owner}.{one.member}"
        if isinstance(kind, ListOf) != theirs.repeated and not isinstance(kind, MapOf):
            found = "repeated" if theirs.repeated else "single"
            self._findings.add(
                "X014",
                one.place,
                f"{label} is {describe(kind)}",
                other=(theirs.place, f"is {found}"),
                fix="make both a list or neither",
            )
            return
        if isinstance(kind, MapOf) != (theirs.kind == "map"):
            self._findings.add(
                "X015",
                one.place,
                f"{label} is {describe(kind)}",
                other=(theirs.place, f"is {_say(theirs)}"),
                fix="make both a map or neither",
            )
            return
        value = theirs.map_value if theirs.map_value else theirs
        inner = kind.item if isinstance(kind, ListOf) else kind.value if isinstance(kind, MapOf) else kind
        expected = self._expected(inner)
        if (value.kind, value.type_name) != (expected.kind, expected.type_name):
            notes, fix = _advice(inner, value, f"{owner}.{theirs.name}", str(expected))
            self._findings.add(
                "X012",
                one.place,
                f"{label} is {describe(kind)}",
                other=(theirs.place, f"{owner}.{theirs.name} is {_say(value)}"),
                notes=notes,
                fix=fix,
            )

    def _expected(self, kind: Type) -> _Expected:
        match kind:
            case Bool():
                return _Expected("bool")
            case Int():
                return _Expected(f"int{kind.bits}")
            case Float():
                return _Expected("double")
            case String() | Text():
                return _Expected("string")
            case Bytes() | File():
                return _Expected("bytes")
            case DateTime():
                return _Expected("message", TIMESTAMP)
            case Duration():
                return _Expected("message", DURATION)
            case Named():
                is_enum = isinstance(self._contract.definitions.get(kind.name), Enum)
                return _Expected("enum" if is_enum else "message", kind.name)
            case ListOf() | MapOf():
                return _Expected("a message, since proto has no list of lists")

    def enum(self, enum: Enum) -> None:
        self._used.add(enum.name)
        theirs = self._proto.enums.get(enum.name)
        if theirs is None:
            self._findings.add(
                "X006",
                enum.place,
                f"there is no enum {enum.name} in proto",
                fix=f"add `enum {enum.name} {{ … }}` with {enum_members(enum)}",
                subject=enum.name,
            )
            return
        expected = enum_members(enum)
        found = tuple(name for name, _ in theirs.members)
        for name in sorted(set(expected) ^ set(found)):
            where = "proto" if name in found else "the schema"
            self._findings.add(
                "X016",
                enum.place,
                f"enum {enum.name}: {name} is only in {where}",
                other=(theirs.place, f"has {', '.join(found)}"),
                fix="list the same members in both",
                subject=name,
            )
        self._numbers(enum, theirs)

    def _numbers(self, enum: Enum, theirs: ProtoEnum) -> None:
        numbers = dict(theirs.members)
        unset = enum_members(enum)[0]
        if enum.needs_unset and numbers.get(unset, 0) != 0:
            self._findings.add(
                "X017", enum.place, f"enum {enum.name}: absent is zero",
                other=(theirs.place, f"has {theirs.members[0][0]} as zero"), fix=f"number {unset} 0",
            )  # fmt: skip
        if len(set(numbers.values())) < len(numbers):
            self._findings.add(
                "X017", enum.place, f"enum {enum.name}: each member has its number",
                other=(theirs.place, "has one number for two of them"), fix="remove allow_alias",
            )  # fmt: skip
        for name, value in enum.members:
            spelled = f"{constant(snake(enum.name))}_{constant(name)}"
            if isinstance(value, int) and numbers.get(spelled, value) != value:
                self._findings.add(
                    "X017",
                    enum.place,
                    f"enum {enum.name}: {name} is {value}",
                    other=(theirs.place, f"has {numbers[spelled]}"),
                    fix="use the same numbers",
                )

    def union(self, union: Union) -> None:
        message = self._message(union.name, union.place)
        if message is None:
            return
        members = {one.name: one for one in message.fields if one.oneof}
        for tag, record in union.arms:
            theirs = members.pop(union.arm_name(tag), None)
            if theirs is None or theirs.type_name != record:
                self._findings.add(
                    "X018",
                    union.place,
                    f"{union.name} has the arm {tag!r}: {record}",
                    other=(message.place, "has no such oneof member"),
                    fix=f"add `{record} {union.arm_name(tag)}` to the oneof",
                    subject=tag,
                )
        beside = [one for one in message.fields if not one.oneof]
        if beside or len({one.oneof for one in message.fields}) > 1:
            self._findings.add(
                "X018", union.place, f"{union.name} is exactly one of its arms",
                other=(message.place, f"has {beside[0].name!r} beside them" if beside else "has two oneofs"),
                fix="let the message hold one oneof and nothing else",
            )  # fmt: skip
        for name, theirs in members.items():
            self._findings.add(
                "X018",
                theirs.place,
                f"the oneof member {name} is in proto",
                other=(union.place, f"{union.name} has no such arm"),
            )

    def rsp_codes(self) -> None:
        theirs = self._proto.enums.get("RspCode")
        wanted = {f"RSP_CODE_{name}": number for name, number in self._contract.rsp_codes}
        if theirs is not None and dict(theirs.members) != wanted:
            self._findings.add(
                "X019",
                theirs.place,
                f"enum RspCode is {dict(theirs.members)}",
                notes=(f"errors.yaml has {wanted}",),
                fix="write the codes of errors.yaml",
            )

    def unused(self) -> None:
        envelope = {name for name, one in self._contract.bindings.items() if one.file == "envelope"}
        places = {one.name: one.place for one in self._proto.messages.values()}
        places |= {one.name: one.place for one in self._proto.enums.values()}
        for name, place in places.items():
            if name not in self._used and name not in envelope:
                self._findings.add(
                    "X008", place, f"{name} is reached by no operation and no event",
                    fix="use it in an operation, or remove it",
                )  # fmt: skip

    def strangers(self) -> None:
        """Messages that no operation reaches would be dead text in the contract."""
        names = {pascal(operation.name) for operation in self._contract.operations}
        for rpc in self._proto.rpcs.values():
            if rpc.name not in names:
                self._findings.add(
                    "X007",
                    rpc.place,
                    f"rpc {rpc.name} has no operation {snake(rpc.name)!r} in OpenAPI or AsyncAPI",
                    fix="add the operation, or remove the rpc",
                )


def _say(theirs: ProtoField) -> str:
    if theirs.kind == "map" and theirs.map_value:
        return f"map<string, {_say(theirs.map_value)}>"
    return theirs.wrapper or theirs.type_name or theirs.kind


def _plainly(theirs: ProtoField) -> str:
    return f"write `{theirs.kind}`" if theirs.wrapper else "remove `optional`"


def _advice(kind: Type, theirs: ProtoField, label: str, expected: str) -> tuple[tuple[str, ...], str]:
    if isinstance(kind, Int) and kind.bits == 64 and theirs.kind == "int32":
        return (
            "values above 2147483647 would not survive the protobuf door",
        ), f"make {label} int64 in proto, or int32 in the schema with `maximum: 2147483647`"
    return (), f"make {label} {expected} in proto, or change the schema"


def messages_in_use(contract: Contract) -> Iterator[str]:
    """Names of all proto messages and enums that the contract needs."""
    yield from sorted(in_messages(contract))
    yield from (operation.request.name for operation in contract.operations if operation.has_rpc)

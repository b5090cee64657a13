"""`generated/wire.py`: direct converters between values and typed protobuf messages, and one codec per operation.

The rules of presence are the table in specs/README.md; the laws (round trips) are tests.
"""

from __future__ import annotations

from codegen.emit.printer import File, Module, quoted
from codegen.emit.python_types import is_constant, is_tag, literal, tag_of
from codegen.emit.service.codecs import CodecWriter, fault_of
from codegen.ir.names import snake
from codegen.ir.operations import Contract, Operation
from codegen.ir.proto_spelling import enum_members
from codegen.ir.types import (
    Bytes,
    DateTime,
    Duration,
    Enum,
    Field,
    ListOf,
    MapOf,
    Named,
    Record,
    String,
    Text,
    Type,
    Union,
)

SCALARS = "generated.scalars"


def emit(contract: Contract) -> list[File]:
    enums = [name for name, one in contract.definitions.items() if isinstance(one, Enum)]
    module = Module("wire.py", "Values to bytes and back, directly. Generated; do not edit.", frozenset(enums))
    writer = _Writer(module, contract)
    in_proto = contract.bindings.keys()
    for name in sorted(contract.results & in_proto):
        writer.definition(name)
    for name in sorted((contract.inputs - contract.results) & in_proto):
        writer.enum_tables(contract.definitions[name])
    for name in sorted(contract.inputs & in_proto):
        definition = contract.definitions[name]
        if isinstance(definition, Record | Union):
            writer.input_definition(name)
    for operation in contract.operations:
        if operation.has_rpc:
            writer.request(operation)
    writer.codecs()
    return [module.file()]


class _Writer:
    def __init__(self, module: Module, contract: Contract) -> None:
        self._module = module
        self._contract = contract

    def _pb(self, message: str) -> str:
        """The class of a message, its module imported under its own name."""
        binding = self._contract.bindings[message]
        self._module.use("generated.proto", binding.module)
        return f"{binding.module}.{binding.path}"

    def _struct(self, name: str) -> str:
        return f"{self._module.use('generated', 'results')}.{name}"

    def _definition(self, kind: Type) -> object:
        return self._contract.definitions.get(kind.name) if isinstance(kind, Named) else None

    def definition(self, name: str) -> None:
        definition = self._contract.definitions[name]
        self.enum_tables(definition)
        if isinstance(definition, Record):
            self._write_record(definition)
            self._read_record(definition)
        elif isinstance(definition, Union):
            self._write_union(definition)
            self._read_union(definition)

    def enum_tables(self, definition: object) -> None:
        """Dictionaries both ways; the unset member has no counterpart."""
        if not isinstance(definition, Enum):
            return
        name = self._module.use("generated.enums", definition.name)
        spelled = enum_members(definition)[-len(definition.members) :]
        message, stem = self._pb(definition.name), self._contract.bindings[definition.name].scope
        table = f"_{snake(name).upper()}_TO_PROTO"
        self._module.line("", f"{table}: dict[{name}, {message}.ValueType] = {{")
        for (member, _), constant in zip(definition.members, spelled, strict=True):
            self._module.line(f"    {name}.{member.replace('-', '_').upper()}: {stem}.{constant},")
        self._module.line(
            "}",
            f"_{snake(name).upper()}_FROM_PROTO = {{number: member for member, number in {table}.items()}}",
        )

    def _write_record(self, record: Record) -> None:
        self._write(record, f"write_{snake(record.name)}", self._struct(record.name), "write")

    def _write(self, record: Record, function: str, value_type: str, verb: str) -> None:
        """`write` takes what goes out, `fill` takes a request's model, in which absent is None."""
        self._module.line("", "", f"def {function}(message: {self._pb(record.name)}, value: {value_type}) -> None:")
        lines = [line for one in record.fields for line in self._write_field(record, one, verb)]
        self._module.line(*_indented(lines or ["pass"]))

    def _write_field(self, record: Record, one: Field, verb: str) -> list[str]:
        value, target = f"value.{one.name}", self._slot(record, one)
        if isinstance(one.type, ListOf):
            return self._write_list(one, one.type.item, value, verb)
        if isinstance(one.type, MapOf):
            return self._write_map(one, one.type.value, value, verb)
        if verb == "write" and is_tag(self._contract, record, one):
            return [f"{target} = {quoted(tag_of(one))}"]
        lines = self._assign(one.type, target, value, verb)
        has_value = one.has_default and one.default is not None
        if verb == "write" and not (one.required or one.nullable or has_value):
            unset = self._module.use("msgspec", "UnsetType")
            return [f"if not isinstance({value}, {unset}):", *_indented(lines)]
        if one.nullable or not (one.required or has_value):
            return [f"if {value} is not None:", *_indented(lines)]
        return lines

    def _write_list(self, one: Field, item: Type, value: str, verb: str) -> list[str]:
        """A loop's variable has the field's name, since each has a type of its own."""
        each = f"{one.name}_item"
        if isinstance(self._definition(item), Record | Union) or isinstance(item, DateTime | Duration):
            return [f"for {each} in {value}:", *_indented(self._assign(item, f"message.{one.name}.add()", each, verb))]
        converted = self._to_proto(item, "item")
        return [f"message.{one.name}.extend({value if converted == 'item' else f'{converted} for item in {value}'})"]

    def _write_map(self, one: Field, item: Type, value: str, verb: str) -> list[str]:
        each, target = f"{one.name}_item", f"message.{one.name}[key]"
        return [f"for key, {each} in {value}.items():", *_indented(self._assign(item, target, each, verb))]

    def _assign(self, kind: Type, target: str, value: str, verb: str) -> list[str]:
        """The statements that put a value into a message; a moment's are in line, for they are most of a page's cost."""
        definition = self._definition(kind)
        if isinstance(definition, Record | Union):
            lines = [f"{self._nested(verb, kind)}({target}, {value})"]
            may_be_empty = isinstance(definition, Record) and not any(map(self._is_always_set, definition.fields))
            return [*lines, f"{target}.SetInParent()"] if may_be_empty and not target.endswith(")") else lines
        if isinstance(kind, DateTime):
            return [
                f"since = {value} - {self._module.use(SCALARS, 'EPOCH')}",
                f"timestamp = {target}",
                "timestamp.seconds = since.days * 86400 + since.seconds",
                "timestamp.nanos = since.microseconds * 1000",
            ]
        if isinstance(kind, Duration):
            return [f"{self._module.use(SCALARS, 'put_span')}({target}, {value})"]
        return [f"{target} = {self._to_proto(kind, value)}"]

    def _is_always_set(self, one: Field) -> bool:
        """Whether writing the field alone makes a message present."""
        return one.required and not (one.nullable or one.is_collection)

    def _to_proto(self, kind: Type, value: str) -> str:
        if isinstance(self._definition(kind), Enum):
            return f"_{snake(getattr(kind, 'name', '')).upper()}_TO_PROTO[{value}]"
        if isinstance(kind, Text):
            return f"{value}.isoformat()" if kind.form == "date" else f"str({value})"
        return value

    def _nested(self, verb: str, kind: Type) -> str:
        return f"{verb}_{snake(getattr(kind, 'name', ''))}"

    def _read_record(self, record: Record) -> None:
        name = self._struct(record.name)
        self._module.line("", "", f"def read_{snake(record.name)}(message: {self._pb(record.name)}) -> {name}:")
        told = [one for one in record.fields if not self._is_fixed(record, one)]
        arguments = [f"{one.name}={self._read_field(one, self._slot(record, one))}" for one in told]
        self._module.call(f"    return {name}", arguments)

    def _is_fixed(self, record: Record, one: Field) -> bool:
        """A required constant is the struct's own."""
        return is_constant(one) and (one.required or is_tag(self._contract, record, one))

    def _slot(self, record: Record, one: Field) -> str:
        """Where a message of the record has the field's value."""
        return (
            f"message.{one.name}.value"
            if f"{record.name}.{one.name}" in self._contract.wrapped
            else f"message.{one.name}"
        )

    def _read_field(self, one: Field, source: str) -> str:
        if isinstance(one.type, ListOf):
            inner = self._told(one.type.item, "item")
            found = f"list({source})" if inner == "item" else f"[{inner} for item in {source}]"
            return (
                f"{found} or {literal(self._module, self._contract, one.type, one.default)}" if one.default else found
            )
        if isinstance(one.type, MapOf):
            inner = self._told(one.type.value, "item")
            return f"dict({source})" if inner == "item" else f"{{key: {inner} for key, item in {source}.items()}}"
        value = self._told(one.type, source)
        if one.required and not one.nullable:
            return value
        absent = "None" if one.nullable else self._module.use("msgspec", "UNSET")
        if one.has_default and one.default is not None:
            absent = literal(self._module, self._contract, one.type, one.default)
        return f"{value} if message.HasField({quoted(one.name)}) else {absent}"

    def _told(self, kind: Type, source: str) -> str:
        """What a struct has: of a constant its own text, for which no other type would do."""
        return quoted(kind.const) if isinstance(kind, String) and kind.const else self._from_proto(kind, source)

    def _from_proto(self, kind: Type, source: str) -> str:
        """An expression that takes a value out of a message; ValueError or KeyError for what the contract has not."""
        if isinstance(self._definition(kind), Record | Union):
            return f"{self._nested('read', kind)}({source})"
        if isinstance(self._definition(kind), Enum):
            return f"_{snake(getattr(kind, 'name', '')).upper()}_FROM_PROTO[{source}]"
        if isinstance(kind, DateTime):
            return f"{self._module.use(SCALARS, 'moment_of')}({source})"
        if isinstance(kind, Duration):
            return f"{self._module.use(SCALARS, 'span_of')}({source})"
        if isinstance(kind, Text):
            python = {
                "date": ("datetime", "date"),
                "decimal": ("decimal", "Decimal"),
                "uuid": ("uuid", "UUID"),
            }[kind.form]
            name = self._module.use(*python)
            return f"{name}.fromisoformat({source})" if kind.form == "date" else f"{name}({source})"
        return source

    def _write_union(self, union: Union, verb: str = "write") -> None:
        space = "results" if verb == "write" else "models"
        self._module.use("generated", space)
        self._module.line(
            "",
            "",
            f"def {verb}_{snake(union.name)}(message: {self._pb(union.name)}, value: {space}.{union.name}) -> None:",
        )
        for index, (tag, record) in enumerate(union.arms):
            word = "if" if index == 0 else "elif"
            self._module.line(
                f"    {word} isinstance(value, {space}.{record}):",
                f"        {verb}_{snake(record)}(message.{union.arm_name(tag)}, value)",
                f"        message.{union.arm_name(tag)}.SetInParent()",
            )

    def _codec(self, operation: Operation) -> CodecWriter:
        return CodecWriter(self._module, self._contract, operation, self._pb, self._write_items)

    def _write_items(self, record: Record, value: str) -> list[str]:
        """The statements that put the items of a list record into a message of it."""
        items = record.field("items")
        return (
            self._write_list(items, items.type.item, value, "write") if items and isinstance(items.type, ListOf) else []
        )

    def _read_union(self, union: Union) -> None:
        self._module.line(
            "",
            "",
            f"def read_{snake(union.name)}(message: {self._pb(union.name)}) -> {self._struct(union.name)}:",
        )
        for tag, record in union.arms:
            self._module.line(
                f"    if message.HasField({quoted(union.arm_name(tag))}):",
                f"        return read_{snake(record)}(message.{union.arm_name(tag)})",
            )
        self._module.line('    raise ValueError("no arm is set")')

    def request(self, operation: Operation) -> None:
        """A request is read into plain values, which the model then judges, and written from the model by clients."""
        record, message = operation.request, self._pb(operation.request.name)
        self._values(f"values_of_{snake(record.name)}", message, record)
        self._module.use("generated", "models")
        self._write(record, f"fill_{snake(record.name)}", f"models.{record.name}", "fill")

    def input_definition(self, name: str) -> None:
        definition = self._contract.definitions[name]
        if isinstance(definition, Record):
            self._values(f"values_of_{snake(name)}", self._pb(name), definition)
            self._module.use("generated", "models")
            self._write(definition, f"fill_{snake(name)}", f"models.{name}", "fill")
        elif isinstance(definition, Union):
            self._write_union(definition, "fill")
            self._module.line("", "", f"def values_of_{snake(name)}(message: {self._pb(name)}) -> dict[str, object]:")
            for tag, record in definition.arms:
                arm = definition.arm_name(tag)
                self._module.line(f"    if message.HasField({quoted(arm)}):")
                self._module.line(
                    f"        return values_of_{snake(record)}(message.{arm}) | {{{quoted(definition.tag_member)}: {tag!r}}}"
                )
            self._module.line("    return {}")

    def _values(self, function: str, message: str, record: Record) -> None:
        self._module.line(
            "",
            "",
            f"def {function}(message: {message}) -> dict[str, object]:",
            "    values: dict[str, object] = {}",
        )
        for one in record.fields:
            assignment = f"values[{quoted(one.member)}] = {self._value(one, self._slot(record, one))}"
            if isinstance(one.type, ListOf) and one.default:
                self._module.line(f"    if message.{one.name}:", f"        {assignment}")
            elif one.is_collection or (one.required and not one.nullable and not self._has_presence(one)):
                self._module.line(f"    {assignment}")
            else:
                self._module.line(f"    if message.HasField({quoted(one.name)}):", f"        {assignment}")
                if one.required and one.nullable:
                    self._module.line("    else:", f"        values[{quoted(one.member)}] = None")
        self._module.line("    return values")

    def _has_presence(self, one: Field) -> bool:
        return isinstance(one.type, DateTime | Duration) or isinstance(self._definition(one.type), Record | Union)

    def _value(self, one: Field, source: str) -> str:
        if isinstance(one.type, ListOf):
            inner = self._plain(one.type.item, "item")
            return f"list({source})" if inner == "item" else f"[{inner} for item in {source}]"
        if isinstance(one.type, MapOf):
            inner = self._plain(one.type.value, "item")
            return f"dict({source})" if inner == "item" else f"{{key: {inner} for key, item in {source}.items()}}"
        return self._plain(one.type, source)

    def _plain(self, kind: Type, source: str) -> str:
        """Text and bytes stay as they are: the model has the one validator of their form."""
        if isinstance(self._definition(kind), Record | Union):
            return f"values_of_{snake(getattr(kind, 'name', ''))}({source})"
        if isinstance(self._definition(kind), Enum):
            return f"_{snake(getattr(kind, 'name', '')).upper()}_FROM_PROTO.get({source})"
        return source if isinstance(kind, Text | Bytes) else self._from_proto(kind, source)

    def codecs(self) -> None:
        self._module.use("generated", "models")
        codec, event_codec = (self._module.use("generated.bindings", name) for name in ("Codec", "EventCodec"))
        self._module.use("msgspec", "")
        self._module.line("", "", "_json = msgspec.json.Encoder().encode", "", "")
        value, call = self._module.use("typing", "Any"), self._module.use("collections.abc", "Callable")
        self._module.line(
            f"def _message(message: {value}, write: {call}[[{value}, {value}], None], value: {value}) -> bytes:",
            "    write(message, value)",
            "    return bytes(message.SerializeToString())",
            "",
            "",
        )
        for operation in self._contract.operations:
            self._codec(operation).functions()
        self._module.line(f"CODECS: dict[str, {codec}] = {{")
        for operation in self._contract.operations:
            self._module.call(
                f"    {quoted(operation.name)}: {codec}",
                self._codec(operation).arguments(),
                ",",
            )
        self._module.line("}", "", f"EVENT_CODECS: dict[int, {event_codec}] = {{")
        for event in self._contract.events:
            encode = f"lambda event: _message({self._pb(event.record)}(), write_{snake(event.record)}, event)"
            decode = f"msgspec.json.Decoder({self._struct(event.record)}).decode"
            fault = fault_of(self._module, event.record)
            self._module.call(f"    {event.pkg_id}: {event_codec}", ["_json", encode, decode, fault], ",")
        self._module.line("}")
        if self._contract.events:
            self._module.use("generated.operations", "EVENTS")
        kind = self._module.use("generated.operations", "Event")
        self._module.line("", f"EVENT_OF: dict[type[{value}], {kind}] = {{")
        self._module.line(
            *(f"    {self._struct(event.record)}: EVENTS[{quoted(event.name)}]," for event in self._contract.events),
            "}",
        )


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]

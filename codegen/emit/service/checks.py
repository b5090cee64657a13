"""`generated/checks.py`: one function per record that may be answered or published, which says where a value is of a wrong type.

Promises: what passes is the same value in JSON and in protobuf. Lengths, bounds and patterns are not looked at: a row that
was written under an older bound can still be read.
"""

from __future__ import annotations

from codegen.emit.printer import File, Module, quoted
from codegen.emit.python_types import is_constant, is_tag, tag_of
from codegen.ir.names import snake
from codegen.ir.operations import Contract
from codegen.ir.reach import reachable
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Enum,
    Field,
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


def emit(contract: Contract) -> list[File]:
    enums = frozenset(name for name, one in contract.definitions.items() if isinstance(one, Enum))
    module = Module(
        "checks.py",
        "Where a value that goes out is of a wrong type: a JSON pointer and what is due, or None. Generated; do not edit.",
        enums,
    )
    writer = _Writer(module, contract)
    for name in sorted(answered(contract)):
        writer.definition(contract.definitions[name])
    return [module.file()]


def answered(contract: Contract) -> frozenset[str]:
    """The definitions of results and events; what only problems have is not among them."""
    results = [one.result.record for one in contract.operations if one.result.record]
    return reachable(contract.definitions, [*results, *(one.record for one in contract.events)])


class _Writer:
    def __init__(self, module: Module, contract: Contract) -> None:
        self._module = module
        self._contract = contract

    def definition(self, definition: Record | Enum | Union) -> None:
        if isinstance(definition, Enum):
            return
        self._module.use("generated", "results")
        self._module.line("", "", f"def fault_of_{snake(definition.name)}(value: object) -> str | None:")
        if isinstance(definition, Union):
            for _, record in definition.arms:
                self._module.line(
                    f"    if type(value) is results.{record}:", f"        return fault_of_{snake(record)}(value)"
                )
            self._module.line(f"    return {self._unfit('value', definition.name)}")
            return
        self._module.line(
            f"    if type(value) is not results.{definition.name}:",
            f"        return {self._unfit('value', definition.name)}",
        )
        for one in definition.fields:
            if not is_tag(self._contract, definition, one):
                self._module.line(*(f"    {line}" for line in self._field(one)))
        self._module.line("    return None")

    def _unfit(self, value: str, due: str) -> str:
        return f"{self._scalar('unfit')}({value}, {quoted(due)})"

    def _field(self, one: Field) -> list[str]:
        value = f"value.{one.name}"
        absent = self._absent(one)
        guard = f"{value} is not {absent} and " if absent else ""
        match one.type:
            case ListOf(item):
                return [*self._container(one, "list"), *self._each(one, value, item)]
            case MapOf(item):
                of_text = f"if not all({self._scalar('is_text')}(key) for key in {value}):"
                refused = f"    return {quoted(f'/{one.member}: a key is no string')}"
                return [*self._container(one, "dict"), of_text, refused, *self._each(one, f"{value}.values()", item)]
        if is_constant(one):
            return [
                f"if {guard}{value} != {quoted(tag_of(one))}:",
                self._refused(f"/{one.member}", value, "the constant"),
            ]
        return self._judged(one.type, value, f"/{one.member}", guard)

    def _container(self, one: Field, kind: str) -> list[str]:
        value = f"value.{one.name}"
        return [
            f"if not isinstance({value}, {self._module.builtin(kind)}):",
            self._refused(f"/{one.member}", value, describe(one.type)),
        ]

    def _each(self, one: Field, values: str, item: Type) -> list[str]:
        """Of the place no more is told than `*`, since a key may be a caller's word. Each variable has a type of its own."""
        each = f"{one.name}_item"
        judged = self._judged(item, each, f"/{one.member}/*", "")
        return [f"for {each} in {values}:", *(f"    {line}" for line in judged)]

    def _absent(self, one: Field) -> str | None:
        """What a field may be instead of a value, as `generated/results.py` declares it."""
        has_value = one.has_default and one.default is not None
        if one.is_collection:
            return None
        if one.nullable:
            return "None"
        return None if one.required or has_value else self._module.use("msgspec", "UNSET")

    def _judged(self, kind: Type, value: str, pointer: str, guard: str) -> list[str]:
        if isinstance(kind, Named) and not isinstance(self._contract.definitions[kind.name], Enum):
            return [
                f"if {guard}(fault := fault_of_{snake(kind.name)}({value})) is not None:",
                f'    return f"{pointer}{{fault}}"',
            ]
        return [f"if {guard}{self._is_wrong(kind, value)}:", self._refused(pointer, value, describe(kind))]

    def _refused(self, pointer: str, value: str, due: str) -> str:
        return f"    return {quoted(pointer)} + {self._unfit(value, due)}"

    def _is_wrong(self, kind: Type, value: str) -> str:
        """A condition. What is frequent is looked at in line, since a call costs more than the look."""
        match kind:
            case Bool():
                return f"type({value}) is not {self._module.builtin('bool')}"
            case Bytes():
                return f"type({value}) is not {self._module.builtin('bytes')}"
            case String():
                return f"type({value}) is not {self._module.builtin('str')} and not {self._scalar('is_text')}({value})"
            case DateTime():
                moment = self._module.use("datetime", "datetime")
                return f"(type({value}) is not {moment} or {value}.tzinfo is None)"
            case Named(name):
                return f"type({value}) is not {self._module.use('generated.enums', name)}"
            case Text("date"):
                return f"type({value}) is not {self._module.use('datetime', 'date')}"
            case Text("uuid"):
                return f"not isinstance({value}, {self._module.use('uuid', 'UUID')})"
            case Int(bits):
                return f"not {self._scalar(f'is_int{bits}')}({value})"
            case Float():
                return f"not {self._scalar('is_number')}({value})"
            case Duration():
                return f"not {self._scalar('is_span')}({value})"
        return f"not {self._scalar('is_decimal')}({value})"

    def _scalar(self, name: str) -> str:
        return self._module.use("generated.scalars", name)

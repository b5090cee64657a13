"""`sdk_typescript/src/types.ts`: records as interfaces, enums as open constants, unions with an arm for what is unknown.

A type that goes both ways has a twin for callers where the two differ: what has a default may be left out of it.
"""

from __future__ import annotations

from codegen.emit.client_tables import is_constant, is_safe, tag_property
from codegen.emit.printer import File as Output
from codegen.emit.sentences import bound_sentence, each_sentences, sentence
from codegen.emit.typescript_client.text import comment, key, module, note_tags, quoted
from codegen.emit.typescript_names import inputs, members, properties
from codegen.ir.operations import Contract
from codegen.ir.reach import names
from codegen.ir.types import (
    Bool,
    Bytes,
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
    Type,
    Union,
)


def emit_types(contract: Contract, folder: str) -> Output:
    spelling = Types(contract)
    lines = [*content_import(contract), 'import type * as $ from "./runtime/schema.ts";', ""]
    for name in sorted(contract.definitions):
        if name in contract.results:
            lines += spelling.definition(name, is_input=False)
        if name in contract.inputs and (name not in contract.results or name in spelling.twins):
            lines += spelling.definition(name, is_input=True)
    for operation in contract.operations:
        lines += spelling.record(operation.request, operation.request.name, is_input=True)
    return module(f"{folder}/types.ts", "The contract's types.", lines)


def content_import(contract: Contract) -> list[str]:
    """Where a type is of bytes."""
    has_bytes = any(one.has_bytes for one in contract.operations)
    return ['import type * as $content from "./runtime/content.ts";'] if has_bytes else []


class Types:
    """Spells types of one contract. `twins` are the names of those that differ for callers."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.twins = _twins(contract)

    def definition(self, name: str, *, is_input: bool) -> list[str]:
        definition = self._contract.definitions[name]
        spelled = self.twins.get(name, name) if is_input else name
        if isinstance(definition, Record):
            return self.record(definition, spelled, is_input=is_input)
        if isinstance(definition, Enum):
            return _enum(definition)
        return self._union(definition, spelled, is_input=is_input)

    def record(self, record: Record, spelled: str, *, is_input: bool) -> list[str]:
        spelling = properties(record)
        lines = [*comment([record.description], tags=note_tags(record.notes)), f"export interface {spelled} {{"]
        for one in record.fields:
            said = [*sentence(one.description), *bound_sentence(one.type), *each_sentences(one)]
            lines += comment([" ".join(said)], "  ", note_tags(one.notes))
            lines.append(f"  {self._property(record, one, spelling[one.name], is_input=is_input)};")
        if is_input and not record.fields:
            lines.append("  [name: string]: never;")
        return [*lines, "}", ""]

    def _property(self, record: Record, one: Field, name: str, *, is_input: bool) -> str:
        is_optional = _may_be_left_out(self._contract, record, one) if is_input else _may_be_absent(one)
        spelled = self.spelled(one.type, is_input=is_input)
        null = " | null" if one.nullable else ""
        return f"{key(name)}?: {spelled}{null} | undefined" if is_optional else f"{key(name)}: {spelled}{null}"

    def spelled(self, kind: Type, *, is_input: bool, scope: str = "") -> str:
        """`scope` stands before the contract's names, with its dot."""
        match kind:
            case Bool():
                return "boolean"
            case Int():
                return "number" if is_safe(kind) else "bigint"
            case Float():
                return "number"
            case String() if kind.const is not None:
                return quoted(kind.const)
            case Bytes():
                return "$.Bytes"
            case File():
                return "$content.FileSource"
            case ListOf():
                item = self.spelled(kind.item, is_input=is_input, scope=scope)
                return f"{item}[]" if " " not in item else f"({item})[]"
            case MapOf():
                return f"{{ [key: string]: {self.spelled(kind.value, is_input=is_input, scope=scope)} }}"
            case Named():
                return scope + (self.twins.get(kind.name, kind.name) if is_input else kind.name)
        return "string"

    def _union(self, union: Union, spelled: str, *, is_input: bool) -> list[str]:
        arms = [self.spelled(Named(record), is_input=is_input) for _, record in union.arms]
        if not is_input:
            tag = tag_property(self._contract, union)
            value, raw = ("tag_" if tag == "tag" else "tag"), ("raw_" if tag == "raw" else "raw")
            arms.append(f'{{ {key(tag)}: "$unknown"; {value}: string; {raw}: {{ [name: string]: unknown }} }}')
        return [
            *comment([union.description], tags=note_tags(union.notes)),
            f"export type {spelled} =",
            *(f"  | {arm}" for arm in arms[:-1]),
            f"  | {arms[-1]};",
            "",
        ]


def _enum(enum: Enum) -> list[str]:
    keys = members(enum)
    other = "string" if enum.is_text else "number"
    lines = [*comment([enum.description], tags=note_tags(enum.notes)), f"export const {enum.name} = {{"]
    lines += [
        f"  {key(keys[name])}: {quoted(value) if isinstance(value, str) else value}," for name, value in enum.members
    ]
    union = f"(typeof {enum.name})[keyof typeof {enum.name}] | ({other} & {{}})"
    return [*lines, "} as const;", f"export type {enum.name} = {union};", ""]


def _may_be_absent(one: Field) -> bool:
    """In what is received, every default is there already."""
    return not (one.required or one.has_default or one.is_collection or one.nullable)


def _may_be_left_out(contract: Contract, record: Record, one: Field) -> bool:
    """In what callers write; a constant is filled in, unless it tells a union's arms apart."""
    return not one.required or (is_constant(one) and not _is_tag(contract, record, one))


def _is_tag(contract: Contract, record: Record, one: Field) -> bool:
    unions = [found for found in contract.definitions.values() if isinstance(found, Union)]
    return any(found.tag == one.name and record.name in [arm for _, arm in found.arms] for found in unions)


def _twins(contract: Contract) -> dict[str, str]:
    """The types whose two forms differ, or that hold such a type."""
    spelled = inputs(contract)
    both = {name for name in spelled if not isinstance(contract.definitions[name], Enum)}
    differing = {name for name in both if _differs(contract, name)}
    while more := {name for name in both - differing if differing & _held(contract, name)}:
        differing |= more
    return {name: spelled[name] for name in sorted(differing)}


def _differs(contract: Contract, name: str) -> bool:
    definition = contract.definitions[name]
    if not isinstance(definition, Record):
        return True
    forms = ((_may_be_left_out(contract, definition, one), _may_be_absent(one)) for one in definition.fields)
    return not definition.fields or any(given != received for given, received in forms)


def _held(contract: Contract, name: str) -> set[str]:
    definition = contract.definitions[name]
    return (
        {inner for one in definition.fields for inner in names(one.type)} if isinstance(definition, Record) else set()
    )

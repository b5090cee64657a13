"""One schema for input and output becomes what each of them is: `readOnly` is no part of a request, `writeOnly` none of a result.

A record that goes one way only loses the other's fields. One that goes both ways and differs, itself or in what it holds, stays under its
name as what goes out, and comes in as `<Name>Input`, or as `Input<Name>` where that is another schema. After this no field has a direction any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from codegen.diagnostics import Findings
from codegen.ir.notes import Example, Notes
from codegen.ir.operations import Operation
from codegen.ir.reach import names
from codegen.ir.types import Definition, Enum, Field, ListOf, MapOf, Named, Record, Type, Union

Definitions = Mapping[str, Definition]
READ, WRITE = "readOnly", "writeOnly"
INPUT = "Input"


def directed(
    definitions: Definitions, operations: tuple[Operation, ...], answered: Iterable[str], findings: Findings
) -> tuple[dict[str, Definition], tuple[Operation, ...]]:
    """The definitions and operations without directions; `answered` are the records that go out by themselves. The same where no field has one."""
    if not any(one.access for each in definitions.values() if isinstance(each, Record) for one in each.fields):
        return dict(definitions), operations
    asked = [name for each in operations for one in each.request.fields for name in names(one.type)]
    outside, inside = _reached(definitions, answered, WRITE), _reached(definitions, asked, READ)
    twins = _twins(definitions, outside & inside, findings)
    found: dict[str, Definition] = {}
    for name, one in definitions.items():
        if name not in inside or name in outside:
            found[name] = _directed(one, definitions, WRITE, {}, findings) if name in outside else one
        if name in inside and (name not in outside or name in twins):
            twin = _directed(one, definitions, READ, twins, findings)
            found[twin.name] = twin
    return found, tuple(_asking(one, definitions, twins) for one in operations)


def kept(fields: Iterable[Field], other: str) -> tuple[Field, ...]:
    """Those that are no part of the other direction alone."""
    return tuple(one for one in fields if one.access != other)


def _asking(operation: Operation, definitions: Definitions, twins: Mapping[str, str]) -> Operation:
    request, http = operation.request, operation.http
    fields = tuple(_field(one, definitions, READ, twins) for one in request.fields)
    found = replace(request, fields=fields, notes=_whole(request.notes, request, definitions))
    asked = replace(http, body_notes=_whole(http.body_notes, request, definitions)) if http else None
    answer = Named(operation.result.record or "")
    answers = _noted(Notes(asked.answers), answer, definitions, WRITE).examples if asked else ()
    return replace(operation, request=found, http=replace(asked, answers=answers) if asked else None)


def asked_notes(notes: Notes, fields: Iterable[Field]) -> Notes:
    """Of a schema whose fields are a request's: its examples have no member that is only read."""
    unasked = {one.member for one in fields if one.access == READ}
    found = [replace(one, value=_without(one.value, unasked)) for one in notes.examples]
    return replace(notes, examples=tuple(found))


def _without(value: object, unasked: set[str]) -> object:
    return {key: item for key, item in value.items() if key not in unasked} if isinstance(value, dict) else value


def _whole(notes: Notes, request: Record, definitions: Definitions) -> Notes:
    return _noted(notes, Named(request.name), {**definitions, request.name: request}, READ)


def _reached(definitions: Definitions, roots: Iterable[str], other: str) -> set[str]:
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found and name in definitions:
            found.add(name)
            waiting += _held(definitions[name], other)
    return found


def _held(definition: Definition, other: str) -> list[str]:
    if isinstance(definition, Record):
        return [inner for one in kept(definition.fields, other) for inner in names(one.type)]
    return [record for _, record in definition.arms] if isinstance(definition, Union) else []


def _twins(definitions: Definitions, both: set[str], findings: Findings) -> dict[str, str]:
    found = {name for name in both if _differs(definitions[name])}
    while more := {name for name in both - found if found & set(_held(definitions[name], READ))}:
        found |= more
    twins = {name: twin for name in sorted(found) if (twin := _free(name, definitions))}
    for name in sorted(found - twins.keys()):
        taken = _input_names(name)
        message = f"{name} goes both ways, and {' and '.join(taken)} are other schemas"
        findings.add("S033", definitions[name].place, message, fix=f"rename {' or '.join(taken)}")
    return twins


def _input_names(name: str) -> tuple[str, str]:
    """What the type may be called that comes in; the first that no other schema has."""
    return f"{name}{INPUT}", f"{INPUT}{name}"


def _free(name: str, definitions: Definitions) -> str:
    return next((one for one in _input_names(name) if one not in definitions), "")


def _differs(definition: Definition) -> bool:
    return isinstance(definition, Record) and any(one.access for one in definition.fields)


def _directed(
    one: Definition, definitions: Definitions, other: str, twins: Mapping[str, str], findings: Findings
) -> Definition:
    name = twins.get(one.name, one.name)
    notes = _noted(one.notes, Named(one.name), definitions, other)
    if isinstance(one, Union):
        return replace(one, name=name, notes=notes, arms=tuple((tag, twins.get(arm, arm)) for tag, arm in one.arms))
    if isinstance(one, Enum):
        return one
    fields = tuple(_field(each, definitions, other, twins) for each in kept(one.fields, other))
    if one.fields and not fields:
        whole = "request" if other == READ else "result"
        findings.add(
            "S032", one.place, f"nothing is left of {one.name} in a {whole}", fix=f"leave {other} out of one property"
        )
    return replace(one, name=name, fields=fields, notes=notes)


def _field(one: Field, definitions: Definitions, other: str, twins: Mapping[str, str]) -> Field:
    notes = _noted(one.notes, one.type, definitions, other)
    return replace(one, type=_type(one.type, twins), access="", notes=notes)


def _type(kind: Type, twins: Mapping[str, str]) -> Type:
    match kind:
        case ListOf():
            return replace(kind, item=_type(kind.item, twins))
        case MapOf():
            return replace(kind, value=_type(kind.value, twins))
        case Named():
            return Named(twins.get(kind.name, kind.name))
    return kind


def _noted(notes: Notes, kind: Type, definitions: Definitions, other: str) -> Notes:
    """With examples as they are in this direction: people write one for both."""
    found = tuple(Example(_value(one.value, kind, definitions, other), one.place) for one in notes.examples)
    return replace(notes, examples=found)


def _value(value: object, kind: Type, definitions: Definitions, other: str) -> object:
    match kind, value:
        case ListOf(), list():
            return [_value(item, kind.item, definitions, other) for item in value]
        case MapOf(), dict():
            return {key: _value(item, kind.value, definitions, other) for key, item in value.items()}
        case Named(), dict():
            definition = definitions.get(kind.name)
            if isinstance(definition, Union):
                definition = definitions.get(dict(definition.arms).get(str(value.get(definition.tag_member)), ""))
            fields = {one.member: one for one in definition.fields} if isinstance(definition, Record) else {}
            return {
                key: _value(item, fields[key].type, definitions, other) if key in fields else item
                for key, item in value.items()
                if key not in fields or fields[key].access != other
            }
    return value

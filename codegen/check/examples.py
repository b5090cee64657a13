"""An example must be a value of its own schema: it is served, stands in the clients' documentation, and is tried out by readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codegen.check.defaults import expected, fits, fits_field
from codegen.diagnostics import Findings, shown
from codegen.ir.notes import Example
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import ListOf, MapOf, Named, Record, Type, Union, describe


@dataclass(frozen=True, slots=True)
class Misfit:
    """A part of a value that its schema refuses."""

    path: str
    expected: str
    found: str


def check_examples(contract: Contract, findings: Findings) -> None:
    """S030. An example is judged as a default is, constraints included. One of a shared schema is told once for each field that has it."""
    for name, definition in contract.definitions.items():
        _typed(contract, Named(name), name, definition.notes.examples, findings)
    records = [one for one in contract.definitions.values() if isinstance(one, Record)]
    for record in [*records, *(operation.request for operation in contract.operations)]:
        for one in record.fields:
            given = [each for each in one.notes.examples if not (each.value is None and one.nullable)]
            _typed(contract, one.type, f"{record.name}.{one.member}", given, findings)
            inner = (
                one.type.item
                if isinstance(one.type, ListOf)
                else one.type.value
                if isinstance(one.type, MapOf)
                else None
            )
            if inner is not None:
                _typed(contract, inner, f"an item of {record.name}.{one.member}", one.each_notes.examples, findings)
    for operation in contract.operations:
        _operation(contract, operation, findings)


def misfit(contract: Contract, kind: Type, value: object, path: str) -> Misfit | None:
    """The innermost part that is refused, or None."""
    if fits(contract, kind, value):
        return None
    return next(_inner(contract, kind, value, path), None) or Misfit(path, expected(kind), repr(value))


def _operation(contract: Contract, operation: Operation, findings: Findings) -> None:
    """A request is no definition, so that its fields are judged one by one."""
    request, http, answer = operation.request, operation.http, operation.result.record
    wholes = [(request, request.notes.examples)]
    if http and http.body is not None:
        fields = tuple(one for one in request.fields if one.name in http.body)
        wholes.append((Record(request.name, fields), http.body_notes.examples))
    for record, examples in wholes:
        for example in examples:
            _tell(record.name, example, next(_members(contract, record, example.value, record.name), None), findings)
    if http and answer is not None:
        _typed(contract, Named(answer), answer, http.answers, findings)


def _typed(contract: Contract, kind: Type, what: str, examples: Iterable[Example], findings: Findings) -> None:
    for example in examples:
        _tell(what, example, misfit(contract, kind, example.value, what), findings)


def _tell(what: str, example: Example, wrong: Misfit | None, findings: Findings) -> None:
    if wrong is not None:
        where = "" if wrong.path == what else f" at {wrong.path}"
        message = f"an example of {what} is {shown(wrong.found)}{where}, expected is {wrong.expected}"
        findings.add("S030", example.place, message, fix="write an example that the schema accepts, or none")


def _inner(contract: Contract, kind: Type, value: object, path: str) -> Iterator[Misfit]:
    """The parts that are refused; none where the whole is."""
    match kind, value:
        case ListOf(), list():
            parts = [(kind.item, item, f"{path}[{index}]") for index, item in enumerate(value)]
        case MapOf(), dict():
            parts = [(kind.value, one, f"{path}[{key!r}]") for key, one in value.items()]
        case Named(), dict():
            definition = contract.definitions.get(kind.name)
            if isinstance(definition, Union):
                definition = contract.definitions.get(
                    dict(definition.arms).get(str(value.get(definition.tag_member)), "")
                )
            yield from _members(contract, definition, value, path) if isinstance(definition, Record) else ()
            return
        case _:
            return
    found = (misfit(contract, *part) for part in parts)
    yield from (one for one in found if one)


def _members(contract: Contract, record: Record, value: object, path: str) -> Iterator[Misfit]:
    if not isinstance(value, dict):
        yield Misfit(path, record.name, repr(value))
        return
    for name in value:
        if record.of_member(name) is None:
            yield Misfit(path, f"a value of {record.name}, which has no such field", f"the field {name!r}")
    for one in record.fields:
        inner = f"{path}.{one.member}"
        if one.member not in value:
            yield from [Misfit(path, f"required {one.member!r}", "no such field")] if one.required else []
        elif not fits_field(contract, one, value[one.member]):
            yield misfit(contract, one.type, value[one.member], inner) or Misfit(inner, describe(one.type), "null")

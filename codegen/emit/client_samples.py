"""What the clients' own pages show: a few operations of the contract, with values that it allows."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.emit.client_names import error_class
from codegen.ir.operations import Contract, Event, Operation
from codegen.ir.types import Bool, Enum, Field, Int, Named, String, Type

Value = str | int | bool
Given = tuple[tuple[Field, Value], ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """`made` is a command with `values`, and `again` with others; `refusal` the class of what it may be refused with, `event` what it
    publishes; `walked` an operation with pages that needs no field. None where the contract has no such."""

    made: Operation | None = None
    values: Given = ()
    again: Given = ()
    refusal: str = "ApiError"
    event: Event | None = None
    walked: Operation | None = None


def samples(contract: Contract) -> Samples:
    """The commands that publish come first: they show most."""
    walked = next((one for one in contract.operations if one.pager and _given(contract, one, "") == ()), None)
    commands = [
        one for one in contract.operations if not (one.is_query or one.session or one.has_bytes or one.result.is_stream)
    ]
    for one in sorted(commands, key=lambda one: (not one.publishes, one.idempotency != "key")):
        first, second = _given(contract, one, "a"), _given(contract, one, "another")
        if first and second:
            codes = {error.code: error.rsp for error in contract.errors}
            refusals = [error_class(code, codes[code]) for code in one.declared_errors]
            event = next((event for event in contract.events if event.name in one.publishes), None)
            return Samples(one, first, second, (*refusals, "ApiError")[0], event, walked)
    return Samples(walked=walked)


def _given(contract: Contract, operation: Operation, word: str) -> Given | None:
    """A value for each field that must be there; None where that takes more than a line can show."""
    found = []
    for one in operation.request.fields:
        if one.required and not one.has_default:
            value = _value(contract, one, one.type, word)
            if value is None:
                return None
            found.append((one, value))
    return tuple(found)


def _value(contract: Contract, one: Field, kind: Type, word: str) -> Value | None:
    """The contract's own example first; a text with a pattern or a form has none else."""
    for example in one.notes.values:
        if isinstance(example, str | int | bool):
            return example
    match kind:
        case String(const=None, pattern=None, form=""):
            text = f"{word} {one.name.replace('_', ' ')}".ljust(kind.min_length, ".")
            return text[: kind.max_length]
        case Int():
            step = kind.multiple_of or 1
            least = -(-max(kind.minimum, 1) // step) * step
            return least if least <= kind.maximum else None
        case Bool():
            return True
        case Named():
            found = contract.definitions[kind.name]
            return found.members[0][1] if isinstance(found, Enum) and found.is_text else None
    return None

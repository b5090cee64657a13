"""Changes of what is said to readers: a field or a type that is deprecated, or is so no more. Nobody is broken by it.

Examples and descriptions are compared by nobody. What is deprecated is still judged as any other where it goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from codegen.breaking.change import Change
from codegen.diagnostics import Place
from codegen.ir.notes import Notes
from codegen.ir.operations import Contract
from codegen.ir.types import Record


def compare_notes(old: Contract, new: Contract) -> Iterator[Change]:
    """Once for each field and type, whichever way it goes."""
    for name in sorted(old.definitions.keys() & new.definitions.keys()):
        one, other = old.definitions[name], new.definitions[name]
        yield from _deprecation("type", name, one.notes, other.notes, other.place)
        if isinstance(one, Record) and isinstance(other, Record):
            yield from _fields(one, other)
    before = {one.name: one.request for one in old.operations}
    for operation in new.operations:
        if operation.name in before:
            yield from _fields(before[operation.name], operation.request)


def _fields(old: Record, new: Record) -> Iterator[Change]:
    for one in new.fields:
        before = old.of_member(one.member)
        if before is not None:
            yield from _deprecation("field", f"{new.name}.{one.member}", before.notes, one.notes, one.place)


def _deprecation(what: str, subject: str, old: Notes, new: Notes, place: Place) -> Iterator[Change]:
    if old.deprecated != new.deprecated:
        yield Change(f"{what}-{'' if new.deprecated else 'un'}deprecated", subject, "by `deprecated`", place)

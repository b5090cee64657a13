"""Which fields of a request no log may have, however deep they are."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.ir.operations import Contract
from codegen.ir.types import Field, ListOf, MapOf, Named, Record, Type, Union


def sensitive_names(contract: Contract, fields: Iterable[Field]) -> set[str]:
    """Of what is `x-sensitive` or a password: names with dots, through records, lists, maps and the arms of unions."""
    return _sensitive(contract, fields, frozenset())


def _sensitive(contract: Contract, fields: Iterable[Field], seen: frozenset[str]) -> set[str]:
    found = set()
    for one in fields:
        if one.sensitive:
            found.add(one.name)
        name = _inner(one.type)
        if name in contract.definitions and name not in seen:
            inner = [each for record in _records(contract, name) for each in record.fields]
            found |= {f"{one.name}.{path}" for path in _sensitive(contract, inner, seen | {name})}
    return found


def _inner(kind: Type) -> str:
    match kind:
        case ListOf():
            return _inner(kind.item)
        case MapOf():
            return _inner(kind.value)
    return kind.name if isinstance(kind, Named) else ""


def _records(contract: Contract, name: str) -> list[Record]:
    definition = contract.definitions[name]
    if isinstance(definition, Union):
        return [contract.record(record) for _, record in definition.arms]
    return [definition] if isinstance(definition, Record) else []

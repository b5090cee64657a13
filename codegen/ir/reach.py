"""Which definitions refer to which: what is reachable, what holds itself, and what could never end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codegen.ir.types import Definition, Field, ListOf, MapOf, Named, Record, Type, Union

Definitions = Mapping[str, Definition]


def names(kind: Type) -> list[str]:
    """The definition that a type names, in a list or a map too."""
    if isinstance(kind, Named):
        return [kind.name]
    if isinstance(kind, ListOf):
        return names(kind.item)
    return names(kind.value) if isinstance(kind, MapOf) else []


def reachable(definitions: Definitions, roots: Iterable[str]) -> frozenset[str]:
    """The roots and all that they refer to."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found and name in definitions:
            found.add(name)
            waiting += _referred(definitions[name])
    return frozenset(found)


def holds_itself(definitions: Definitions, roots: Iterable[str]) -> bool:
    """Whether a value may be nested without an end."""
    return any(name in reachable(definitions, _referred(definitions[name])) for name in reachable(definitions, roots))


def endless(definitions: Definitions) -> list[str]:
    """Definitions that hold themselves and of which no finite value exists."""
    open_ended = set(definitions)
    while ended := {name for name in open_ended if _ends(definitions[name], open_ended)}:
        open_ended -= ended
    return sorted(name for name in open_ended if holds_itself(definitions, [name]))


def _referred(definition: Definition) -> list[str]:
    if isinstance(definition, Record):
        return [inner for one in definition.fields for inner in names(one.type)]
    return [record for _, record in definition.arms] if isinstance(definition, Union) else []


def _ends(definition: Definition, open_ended: set[str]) -> bool:
    """Whether a value exists that needs none of the open ended definitions."""
    if isinstance(definition, Record):
        return not any(_is_needed(one) and open_ended & set(names(one.type)) for one in definition.fields)
    return not isinstance(definition, Union) or any(record not in open_ended for _, record in definition.arms)


def _is_needed(one: Field) -> bool:
    if isinstance(one.type, ListOf):
        return one.required and one.type.min_items > 0
    return one.required and not one.nullable and not isinstance(one.type, MapOf)

"""What JSON and protobuf cannot both say about a field that is absent, null, empty or its default."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from codegen.ir.types import Field, ListOf


class Ambiguity(NamedTuple):
    """What a finding says of a field."""

    rule: str
    claim: str
    fix: str


def empty_when_absent(one: Field) -> Field:
    """A parameter of which nothing is sent: a list or a map is empty, and a list of one item at least is not sent without any."""
    if not one.is_collection or one.required or one.has_default:
        return one
    is_trivial = isinstance(one.type, ListOf) and one.type.min_items == 1
    kind = replace(one.type, min_items=0) if isinstance(one.type, ListOf) and is_trivial else one.type
    return replace(one, type=kind, has_default=True, default=[])


def ambiguity(one: Field) -> Ambiguity | None:
    """The first reason why the field's presence would not survive every door, or None."""
    if one.has_default and one.required:
        return Ambiguity("S026", "is required and has a default", "keep one of them: what must be there needs none")
    if one.is_collection:
        return _of_collection(one)
    if one.nullable and one.default is not None:
        fix = "write `default: null`, or drop 'null'"
        return Ambiguity("S020", "may be null and has another default, which protobuf cannot tell apart", fix)
    if one.nullable and not one.required and not one.has_default:
        fix = "add `default: null`, or drop 'null'"
        return Ambiguity("S020", "has three states: absent, null and a value", fix)
    return None


def _of_collection(one: Field) -> Ambiguity | None:
    if one.nullable or not (one.required or one.has_default):
        fix = "require it, or add an empty default"
        return Ambiguity("S019", "may be absent, which protobuf cannot tell from empty", fix)
    if one.default and not (isinstance(one.type, ListOf) and one.type.min_items):
        fix = "let the default be empty; a list may also add `minItems: 1`, so that empty is no value"
        return Ambiguity("S019", "is not empty by default, which protobuf cannot tell from empty", fix)
    return None

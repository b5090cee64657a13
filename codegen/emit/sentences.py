"""What documentation in code says of a field, a type or an operation: its bounds, deprecation, examples and where more is written.

Sentences of a language's own form are its emitter's (`@deprecated` in TypeScript); here is what all of them say.
"""

from __future__ import annotations

import json

from codegen.ir.notes import Notes
from codegen.ir.types import (
    INT32,
    INT64,
    Bytes,
    DateTime,
    Definition,
    Duration,
    Field,
    Float,
    Int,
    ListOf,
    MapOf,
    Shape,
    String,
    Text,
    Type,
)

MAX_EXAMPLE = 80
"""Characters of an example; a longer one is for the served documents."""


def bounds(kind: Type) -> str:
    """`1 to 200 characters`; nothing where nothing bounds it. Patterns are not said: they are for machines."""
    match kind:
        case Int():
            return _joined(_whole(kind), _step(kind.multiple_of))
        case Float():
            return _joined(*_ends(kind), _step(kind.multiple_of))
        case String():
            return "" if kind.const is not None else _counted(kind.min_length, kind.max_length, "character")
        case Text():
            return _joined(_shaped(kind.shape), _step(kind.multiple_of))
        case DateTime() | Duration():
            return _shaped(kind.shape)
        case Bytes():
            return _counted(0, None if kind.max_length is None else kind.max_length // 4 * 3, "byte")
        case ListOf():
            items = _counted(kind.min_items, kind.max_items, "item")
            return _joined(items, "all different" if kind.unique_items else "")
        case MapOf():
            return _counted(0, kind.max_entries, "entry")
    return ""


def sentences(one: Field | Definition) -> list[str]:
    """The description first."""
    return [*sentence(one.description), *note_sentences(one.notes), *each_sentences(one)]


def bounded_sentences(one: Field) -> list[str]:
    """With the bounds, for readers who do not see them in the field's type."""
    return [*sentence(one.description), *bound_sentence(one.type), *note_sentences(one.notes), *each_sentences(one)]


def each_sentences(one: Field | Definition) -> list[str]:
    """What is said of each value of a list or a map."""
    if not isinstance(one, Field):
        return []
    what = "value" if isinstance(one.type, MapOf) else "item"
    docs = one.each_notes.external_docs
    return [
        *([f"Each {what}: {said}" for said in sentence(one.each)]),
        *(f"Example of {'a' if what == 'value' else 'an'} {what}: {each}" for each in examples(one.each_notes)),
        *([f"See {docs.url} {docs.description}".rstrip()] if docs else []),
    ]


def bound_sentence(kind: Type) -> list[str]:
    phrase = bounds(kind)
    return sentence(phrase[:1].upper() + phrase[1:])


def note_sentences(notes: Notes) -> list[str]:
    docs = notes.external_docs
    return [
        *([deprecation(notes.sunset)] if notes.deprecated else []),
        *(f"Example: {one}" for one in examples(notes)),
        *([f"See {docs.url} {docs.description}".rstrip()] if docs else []),
    ]


def deprecation(sunset: str | None) -> str:
    return f"Deprecated, and may be gone from {sunset} on." if sunset else "Deprecated."


def examples(notes: Notes) -> list[str]:
    """As JSON, on one line each; long ones are left out."""
    told = [json.dumps(one, ensure_ascii=False) for one in notes.values]
    return [one for one in told if len(one) <= MAX_EXAMPLE]


def sentence(text: str) -> list[str]:
    """The text with an end, or nothing."""
    one_line = " ".join(text.split())
    if not one_line:
        return []
    return [one_line if one_line[-1] in ".!?:…" else f"{one_line}."]


def _whole(kind: Int) -> str:
    least, most = INT32 if kind.bits == 32 else INT64
    low = None if kind.minimum == least else kind.minimum
    high = None if kind.maximum == most else kind.maximum
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}" if high is not None else ""


def _ends(kind: Float) -> tuple[str, str]:
    low = f"at least {kind.minimum:g}" if kind.minimum is not None else ""
    high = f"at most {kind.maximum:g}" if kind.maximum is not None else ""
    if low and high:
        return f"{kind.minimum:g} to {kind.maximum:g}", ""
    above = low if kind.exclusive_minimum is None else f"more than {kind.exclusive_minimum:g}"
    below = high if kind.exclusive_maximum is None else f"less than {kind.exclusive_maximum:g}"
    return above, below


def _step(step: float | str | None) -> str:
    return "" if step is None else f"a multiple of {step}"


def _shaped(shape: Shape | None) -> str:
    return "" if shape is None else _counted(shape.min_length, shape.max_length, "character")


def _counted(low: int, high: int | None, noun: str) -> str:
    many = "entries" if noun == "entry" else f"{noun}s"
    if high is None:
        return f"at least {low} {noun if low == 1 else many}" if low else ""
    if low == high:
        return f"exactly {high} {noun if high == 1 else many}"
    return f"{low} to {high} {many}" if low else f"at most {high} {noun if high == 1 else many}"


def _joined(*phrases: str) -> str:
    return ", ".join(one for one in phrases if one)

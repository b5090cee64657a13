"""Changes of what is sent: fields, members and arms, as a request sees them and as an answer does."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from codegen.breaking.change import Change
from codegen.breaking.values import compare_types, outgrows, say
from codegen.ir.types import DateTime, Definition, Duration, Enum, Field, Record, String, Text, Type, Union


class Direction(StrEnum):
    """Who reads: the server a request, clients an answer."""

    REQUEST = "request"
    """What is accepted may grow."""
    ANSWER = "answer"
    """What is sent may shrink."""


def compare_definitions(old: Definition, new: Definition, way: Direction) -> Iterator[Change]:
    """Two types of one name. A kind that changed is one change, and nothing inside of it is compared."""
    match old, new:
        case Record(), Record():
            yield from compare_records(old, new, way)
        case Enum(), Enum():
            yield from _members(old, new, way)
        case Union(), Union():
            yield from _arms(old, new, way)
        case _:
            message = f"{type(old).__name__.lower()} became {type(new).__name__.lower()}"
            yield Change(f"{way}-type-changed", old.name, message, new.place)


def compare_records(old: Record, new: Record, way: Direction) -> Iterator[Change]:
    """Fields are the same by their names in JSON: a new name is one field that went and one that came. Code's name is
    that of the Python client and of proto, which has the number."""
    for one in old.fields:
        other = new.of_member(one.member)
        if other is None:
            is_spared = way is Direction.ANSWER and not one.required
            rule = "answer-optional-field-removed" if is_spared else f"{way}-field-removed"
            yield Change(rule, f"{old.name}.{one.member}", "is gone", one.place)
        else:
            yield from _field(old.name, one, other, way)
            if one.name != other.name:
                message = f"code calls it {other.name}, and no longer {one.name}"
                yield Change("field-renamed-in-code", f"{old.name}.{one.member}", message, other.place)
    for one in new.fields:
        if old.of_member(one.member) is None:
            is_needed = way is Direction.REQUEST and one.required and not one.has_default
            rule = "request-required-field-added" if is_needed else f"{way}-field-added"
            yield Change(rule, f"{new.name}.{one.member}", f"is new: {say(one.type)}", one.place)


def _field(owner: str, old: Field, new: Field, way: Direction) -> Iterator[Change]:
    subject = f"{owner}.{old.member}"
    yield from _presence(subject, old, new, way)
    message = f"{say(old.type)} became {say(new.type)}"
    if _takes_form(old.type, new.type, way):
        yield Change(f"{way}-form-changed", subject, message, new.place)
        return
    verdict = compare_types(old.type, new.type)
    if verdict is None or (way is Direction.ANSWER and outgrows(old.type, new.type)):
        yield Change(f"{way}-type-changed", subject, message, new.place)
        return
    for word, is_so in zip(("narrowed", "widened"), verdict, strict=True):
        if is_so:
            yield Change(f"{way}-values-{word}", subject, message, new.place)
    if (old.has_default, old.default) != (new.has_default, new.default):
        yield Change(f"{way}-default-changed", subject, f"default {old.default!r} became {new.default!r}", new.place)


def _takes_form(old: Type, new: Type, way: Direction) -> bool:
    """Whether the side that reads takes any text, and the one that writes keeps to a form."""
    reader, writer = (new, old) if way is Direction.REQUEST else (old, new)
    return reader == String() and isinstance(writer, Text | DateTime | Duration)


def _presence(subject: str, old: Field, new: Field, way: Direction) -> Iterator[Change]:
    """An answer has its defaults written out."""
    if old.required != new.required and not (way is Direction.ANSWER and (old.has_default or new.has_default)):
        word = "required" if new.required else "optional"
        yield Change(f"{way}-field-{word}", subject, f"is {word} now", new.place)
    if old.nullable != new.nullable:
        names = {
            (Direction.REQUEST, True): "request-null-accepted",
            (Direction.REQUEST, False): "request-null-refused",
            (Direction.ANSWER, True): "answer-null-sent",
            (Direction.ANSWER, False): "answer-null-never-sent",
        }
        yield Change(names[way, new.nullable], subject, f"may {'' if new.nullable else 'not '}be null now", new.place)


def _members(old: Enum, new: Enum, way: Direction) -> Iterator[Change]:
    if old.is_text and new.is_text:
        yield from _texts(old, new, way)
        return
    before, after = dict(old.members), dict(new.members)
    for name in sorted(before.keys() - after.keys()):
        yield Change(f"{way}-member-removed", f"{old.name}.{name}", "is gone", new.place)
    for name in sorted(after.keys() - before.keys()):
        yield Change(f"{way}-member-added", f"{old.name}.{name}", "is new", new.place)
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            message = f"{before[name]!r} became {after[name]!r}"
            yield Change(f"{way}-type-changed", f"{old.name}.{name}", message, new.place)


def _texts(old: Enum, new: Enum, way: Direction) -> Iterator[Change]:
    """A text is what JSON has; its name is a word of the SDKs."""
    before, after = ({str(value): name for name, value in one.members} for one in (old, new))
    for text in sorted(before.keys() - after.keys()):
        yield Change(f"{way}-member-removed", f"{old.name}.{text}", "is gone", new.place)
    for text in sorted(after.keys() - before.keys()):
        yield Change(f"{way}-member-added", f"{old.name}.{text}", "is new", new.place)
    for text in sorted(before.keys() & after.keys()):
        if before[text] != after[text]:
            yield Change("member-renamed", f"{old.name}.{text}", f"{before[text]} became {after[text]}", new.place)


def _arms(old: Union, new: Union, way: Direction) -> Iterator[Change]:
    if old.tag_member != new.tag_member:
        message = f"the tag {old.tag_member!r} became {new.tag_member!r}"
        yield Change(f"{way}-type-changed", old.name, message, new.place)
    before, after = dict(old.arms), dict(new.arms)
    for tag in sorted(before.keys() - after.keys()):
        yield Change(f"{way}-arm-removed", f"{old.name}.{tag}", "is gone", new.place)
    for tag in sorted(after.keys() - before.keys()):
        yield Change(f"{way}-arm-added", f"{old.name}.{tag}", "is new", new.place)
    for tag in sorted(before.keys() & after.keys()):
        if before[tag] != after[tag]:
            yield Change(f"{way}-type-changed", f"{old.name}.{tag}", f"{before[tag]} became {after[tag]}", new.place)

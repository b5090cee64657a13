"""Entries of a topic's history outlive the release that wrote them: what reads them now must read the old ones too.

A reader asks for every required field and for its types, not for bounds (`generated/results.py`); what it does not know it passes over.
"""

from __future__ import annotations

from collections.abc import Iterator

from codegen.breaking.change import Change
from codegen.ir.operations import Contract, Event
from codegen.ir.reach import reachable
from codegen.ir.types import (
    Bytes,
    DateTime,
    Definition,
    Duration,
    Enum,
    Field,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    String,
    Text,
    Type,
    Union,
)

UNREADABLE, READABLE = "stored-entry-unreadable", "stored-entry-readable"


def compare_stored(old: Contract, new: Contract) -> Iterator[Change]:
    """Both ways: what the new reader cannot read of the old entries, and what it can that the old one could not."""
    before, after = _kept(old), _kept(new)
    pairs = [(before[name], after[name]) for name in sorted(before.keys() & after.keys())]
    same = [one.record for one, other in pairs if one.pkg_id == other.pkg_id and set(one.topics) & set(other.topics)]
    told = reachable(old.definitions, same) & reachable(new.definitions, same)
    for name in sorted(told):
        one, other = old.definitions[name], new.definitions[name]
        for subject, why in _lacks(one, other):
            yield Change(UNREADABLE, f"stored {subject}", f"{why}: the history has entries", other.place)
        for subject, why in _lacks(other, one):
            yield Change(READABLE, f"stored {subject}", f"{why} before", other.place)


def _kept(contract: Contract) -> dict[str, Event]:
    histories = {topic.name: topic.history for topic in contract.topics}
    return {event.name: event for event in contract.events if any(histories.get(one, 0) for one in event.topics)}


def _lacks(written: Definition, read: Definition) -> Iterator[tuple[str, str]]:
    """What of one definition's values a reader of the other cannot read, and why."""
    match written, read:
        case Record(), Record():
            for one in read.fields:
                if why := _refuses(written.of_member(one.member), one):
                    yield f"{read.name}.{one.member}", why
        case Enum(), Enum():
            for value in sorted(
                {value for _, value in written.members} - {value for _, value in read.members}, key=str
            ):
                yield f"{read.name}.{value}", "is no member"
        case Union(), Union():
            for tag in sorted({tag for tag, _ in written.arms} - {tag for tag, _ in read.arms}):
                yield f"{read.name}.{tag}", "is no arm"
        case _:
            yield read.name, "is of another kind"


def _refuses(written: Field | None, read: Field) -> str:
    """Nothing where the field can be read. A default of what was written stands in the entry."""
    must_stand = read.required and not (isinstance(read.type, String) and read.type.const is not None)
    if written is None:
        return "is needed, and was not there" if must_stand else ""
    if must_stand and not (written.required or written.has_default):
        return "is needed, and could be absent"
    if written.nullable and not read.nullable:
        return "is not null, and could be"
    return "" if _reads(written.type, read.type) else "is of another type"


def _reads(written: Type, read: Type) -> bool:
    match written, read:
        case (ListOf(), ListOf()):
            return _reads(written.item, read.item)
        case (MapOf(), MapOf()):
            return _reads(written.value, read.value)
        case (Named(), Named()):
            return written.name == read.name
        case (Text(), Text()):
            return written.form == read.form
        case (Int(), Float()) | (Text() | DateTime() | Duration() | Bytes(), String()):
            return True
        case (String(), String()):
            return read.const is None or written.const == read.const
    return type(written) is type(read)

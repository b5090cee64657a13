"""PkgIDs and proto field numbers against the lock: none is used twice, none changes, none comes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from codegen.diagnostics import Findings, Place
from codegen.ir.names import constant
from codegen.ir.operations import Contract
from codegen.ir.proto_spelling import names_in_proto
from codegen.parse.policy import Lock
from codegen.parse.proto import ProtoDialect, ProtoEnum, ProtoMessage

RERUN = "run `python -m codegen lock`"
OPERATION_IDS, EVENT_IDS = range(1, 1001), range(1001, 65536)


def check_numbers(contract: Contract, proto: ProtoDialect, lock: Lock, findings: Findings) -> None:
    """N001 to N006. Judges by the lock that is there; what it lacks, `python -m codegen lock` adds: said once of a file."""
    new = _New()
    _pkg_ids(contract, lock, findings, new)
    wanted = _wanted(contract)
    holders: list[ProtoMessage | ProtoEnum] = [*proto.messages.values(), *proto.enums.values()]
    for holder in holders:
        _reserved(holder, wanted.get(holder.name, set()), lock, findings)
    for message in proto.messages.values():
        known = lock.fields.get(message.name, {})
        for field in message.fields:
            label, place = f"{message.name}.{field.name}", field.place
            _number(label, field.number, known, field.name, place, lock, findings, new)
    for enum in proto.enums.values():
        known = lock.fields.get(enum.name, {})
        for name, number in enum.members:
            _number(f"{enum.name}.{name}", number, known, name, enum.place, lock, findings, new)
    new.say(findings)


class _New:
    """What the lock does not have yet, by file. One command issues it all, so that a file of new messages is one finding."""

    def __init__(self) -> None:
        self._files: defaultdict[str, list[tuple[Place, str]]] = defaultdict(list)

    def add(self, place: Place, label: str, number: int) -> None:
        self._files[place.file].append((place, f"{label} = {number}"))

    def say(self, findings: Findings) -> None:
        for found in self._files.values():
            place, first = min(found)
            more = f", and {len(found) - 1} more of this file are not" if len(found) > 1 else ""
            findings.add("N003", place, f"{first} is not in the lock{more}", fix=RERUN)


def _wanted(contract: Contract) -> dict[str, set[str]]:
    """The names that the schemas still have: where proto lacks one of these, it is missing and not removed."""
    found = {name: names_in_proto(definition) for name, definition in contract.definitions.items()}
    found["RspCode"] = {f"RSP_CODE_{name}" for name, _ in contract.rsp_codes}
    return found | {one.request.name: {each.name for each in one.request.fields} for one in contract.operations}


def _reserved(holder: ProtoMessage | ProtoEnum, wanted: set[str], lock: Lock, findings: Findings) -> None:
    """A name that left keeps its number: neither may come back with another meaning (protobuf.dev, "Deleting fields")."""
    members = [(one.name, one.number) for one in holder.fields] if isinstance(holder, ProtoMessage) else holder.members
    used = dict(members)
    for name, number in lock.fields.get(holder.name, {}).items():
        if name not in {*wanted, *used} and not {name, number} <= holder.reserved:
            findings.add(
                "N006",
                holder.place,
                f"{holder.name}.{name} is gone, and its number {number} is not reserved",
                other=(lock.place, "it was issued"),
                fix=f'write `reserved {number}; reserved "{name}";`',
                subject=name,
            )


def used_pkg_ids(contract: Contract) -> dict[str, tuple[int, Place]]:
    """PkgID by member name, with where it is written."""
    operations = {constant(one.name): (one.pkg_id, one.place) for one in contract.operations if one.pkg_id is not None}
    return operations | {constant(event.name): (event.pkg_id, event.place) for event in contract.events}


def next_pkg_id(lock: Lock, used: Iterable[int], *, is_event: bool) -> int | None:
    """The number after the last one that was ever issued; operations count from 1, events from 1001. Gaps are not
    filled, since a client may know their numbers. None where all are issued."""
    numbers = EVENT_IDS if is_event else OPERATION_IDS
    found = max((one for one in {*lock.pkg_ids.values(), *used} if one in numbers), default=numbers.start - 1) + 1
    return found if found in numbers else None


def used_numbers(proto: ProtoDialect) -> dict[str, dict[str, int]]:
    """Field and member numbers by message and enum."""
    fields = {
        message.name: {field.name: field.number for field in message.fields} for message in proto.messages.values()
    }
    return {name: table for name, table in fields.items() if table} | {
        enum.name: dict(enum.members) for enum in proto.enums.values()
    }


def _pkg_ids(contract: Contract, lock: Lock, findings: Findings, new: _New) -> None:
    first: dict[int, tuple[str, Place]] = {}
    owners = {number: name for name, number in lock.pkg_ids.items()}
    for name, (number, place) in used_pkg_ids(contract).items():
        if number in first:
            findings.add(
                "N001",
                place,
                f"{name} has the PkgID {number}",
                other=(first[number][1], f"{first[number][0]} has it too"),
                fix="take the next free number",
            )
        first.setdefault(number, (name, place))
        locked = lock.pkg_ids.get(name)
        if locked is None and number in owners:
            findings.add(
                "N002",
                place,
                f"{name} has the PkgID {number}",
                other=(lock.place, f"it was issued to {owners[number]}"),
                fix="take the next free number",
            )
        elif locked is None:
            new.add(place, name, number)
        elif locked != number:
            findings.add(
                "N004",
                place,
                f"{name} has the PkgID {number}",
                other=(lock.place, f"it was issued as {locked}"),
                fix=f"write {locked}",
            )


def _number(
    label: str,
    number: int,
    known: dict[str, int],
    name: str,
    place: Place,
    lock: Lock,
    findings: Findings,
    new: _New,
) -> None:
    owner = next((other for other, value in known.items() if value == number), None)
    if name not in known and owner is not None:
        findings.add(
            "N005",
            place,
            f"{label} has the number {number}",
            other=(lock.place, f"it was issued to {owner}"),
            fix="take the next free number and reserve the old one",
        )
    elif name not in known:
        new.add(place, label, number)
    elif known[name] != number:
        findings.add(
            "N004",
            place,
            f"{label} has the number {number}",
            other=(lock.place, f"it was issued as {known[name]}"),
            fix=f"write {known[name]}",
        )

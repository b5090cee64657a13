"""One verdict over OpenAPI, AsyncAPI and proto together: what changed from one contract to the next, and whom it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from codegen.breaking.change import Change
from codegen.breaking.notes import compare_notes
from codegen.breaking.operations import compare_events, compare_operations, compare_sockets, compare_topics
from codegen.breaking.presence import compare_presence
from codegen.breaking.records import Direction, compare_definitions
from codegen.breaking.rules import RULES, Severity
from codegen.breaking.stored import compare_stored
from codegen.breaking.wire import compare_codes, compare_proto
from codegen.diagnostics import Place
from codegen.ir.operations import Contract

ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody answers for a change until a day."""

    fingerprint: str
    owner: str
    reason: str
    until: date
    """Its last day; from the next one on the change counts again, and the waiver is a finding of its own."""
    place: Place


@dataclass(frozen=True, slots=True)
class Verdict:
    """`bump` is the part of the version that the changes ask for: major, minor, patch or none. It does not fall by a
    waiver: whoever answers for a breaking change has made one."""

    changes: tuple[Change, ...]
    bump: str

    @property
    def is_breaking(self) -> bool:
        """Whether the gate fails: something breaks a client and nobody answers for it, or a waiver has ended and still
        stands there."""
        return any(one.severity is Severity.ERR for one in self.changes)


def judge(old: Contract, new: Contract, waivers: Iterable[Waiver], today: date) -> Verdict:
    """What changed, the gravest first, and the same for the same contracts and day. Both must have compiled: findings
    are not looked at. `today` decides about sunsets and waivers."""
    found = [
        *compare_operations(old, new, today),
        *compare_events(old, new),
        *compare_topics(old, new),
        *compare_sockets(old, new),
        *_definitions(old, new),
        *compare_proto(old, new),
        *compare_presence(old, new),
        *compare_codes(old, new),
        *compare_stored(old, new),
        *compare_notes(old, new),
    ]
    settled = _waive(found, {one.fingerprint: one for one in waivers}, today)
    ordered = sorted(settled, key=lambda one: (ORDER.index(one.severity), one.rule, one.subject))
    return Verdict(tuple(ordered), _bump(old, new, found))


def _definitions(old: Contract, new: Contract) -> Iterable[Change]:
    """A type that goes both ways is judged both ways."""
    for way, before, after in (
        (Direction.REQUEST, old.inputs, new.inputs),
        (Direction.ANSWER, old.results, new.results),
    ):
        for name in sorted(before & after):
            yield from compare_definitions(old.definitions[name], new.definitions[name], way)


def _waive(changes: list[Change], waivers: Mapping[str, Waiver], today: date) -> list[Change]:
    found: list[Change] = []
    for change in changes:
        waiver = waivers.get(change.fingerprint)
        is_valid = waiver is not None and waiver.until >= today
        found.append(replace(change, waived_by=waiver.owner) if waiver and is_valid else change)
    known = {change.fingerprint for change in changes}
    for waiver in waivers.values():
        if waiver.until < today:
            message = f"{waiver.owner} waived it until {waiver.until}"
            found.append(Change("waiver-expired", waiver.fingerprint, message, waiver.place))
        elif waiver.fingerprint not in known:
            found.append(Change("waiver-unused", waiver.fingerprint, f"{waiver.owner} waives nothing", waiver.place))
    return found


def _bump(old: Contract, new: Contract, changes: list[Change]) -> str:
    severities = {RULES[one.rule].severity for one in changes}
    if Severity.ERR in severities:
        return "major"
    if any(one.rule.endswith(("-added", "-widened", "-accepted", "-optional")) for one in changes):
        return "minor"
    return "patch" if changes or old.hash != new.hash else "none"

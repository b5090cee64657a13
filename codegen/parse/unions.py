"""Unions: each arm is a record with a required constant under one name, which tells the arms apart on every door."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass

from codegen.diagnostics import Findings, shown
from codegen.ir.names import MAX_LENGTH, is_identifier, snake
from codegen.ir.types import Definition, Record, String, Union
from codegen.parse.annotations import read_notes
from codegen.parse.enums import WORD as ENUM_NAMES
from codegen.parse.enums import member_name
from codegen.parse.yaml_tree import Mapping, plain

DISCRIMINATOR = "discriminator"


@dataclass(frozen=True, slots=True)
class _Started:
    """A union as it is written, with the names of its arms; None is one that could not be read."""

    node: Mapping
    name: str
    description: str
    records: tuple[str | None, ...]


class Unions:
    """Remembers by which property each record is told apart: a struct has one tag.

    The arms of a union are compared when all of them are read, for one that holds the union again is still being read.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._tags: dict[str, str] = {}
        self._started: list[_Started] = []

    def start(self, node: Mapping, name: str, description: str, records: Sequence[str | None]) -> Union:
        """Stands for the union until `settle`."""
        self._started.append(_Started(node, name, description, tuple(records)))
        return Union(name, "", (), description, node.place)

    def settle(self, definitions: dict[str, Definition]) -> None:
        """Put the unions that were started into the definitions; all of their arms are there."""
        for one in self._started:
            found = [definitions[record] for record in one.records if record]
            definitions[one.name] = self.read(one.node, one.name, one.description, found, len(one.records))
        self._started.clear()

    def read(self, node: Mapping, name: str, description: str, found: Sequence[Definition], count: int) -> Union:
        """`found` are the arms that could be read, of `count` that are written."""
        constants = [_constants(record) for record in found if isinstance(record, Record)]
        tag = _named(node) or min(_shared(constants), default="")
        records = [record for record in found if isinstance(record, Record)]
        others = [one.name for one in found if not isinstance(one, Record)]
        fault = f"{others[0]} is no record" if others else "one of them cannot be read" if len(found) < count else ""
        if fault := fault or _untold(node, records, constants, tag):
            fix = "give each arm one required property of the same name with its own `const` text"
            self._findings.add("S015", node.place, f"the arms of {name} have no common tag: {fault}", fix=fix)
            return Union(name, "", (), description, node.place)
        code = _code(found, tag)
        pairs = tuple((each[tag], record.name) for each, record in zip(constants, found, strict=True))
        for (_, record_name), record in zip(pairs, found, strict=True):
            self._known(name, tag, record_name, record)
        self._discriminator(node, name, tag, pairs)
        renamed = tag if tag != code else ""
        notes, called = read_notes(node, self._findings), self._called(node, name, [value for value, _ in pairs])
        return Union(name, code, pairs, description, node.place, renamed, notes, called)

    def _called(self, node: Mapping, name: str, tags: list[str]) -> tuple[tuple[str, str], ...]:
        """The arms that proto calls otherwise than their tag in snake_case, by the word or by the rule of enums."""
        written = node.get(ENUM_NAMES)
        said = plain(written) if written is not None else {}
        if written is not None and not (isinstance(said, dict) and said.keys() <= set(tags)):
            fix = f"write {{value: name}} of {', '.join(tags)}"
            self._findings.add("S015", node.keys[ENUM_NAMES], f"{ENUM_NAMES} of {name} are of no arm", fix=fix)
            said = {}
        named = {tag: str(said.get(tag) or arm_name(tag)) for tag in tags} if isinstance(said, dict) else {}
        for tag, spelled in named.items():
            if not is_identifier(spelled):
                fix = f"write {{value: name}} in {ENUM_NAMES}: snake_case, at most {MAX_LENGTH} characters, no keyword"
                message = f"the arm {shown(repr(tag))} of {name} is called {shown(spelled)!r}, which is no name"
                self._findings.add("S015", node.place, message, fix=fix)
        return tuple((tag, spelled) for tag, spelled in named.items() if spelled != snake(tag))

    def _known(self, union: str, tag: str, name: str, record: Definition) -> None:
        known = self._tags.setdefault(name, tag)
        if known != tag:
            message = f"{name} is told apart by {known!r}, and in {union} by {tag!r}"
            self._findings.add("S015", record.place, message, fix="use one property for all the unions of a record")

    def _discriminator(self, node: Mapping, name: str, tag: str, pairs: tuple[tuple[str, str], ...]) -> None:
        """What is written may only repeat the constants: they are what both dialects read."""
        written = node.get(DISCRIMINATOR)
        mapping = written.get("mapping") if isinstance(written, Mapping) else None
        data = plain(mapping) if mapping is not None else {}
        told = (
            {str(key): str(target).rpartition("/")[2] for key, target in data.items()}
            if isinstance(data, dict)
            else None
        )
        if mapping is not None and told != dict(pairs):
            fix = "remove the mapping: it follows from the constants"
            self._findings.add(
                "S015", mapping.place, f"the mapping of {name} is not that of the constants of {tag!r}", fix=fix
            )


def arm_name(tag: str) -> str:
    """What proto calls an arm: `TextBlock` → `text_block`, `text/html` → `text_html`, `import` → `value_import`."""
    name = snake(member_name(snake(tag)))
    return f"value_{name}" if keyword.iskeyword(name) else name


def _shared(constants: Sequence[dict[str, str]]) -> set[str]:
    return set.intersection(*(set(each) for each in constants)) if constants else set()


def _untold(node: Mapping, records: Sequence[Record], constants: Sequence[dict[str, str]], tag: str) -> str:
    """Why the tag does not tell the arms apart, naming those that it does not; nothing if it does."""
    if not tag:
        without = [record.name for record, each in zip(records, constants, strict=True) if not each]
        return f"{without[0]} has no required constant" if without else "their constants have different names"
    for record, each in zip(records, constants, strict=True):
        if tag not in each:
            return f"{tag!r} of {record.name} is no required constant"
    first: dict[str, str] = {}
    for record, each in zip(records, constants, strict=True):
        other = first.setdefault(each[tag], record.name)
        if other != record.name:
            return f"{tag!r} is {each[tag]!r} in {other} and in {record.name}"
    if len(first) < len(records):
        return f"{records[0].name} stands in it twice"
    others = sorted(_shared(constants) - {tag})
    if others and not _named(node):
        return f"{', '.join(map(repr, [tag, *others]))} could each be it, and a discriminator says which"
    return "" if _code(records, tag) else f"code calls {tag!r} differently in them"


def _named(node: Mapping) -> str:
    """OpenAPI writes `discriminator: {propertyName: kind}`, AsyncAPI `discriminator: kind`."""
    data = plain(node.entries[DISCRIMINATOR]) if DISCRIMINATOR in node.entries else ""
    return str(data.get("propertyName", "")) if isinstance(data, dict) else str(data)


def _constants(record: Record) -> dict[str, str]:
    """The required constants of a record by their names in JSON, any of which could tell it from others."""
    return {
        one.member: one.type.const
        for one in record.fields
        if isinstance(one.type, String) and one.type.const and one.required and not one.access
    }


def _code(found: Sequence[Definition], tag: str) -> str:
    """What code calls the tag; nothing where the arms call it differently."""
    names = {one.name for record in found if isinstance(record, Record) and (one := record.of_member(tag))}
    return min(names) if len(names) == 1 else ""

"""Unions: each arm is a record with a required constant under one name, which tells the arms apart on every door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codegen.diagnostics import Findings
from codegen.ir.names import is_identifier, snake
from codegen.ir.types import Definition, Record, String, Union
from codegen.parse.annotations import read_notes
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
        shared = set.intersection(*(set(each) for each in constants)) if constants else set()
        tag = _named(node) or min(shared, default="")
        is_told = tag in shared and len({each[tag] for each in constants}) == len(constants) == count
        is_told = is_told and bool(_code(found, tag))
        if not is_told or (len(shared) != 1 and not _named(node)):
            fix = "give each arm one required property of the same name with its own `const` text"
            self._findings.add("S015", node.place, f"the arms of {name} have no common tag", fix=fix)
            return Union(name, "", (), description, node.place)
        pairs = tuple((each[tag], record.name) for each, record in zip(constants, found, strict=True))
        code = _code(found, tag)
        for (value, _), record in zip(pairs, found, strict=True):
            self._arm(name, tag, value, record)
        self._discriminator(node, name, tag, pairs)
        renamed = tag if tag != code else ""
        return Union(name, code, pairs, description, node.place, renamed, read_notes(node, self._findings))

    def _arm(self, union: str, tag: str, value: str, record: Definition) -> None:
        if not is_identifier(snake(value)):
            fix = "write the constant in snake_case, and no keyword: it names the arm in proto"
            self._findings.add("S015", record.place, f"the arm {value!r} of {union} is no legal name", fix=fix)
        known = self._tags.setdefault(record.name, tag)
        if known != tag:
            message = f"{record.name} is told apart by {known!r}, and in {union} by {tag!r}"
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

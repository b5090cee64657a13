"""The words of `fields="title:string(200) due:date? tags:list(string(40),10)"` as fields, or every fault in them with its place.

Fields are parted by blanks outside of parentheses; `?` behind the type makes a field optional.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import meant
from codegen.ir.names import is_identifier
from codegen.parse.enums import UNSET
from codegen.parse.keywords import SHADOWING
from codegen.resource import kinds
from codegen.resource.faults import Fault
from codegen.resource.kinds import Kind

TAKEN = frozenset(
    {"id", "version", "expected_version", "created_at", "updated_at", "owner", "page", "per_page", "cursor", "limit", "offset",
     "last_id", "caller", "expected", "total", "items", "meta", "timeout_s", "idempotency_key", "self", "raw"}
)  # fmt: skip
"""What every resource has, what its operations take beside its fields, and what a client's records have themselves."""
RECORDS = frozenset({"input", "path", "update", "filter", "created", "updated", "deleted", "row"})
"""`TicketInput` and the others are records of the resource itself, so no field's schema can be called so."""
NOUN = "a field is written name:type, as title:string(200), with ? where it is optional"
_FIELD = re.compile(r"(?P<name>[^\s:()]*)(?P<colon>:?)(?P<type>.*)", re.DOTALL)
_RANGE = re.compile(r"\s*(-?\d{1,16})\s*\.\.\s*(-?\d{1,16})\s*")


@dataclass(frozen=True, slots=True)
class Field:
    """`column` is its place in the words, from 1."""

    name: str
    kind: Kind
    is_optional: bool
    column: int


class Fields:
    """Reads the words once; `found` and `faults` are what came out. Never raises; a field with a fault is not among
    those found. None at all is a fault, too."""

    def __init__(self, text: str) -> None:
        self.found: list[Field] = []
        self.faults: list[Fault] = []
        for start, part in _parts(text, 0):
            self._field(start, part)
        if not self.found and not self.faults:
            self._fault(0, "there are no fields", NOUN)

    def _fault(self, offset: int, message: str, fix: str) -> None:
        self.faults.append(Fault("fields", offset + 1, message, fix))

    def _field(self, start: int, part: str) -> None:
        match = _FIELD.match(part)
        name, spelled = (match["name"], match["type"]) if match else ("", "")
        before = len(self.faults)
        self._name(start, name)
        if not spelled:
            self._fault(start + len(part), f"{name!r} has no type", NOUN)
            return
        is_optional = spelled.endswith("?")
        kind = self._kind(start + len(name) + 1, spelled.removesuffix("?"))
        if kind is not None and len(self.faults) == before:
            self.found.append(Field(name, kind, is_optional, start + 1))

    def _name(self, start: int, name: str) -> None:
        if not is_identifier(name) or name in SHADOWING or name.startswith("model_"):
            self._fault(start, f"{name!r} is no name of a field", "write snake_case, and no word of Python or Pydantic")
        elif name in TAKEN or name in RECORDS:
            self._fault(start, f"the name {name!r} is taken: every resource has it", "call the field otherwise")
        elif any(one.name == name for one in self.found):
            self._fault(start, f"the field {name!r} stands twice", "remove one, or rename it")

    def _kind(self, start: int, spelled: str) -> Kind | None:
        """The type at an offset; None after a fault."""
        name, bracket, rest = spelled.partition("(")
        if bracket and not rest.endswith(")"):
            self._fault(start + len(name), f"the parenthesis of {name!r} is not closed", "end the type with `)`")
            return None
        if name not in kinds.SYNTAX:
            known = f"a type is one of {', '.join(kinds.SYNTAX.values())}"
            self._fault(start, f"there is no type {name!r}", meant(name, kinds.SYNTAX, known))
            return None
        given = rest[:-1] if bracket else None
        found = self._built(start + len(name) + 1, name, given)
        if found is None and not any(one.column > start for one in self.faults):
            said = f"of ({given})" if given is not None else "without its ( )"
            self._fault(start, f"nothing can be made {said} for {name!r}", f"write it as {kinds.SYNTAX[name]}")
        return found

    def _built(self, start: int, name: str, given: str | None) -> Kind | None:
        if given is None:
            return kinds.PLAIN[name]() if name in kinds.PLAIN else None
        match name:
            case "string" | "bytes":
                length = _number(given, kinds.MAX_LENGTH)
                return (kinds.string if name == "string" else kinds.binary)(length) if length else None
            case "int":
                low, high = _bounds(given)
                return kinds.integer(low, high) if low <= high else None
            case "enum":
                return self._enum(start, given)
            case "list":
                return self._list(start, given)
            case "ref":
                return kinds.reference(given.strip()) if is_identifier(given.strip()) else None
        return None

    def _enum(self, start: int, given: str) -> Kind | None:
        members: list[str] = []
        for offset, spelled in _parts(given, start, ","):
            member, place = spelled.strip(), offset + len(spelled) - len(spelled.lstrip())
            if not is_identifier(member) or member == UNSET:
                self._fault(place, f"{member!r} is no member of an enum", f"write snake_case, and not {UNSET!r}")
            elif member in members:
                self._fault(place, f"the member {member!r} stands twice", "remove one")
            members.append(member)
        return kinds.enum(tuple(members)) if members else None

    def _list(self, start: int, given: str) -> Kind | None:
        parts = list(_parts(given, start, ","))
        most = _number(parts[1][1], kinds.MAX_ITEMS) if len(parts) == 2 else None
        if most is None:
            return None
        spelled = parts[0][1].strip()
        if spelled.partition("(")[0] in ("list", "ref", "bytes"):
            self._fault(start, f"a list of {spelled} is no field", "make it a resource of its own, with a ref(…) back")
            return None
        item = self._kind(start, spelled)
        return kinds.list_of(item, most) if item else None


def _parts(text: str, start: int, separator: str = "") -> Iterator[tuple[int, str]]:
    """The parts between separators (blanks, if none is given) outside of parentheses, with their offsets."""
    depth, first = 0, 0
    for index, char in enumerate([*text, separator or " "]):
        is_end = index == len(text) or (depth <= 0 and (char == separator if separator else char.isspace()))
        if is_end:
            if separator or text[first:index]:
                yield start + first, text[first:index]
            first = index + 1
        depth += (char == "(") - (char == ")")


def _number(text: str, most: int) -> int | None:
    """A count from 1 to `most`."""
    found = int(text) if re.fullmatch(r"\s*\d{1,9}\s*", text, re.ASCII) else 0
    return found if 1 <= found <= most else None


def _bounds(text: str) -> tuple[int, int]:
    """Inclusive; the wrong way round where it is no range."""
    match = _RANGE.fullmatch(text)
    low, high = (int(match[1]), int(match[2])) if match else (1, 0)
    return (low, high) if -kinds.SAFE <= low <= high <= kinds.SAFE else (1, 0)

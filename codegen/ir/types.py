"""The closed vocabulary of types. A schema becomes one of these or a finding, never a guess.

Records and unions are referred to by name, so that recursive types are plain values. Nullability belongs to a field,
apart from its being required.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from codegen.diagnostics import NOWHERE, Place
from codegen.ir.names import camel, snake
from codegen.ir.notes import Notes

INT32 = (-(2**31), 2**31 - 1)
INT64 = (-(2**63), 2**63 - 1)
NAMING = {"bits", "form", "name"}
"""What `describe` says of a type; all else bounds it."""


@dataclass(frozen=True, slots=True)
class Bool:
    pass


@dataclass(frozen=True, slots=True)
class Int:
    """Bounds are inclusive, also where the schema's are not; without a bound in the schema, the width's."""

    bits: int
    minimum: int
    maximum: int
    multiple_of: int | None = None


@dataclass(frozen=True, slots=True)
class Float:
    """Of an inclusive and an exclusive bound on one side, the narrower one is kept."""

    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None

    @property
    def least(self) -> float | None:
        """The least double inside of the bounds."""
        return self.minimum if self.exclusive_minimum is None else math.nextafter(self.exclusive_minimum, math.inf)

    @property
    def most(self) -> float | None:
        return self.maximum if self.exclusive_maximum is None else math.nextafter(self.exclusive_maximum, -math.inf)


@dataclass(frozen=True, slots=True)
class String:
    """Lengths count code points. `form` is a format that has no type of its own in the targets: `email`, `uri` …"""

    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None
    const: str | None = None
    form: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What bounds the text of a value that has a form of its own, as it stands in JSON."""

    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A string with a form of its own: `decimal`, `uuid` or `date`. `multiple_of` is a power of ten, of a
    decimal alone."""

    form: str
    multiple_of: str | None = None
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class DateTime:
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Duration:
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Bytes:
    """`max_length` counts characters of base64, as the schema does."""

    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """Bytes that stand beside JSON, never in it: a body of HTTP, or a part of a form. Without media types any is one of them."""

    max_bytes: int
    media_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Type
    min_items: int = 0
    max_items: int | None = None
    unique_items: bool = False


@dataclass(frozen=True, slots=True)
class MapOf:
    value: Type
    max_entries: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A record, an enum or a union of the contract."""

    name: str


Type: TypeAlias = Bool | Int | Float | String | Text | DateTime | Duration | Bytes | File | ListOf | MapOf | Named


@dataclass(frozen=True, slots=True)
class Field:
    """`default` counts only if `has_default`. `name` is that of code and of proto; `json` that of JSON, where it is another."""

    name: str
    type: Type
    required: bool
    nullable: bool = False
    has_default: bool = False
    default: object = None
    sensitive: bool = False
    description: str = ""
    access: str = ""
    """`readOnly` or `writeOnly` as the schema has it; the contract's fields have none any more (`codegen.parse.directions`)."""
    place: Place = field(default=NOWHERE, compare=False)
    json: str = ""
    notes: Notes = field(default_factory=Notes, compare=False)
    each: str = field(default="", compare=False)
    """The description of an item of a list, or of a value of a map, whose type has no name."""
    each_notes: Notes = field(default_factory=Notes, compare=False)

    @property
    def member(self) -> str:
        """The name in JSON, in a query and in pointers."""
        return self.json or self.name

    @property
    def is_collection(self) -> bool:
        return isinstance(self.type, ListOf | MapOf)


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    fields: tuple[Field, ...]
    description: str = ""
    place: Place = field(default=NOWHERE, compare=False)
    notes: Notes = field(default_factory=Notes, compare=False)

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def of_member(self, member: str) -> Field | None:
        """The field of that name in JSON."""
        return next((one for one in self.fields if one.member == member), None)


@dataclass(frozen=True, slots=True)
class Enum:
    """Members are (name, value); a text's name is the text itself where that reads as one."""

    name: str
    members: tuple[tuple[str, str | int], ...]
    description: str = ""
    place: Place = field(default=NOWHERE, compare=False)
    notes: Notes = field(default_factory=Notes, compare=False)

    @property
    def is_text(self) -> bool:
        return all(isinstance(value, str) for _, value in self.members)

    @property
    def needs_unset(self) -> bool:
        """Whether zero, which proto3 reads for what is absent, is no member."""
        return all(value != 0 for _, value in self.members)


@dataclass(frozen=True, slots=True)
class Union:
    """Arms are (tag value, record name); each record has `tag` as a required constant, and `json` is its name in JSON,
    where it is another. `called` has, as (tag value, name), the arms of which proto's name is not the value in snake_case."""

    name: str
    tag: str
    arms: tuple[tuple[str, str], ...]
    description: str = ""
    place: Place = field(default=NOWHERE, compare=False)
    json: str = ""
    notes: Notes = field(default_factory=Notes, compare=False)
    called: tuple[tuple[str, str], ...] = ()

    @property
    def tag_member(self) -> str:
        return self.json or self.tag

    def arm_name(self, tag: str) -> str:
        """What proto calls the arm."""
        return dict(self.called).get(tag) or snake(tag)


def file_of(kind: Type) -> File | None:
    """Bytes, or a list of them."""
    inner = kind.item if isinstance(kind, ListOf) else kind
    return inner if isinstance(inner, File) else None


FACETS = frozenset(
    {
        "multiple_of",
        "exclusive_minimum",
        "exclusive_maximum",
        "unique_items",
        "shape",
        "form",
        "file",
        "access",
        "json",
        "called",
    }
)
"""Attributes that most types and bindings lack; where one has nothing to say, it is no fact of the contract."""
Definition: TypeAlias = Record | Enum | Union


def describe(kind: Type) -> str:
    """A type as a reader of the schema would name it."""
    match kind:
        case Bool():
            return "boolean"
        case Int():
            return f"integer(int{kind.bits})"
        case Float():
            return "number(double)"
        case String():
            return f"string({kind.form})" if kind.form else "string"
        case Text():
            return f"string({kind.form})"
        case DateTime():
            return "string(date-time)"
        case Duration():
            return "string(duration)"
        case Bytes():
            return "string(base64)"
        case File():
            return "string(binary)"
        case ListOf():
            return f"array of {describe(kind.item)}"
        case MapOf():
            return f"map of {describe(kind.value)}"
        case Named():
            return kind.name


def limits(kind: Type) -> str:
    """What bounds a type beyond its name, as the words of a schema: `minimum 1, maximum 10`; `nothing` where nothing does."""
    return ", ".join(_limits(kind)) or "nothing"


def _limits(kind: Type | Shape) -> Iterator[str]:
    for one in fields(kind):
        value = getattr(kind, one.name)
        if isinstance(value, Type | Shape):
            yield from _limits(value)
        elif one.name not in NAMING and value != one.default:
            yield f"{camel(one.name)} {value}"

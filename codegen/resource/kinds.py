"""The types that a field of a resource may have, and what each is in the contract, in PostgreSQL and in a test.

A kind is data alone: what is written for it stands in `templates/`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codegen.ir.types import INT32
from codegen.parse.yaml_edits import word

SAFE = 9007199254740991
"""What JSON's readers take exactly (RFC 8259 section 6)."""
EMAIL = r"^[^\x00-\x20@]+@[^\x00-\x20@]+\.[^\x00-\x20@]+$"
URL = r"^https?://[^\x00-\x20]+$"
MAX_LENGTH, MAX_ITEMS = 100_000, 1000
SYNTAX = {
    "string": "string(200)",
    "text": "text",
    "email": "email",
    "url": "url",
    "uuid": "uuid",
    "int": "int or int(1..10)",
    "float": "float",
    "decimal": "decimal",
    "bool": "bool",
    "date": "date",
    "datetime": "datetime",
    "enum": "enum(open,closed)",
    "list": "list(string(40),10)",
    "bytes": "bytes(3000)",
    "ref": "ref(ticket)",
}
"""How each is written."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`schema` are the entries of a JSON Schema, `column` what a table says; `samples` are two values of a test."""

    name: str
    schema: dict[str, str]
    """Names of JSON Schema with their values as YAML writes them."""
    column: str
    """A type of SQLAlchemy, as Python writes it."""
    samples: tuple[str, str]
    """As Python writes them; two that differ, where the type has two."""
    is_named: bool = False
    """A bound or an enum is a schema with a name, so that it stands once."""
    is_filter: bool = False
    """Pages may ask for one value of it."""
    target: str = ""
    """The resource that it refers to."""
    item: Kind | None = None
    """What a list is of; `schema` is then that of the list without its items."""


def string(length: int, *, is_empty_allowed: bool = False) -> Kind:
    """`length` is in characters; the least is one, unless empty texts are wanted. Pages cannot ask for one."""
    least = {} if is_empty_allowed else {"minLength": "1"}
    samples = (f'"{"first"[:length]}"', f'"{"second"[:length]}"')
    schema = {"type": "string", **least, "maxLength": str(length)}
    return Kind("string", schema, "Text", samples, is_named=True)


def integer(low: int = -SAFE, high: int = SAFE) -> Kind:
    """Bounds are inclusive; the width is the smaller one that holds both."""
    is_small = INT32[0] <= low and high <= INT32[1]
    schema = {
        "type": "integer",
        "format": "int32" if is_small else "int64",
        "minimum": str(low),
        "maximum": str(high),
    }
    first = min(max(1, low), high)
    column, samples = "Integer" if is_small else "BigInteger", (str(first), str(first + 1 if first < high else low))
    return Kind("int", schema, column, samples, is_named=True)


def enum(members: tuple[str, ...]) -> Kind:
    """Stored as its members' text, so that another member needs no step of the schema."""
    schema = {"type": "string", "enum": f"[{', '.join(map(word, members))}]"}
    samples = (f'"{members[0]}"', f'"{members[-1]}"')
    return Kind("enum", schema, "Text", samples, is_named=True, is_filter=True)


def binary(length: int) -> Kind:
    """`length` counts bytes; base64 has four characters for three of them, so it is rounded up to threes."""
    schema = {"type": "string", "contentEncoding": "base64", "maxLength": str(-(-length // 3) * 4)}
    return Kind("bytes", schema, "LargeBinary", ('b"1"', 'b"2"'), is_named=True)


def list_of(item: Kind, most: int) -> Kind:
    """At most `most` items, in their order, in one column."""
    schema = {"type": "array", "maxItems": str(most)}
    samples = (f"[{item.samples[0]}]", f"[{item.samples[1]}]")
    return Kind("list", schema, f"ARRAY({item.column})", samples, item=item)


def reference(target: str) -> Kind:
    """The id of a row that has to be there; PostgreSQL keeps it so."""
    return Kind("ref", {}, "BigInteger", ("", ""), is_filter=True, target=target)


def _text(form: str, column: str, samples: tuple[str, str], *, is_filter: bool = False) -> Kind:
    """A string with a form of its own."""
    return Kind(form, {"type": "string", "format": form}, column, samples, is_filter=is_filter)


PLAIN: dict[str, Callable[[], Kind]] = {
    "text": lambda: Kind(
        "text", {"type": "string", "maxLength": "10000"}, "Text", ('"first"', '"second"'), is_named=True
    ),
    "email": lambda: Kind(
        "email",
        {"type": "string", "format": "email", "maxLength": "254", "pattern": f"'{EMAIL}'"},
        "Text", ('"ann@example.com"', '"bob@example.com"'), is_named=True, is_filter=True,
    ),
    "url": lambda: Kind(
        "url",
        {"type": "string", "format": "uri", "maxLength": "2000", "pattern": f"'{URL}'"},
        "Text", ('"https://example.com/first"', '"https://example.com/second"'), is_named=True,
    ),
    "uuid": lambda: _text("uuid", "Uuid", ("UUID(int=1)", "UUID(int=2)"), is_filter=True),
    "int": integer,
    "float": lambda: Kind("float", {"type": "number"}, "Double", ("1.5", "2.5")),
    "decimal": lambda: _text("decimal", "Numeric", ('Decimal("1.50")', 'Decimal("2.50")')),
    "bool": lambda: Kind("bool", {"type": "boolean"}, "Boolean", ("True", "False"), is_filter=True),
    "date": lambda: _text("date", "Date", ("date(2026, 1, 31)", "date(2026, 2, 28)")),
    "datetime": lambda: _text(
        "date-time", "DateTime(timezone=True)",
        ("datetime(2026, 1, 31, tzinfo=UTC)", "datetime(2026, 2, 28, tzinfo=UTC)"),
    ),
}  # fmt: skip
"""Types without arguments; `int` may have them."""

"""Random values that a contract allows, in their JSON form: edges of every type, absent and null fields, every arm."""

from __future__ import annotations

import base64
from random import Random

from codegen.ir.operations import Contract
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Enum,
    Field,
    File,
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
from tests.codegen.samples import matching

MAX_DEPTH = 5
LETTERS = 'aZ0 ßé世😀\ufeff\u2028"\\/\n'
MOMENTS = ("2024-02-29T12:30:45.123456Z", "1999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
           "1969-12-31T23:59:59.500000Z", "2024-01-01T00:00:00.000001Z")  # fmt: skip
DURATIONS = ("P0D", "PT5400S", "P1DT0.000001S", "P3D", "PT59.120000S")
FORMS = {
    "date": ("2024-02-29", "0001-01-01"),
    "uuid": ("0f8fad5b-d9cb-469f-a165-70867728950e",),
    "decimal": ("12.50", "-0.1", "0"),
}
FORMATS = {
    "email": ("ada@example.org",),
    "hostname": ("example.org",),
    "ipv4": ("192.0.2.1",),
    "ipv6": ("2001:db8::1",),
    "time": ("12:30:45Z",),
    "uri": ("https://example.org/a?b=c#d",),
    "uri-reference": ("../a?b=c",),
}
FLOATS = (0.0, -0.0, 1.5, 1e300, 5e-324, 1e16, 0.1, -123456789.125)


class Values:
    def __init__(self, contract: Contract, seed: int) -> None:
        self._contract = contract
        self._random = Random(seed)

    def record(self, record: Record, depth: int = 0) -> dict[str, object]:
        return {one.member: self._field(one, depth) for one in record.fields if self._is_there(one, depth)}

    def named(self, name: str, depth: int = 0) -> object:
        definition = self._contract.definitions[name]
        if isinstance(definition, Enum):
            return self._random.choice(definition.members)[1]
        if isinstance(definition, Union):
            # The last arm ends a recursion: cases write the simplest arm last.
            arm = definition.arms[-1] if depth > MAX_DEPTH else self._random.choice(definition.arms)
            return self.named(arm[1], depth)
        return self.record(definition, depth)

    def _is_there(self, one: Field, depth: int) -> bool:
        return one.required or (depth < MAX_DEPTH and self._random.random() < 0.6)

    def _field(self, one: Field, depth: int) -> object:
        if one.nullable and (depth >= MAX_DEPTH or self._random.random() < 0.3):
            return None
        return self._value(one.type, depth + 1)

    def _value(self, kind: Type, depth: int) -> object:
        choice = self._random.choice
        match kind:
            case Bool():
                return choice((True, False))
            case Int():
                edges = (kind.minimum, kind.maximum, 0, 1, -1, 2**31, -(2**31) - 1, 2**53, 127, 128)
                return choice([one for one in edges if kind.minimum <= one <= kind.maximum])
            case Float():
                low = kind.minimum if kind.minimum is not None else float("-inf")
                high = kind.maximum if kind.maximum is not None else float("inf")
                return choice([one for one in (*FLOATS, low, high) if low <= one <= high and abs(one) != float("inf")])
            case String():
                return kind.const if kind.const is not None else self._text(kind)
            case Text():
                return choice(FORMS[kind.form])
            case DateTime():
                return choice(MOMENTS)
            case Duration():
                return choice(DURATIONS)
            case Bytes():
                longest = min(40, (kind.max_length or 40) // 4 * 3)
                return base64.b64encode(self._random.randbytes(self._random.randint(0, longest))).decode()
            case ListOf():
                return [
                    self._value(kind.item, depth + 1) for _ in range(self._size(kind.min_items, kind.max_items, depth))
                ]
            case MapOf():
                keys = [self._key() for _ in range(self._size(0, kind.max_entries, depth))]
                return {key: self._value(kind.value, depth + 1) for key in keys}
            case File():
                raise TypeError("no value of JSON")
            case Named():
                return self.named(kind.name, depth)

    def _size(self, least: int, most: int | None, depth: int) -> int:
        wanted = 0 if depth > MAX_DEPTH else self._random.randint(0, 3)
        return max(least, min(wanted, most if most is not None else wanted))

    def _key(self) -> str:
        return self._random.choice(("a", "ö 2", "__proto__", "constructor", "toString", ""))

    def _text(self, kind: String) -> str:
        if kind.pattern is not None:
            return matching(kind)
        if kind.form in FORMATS:
            return self._random.choice(FORMATS[kind.form])
        longest = kind.max_length if kind.max_length is not None else 200
        length = self._random.randint(kind.min_length, min(longest, max(kind.min_length, 150)))
        return "".join(self._random.choice(LETTERS) for _ in range(length))

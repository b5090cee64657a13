"""Values that a contract allows, drawn at random and rich in edges, in their canonical JSON form."""

from __future__ import annotations

import base64
import math
import uuid
from datetime import UTC, date, datetime, timedelta
from random import Random

from codegen.ir.operations import Contract
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
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
from tests.codegen.samples import matching

MAX_DEPTH = 4
TEXTS = (
    "",
    "a",
    "0",
    "null",
    " ",
    '"',
    "\\",
    "\n",
    "é",
    "世界",
    "😀",
    "\u2028",
    "a\tb",
    "%2F",
    "x" * 40,
    "{}",
    "None",
    "..",
)
FLOATS = (0.0, -0.0, 1.0, -1.5, 0.1, 1e300, -1e300, 5e-324, 2.0**53, 1e16, 123456789.125)
DECIMALS = ("0", "-0", "0.10", "-12.500", "1" * 28, "0." + "0" * 27 + "1", "99.99")
YEARS = (1, 1969, 1970, 1999, 2024, 2038, 9999)
MICROS = (0, 1, 500_000, 999_999)


class Draw:
    """One stream of values; the same number gives the same ones."""

    def __init__(self, contract: Contract, number: int) -> None:
        self._contract = contract
        self._random = Random(number)

    def record(self, record: Record, depth: int = 0) -> dict[str, object]:
        """A field that may be absent is so at times, and each may have its zero."""
        return {one.name: self._field(one, depth) for one in record.fields if self._is_there(one, depth)}

    def named(self, name: str, depth: int = 0) -> object:
        definition = self._contract.definitions[name]
        if isinstance(definition, Enum):
            return self._random.choice(definition.members)[1]
        if isinstance(definition, Union):
            # The last arm ends a recursion: contracts of tests write the simplest arm last.
            arm = self._random.choice(definition.arms) if depth < MAX_DEPTH else definition.arms[-1]
            return self.named(arm[1], depth)
        return self.record(definition, depth)

    def _is_there(self, one: Field, depth: int) -> bool:
        return one.required or (depth < MAX_DEPTH and self._random.random() < 0.6)

    def _field(self, one: Field, depth: int) -> object:
        if one.nullable and (depth >= MAX_DEPTH or self._random.random() < 0.3):
            return None
        return self._value(one.type, depth + 1)

    def _value(self, kind: Type, depth: int) -> object:
        match kind:
            case ListOf():
                most = kind.max_items if kind.max_items is not None else 3
                wanted = self._random.randint(kind.min_items, max(kind.min_items, min(3, most)))
                return [
                    self._value(kind.item, depth + 1) for _ in range(wanted if depth <= MAX_DEPTH else kind.min_items)
                ]
            case MapOf():
                most = min(3, kind.max_entries if kind.max_entries is not None else 3) if depth <= MAX_DEPTH else 0
                keys = {self._text(String()) for _ in range(self._random.randint(0, most))}
                return {key: self._value(kind.value, depth + 1) for key in sorted(keys)}
            case Named():
                return self.named(kind.name, depth)
        return self._scalar(kind)

    def _scalar(self, kind: Type) -> object:
        choose = self._random.choice
        match kind:
            case Bool():
                return choose((True, False))
            case Int():
                edges = (0, 1, -1, kind.minimum, kind.maximum, self._random.randint(kind.minimum, kind.maximum))
                return choose([one for one in edges if kind.minimum <= one <= kind.maximum])
            case Float():
                low = kind.minimum if kind.minimum is not None else -math.inf
                high = kind.maximum if kind.maximum is not None else math.inf
                fits = [one for one in FLOATS if low <= one <= high]
                return choose(fits or [kind.minimum])
            case String():
                return self._text(kind)
            case Text():
                return self._form(kind.form)
            case DateTime():
                day = datetime.combine(self._day(), datetime.min.time(), UTC)
                moment = day + timedelta(0, self._random.randrange(86400), choose(MICROS))
                return moment.isoformat().replace("+00:00", "Z")
            case Duration():
                return choose(("PT0S", "P0D", "PT0.000001S", "P1DT2H3M4.5S", "P400D", "P999999DT86399.999999S", "PT1H"))
            case Bytes():
                longest = 12 if kind.max_length is None else min(12, kind.max_length // 4 * 3)
                return base64.b64encode(self._random.randbytes(self._random.randint(0, longest))).decode()
        raise TypeError(kind)

    def _text(self, kind: String) -> str:
        if kind.const is not None:
            return kind.const
        if kind.pattern is not None:
            return matching(kind)
        longest = kind.max_length if kind.max_length is not None else 1000
        return self._random.choice(TEXTS)[:longest].ljust(kind.min_length, "x")

    def _form(self, form: str) -> str:
        if form == "uuid":
            return str(uuid.UUID(int=self._random.getrandbits(128)))
        return self._day().isoformat() if form == "date" else self._random.choice(DECIMALS)

    def _day(self) -> date:
        return date(self._random.choice(YEARS), self._random.randint(1, 12), self._random.randint(1, 28))

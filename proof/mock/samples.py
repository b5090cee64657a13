"""Things that a contract would answer, readable by people: its own examples where it has some, else what the names and forms of its fields suggest.

The same seed and number give the same value. Each field is judged by its schema; where what reads well does not fit, Hypothesis draws what does.
"""

from __future__ import annotations

import base64
import math
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, seed
from hypothesis.errors import HypothesisException

from codegen.ir.reach import holds_itself
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
from proof.documents import Json
from proof.drawing import drawing
from proof.mock.forms import Forms

DEPTH = 3
"""Below it what may be absent or empty is."""
DRAWN = 30
SPREAD = 1000
"""Numbers lie within so much of their least."""
BEGINNING = datetime(2024, 1, 1, 9, tzinfo=UTC)
WRITTEN: dict[str, Callable[[int], str]] = {
    "email": lambda number: f"person{number}@example.com",
    "uri": lambda number: f"https://example.com/{number}",
    "uri-reference": lambda number: f"/{number}",
    "hostname": lambda number: f"host{number}.example.com",
    "ipv4": lambda number: f"192.0.2.{number % 250 + 1}",
    "ipv6": lambda number: f"2001:db8::{number % 9999 + 1}",
    "time": lambda number: f"{number % 24:02}:30:00Z",
}
"""Of formats of text; addresses are those of RFC 5737, 3849 and 2606."""


class Samples:
    """Of the records that a contract answers."""

    def __init__(self, forms: Forms, base_seed: int = 0) -> None:
        self._forms = forms
        self._contract = forms.contract
        self._seed = base_seed
        self._pools: dict[tuple[str, str], list[Any]] = {}
        self._examples = self._said_examples()

    def record(self, name: str, number: int) -> Json:
        """The `number`-th thing of a record or a union, whole."""
        examples = self._examples.get(name, [])
        if number < len(examples):
            return dict(examples[number])
        chance = Random(f"{self._seed} {name} {number}")
        return _Drawing(self, chance, number).whole(self._contract.definitions[name])

    def field(self, record: str, one: Field, plain: Any, number: int) -> Any:
        """What reads well if it fits, else what was drawn."""
        if (record not in self._contract.results) or self._forms.fits_field(record, one.member, plain):
            return plain
        drawn = self._drawn((record, one.member), self._forms.field(record, one.member), number)
        return plain if drawn is None else drawn

    def definition(self, name: str) -> Record | Enum | Union:
        return self._contract.definitions[name]

    def is_endless(self, name: str) -> bool:
        return holds_itself(self._contract.definitions, [name])

    def _said_examples(self) -> dict[str, list[Json]]:
        """Of the records, and of the answers that have them; those that are whole."""
        said: dict[str, list[Any]] = {
            name: list(definition.notes.values) for name, definition in self._contract.definitions.items()
        }
        for one in self._contract.operations:
            if one.http and one.result.record:
                said.setdefault(one.result.record, []).extend(each.value for each in one.http.answers)
        return {
            name: [one for one in found if isinstance(one, dict) and self._forms.fits(name, one)]
            for name, found in said.items()
            if name in self._contract.results
        }

    def _drawn(self, key: tuple[str, str], schema: Json, number: int) -> Any:
        """One of a few values that Hypothesis has drawn of the schema; None where it finds none."""
        if key not in self._pools:
            self._pools[key] = self._pool(schema)
        pool = self._pools[key]
        return pool[number % len(pool)] if pool else None

    def _pool(self, schema: Json) -> list[Any]:
        found: list[Any] = []

        @seed(self._seed)
        @drawing(DRAWN)
        @given(self._forms.values.valid(schema))
        def collect(value: Any) -> None:
            if value not in found:
                found.append(value)

        with suppress(HypothesisException):  # It has found none, or too few.
            collect()
        return found


class _Drawing:
    """One value. `number` makes it another one than its neighbours."""

    def __init__(self, samples: Samples, chance: Random, number: int) -> None:
        self._samples = samples
        self._chance = chance
        self._number = number

    def whole(self, definition: Record | Enum | Union) -> Json:
        if isinstance(definition, Record):
            return self.record(definition, 0)
        found = self._named(definition, 0)
        return found if isinstance(found, dict) else {}

    def record(self, record: Record, depth: int) -> Json:
        out: Json = {}
        for one in record.fields:
            if depth < DEPTH or one.required:
                out[one.member] = self._field(record, one, depth)
        return out

    def _field(self, record: Record, one: Field, depth: int) -> Any:
        examples = one.notes.values
        if examples:
            return examples[self._number % len(examples)]
        if one.nullable and depth >= DEPTH:
            return None
        return self._samples.field(record.name, one, self._of(one.type, one.name, depth), self._number)

    def _of(self, kind: Type, name: str, depth: int) -> Any:
        match kind:
            case Bool():
                return self._chance.random() < 0.5
            case Int():
                return self._whole(kind)
            case Float():
                return self._real(kind)
            case String():
                return self._text(kind, name)
            case Text() | DateTime() | Duration():
                return self._formed(kind)
            case Bytes():
                return base64.b64encode(
                    f"{name} {self._number}".encode()[: 3 * ((kind.max_length or 80) // 4)]
                ).decode()
            case ListOf():
                return self._list(kind, name, depth)
            case MapOf():
                is_short = depth >= DEPTH or kind.max_entries == 0
                return {} if is_short else {f"key{self._number}": self._of(kind.value, name, depth + 1)}
            case Named():
                return self._named(self._samples.definition(kind.name), depth)
            case File():
                return ""

    def _whole(self, kind: Int) -> int:
        least = max(kind.minimum, min(0, kind.maximum))
        step = kind.multiple_of or 1
        first, last = -(-least // step), min(kind.maximum, least + SPREAD * step) // step
        return self._chance.randint(first, max(first, last)) * step

    def _real(self, kind: Float) -> float:
        least, most = kind.least, kind.most
        low = max(least, 0.0) if least is not None and (most is None or most >= 0) else least
        low = low if low is not None else min(0.0, most or 0.0)
        high = min(most, low + SPREAD) if most is not None else low + SPREAD
        if kind.multiple_of:
            return math.ceil(low / kind.multiple_of) * kind.multiple_of
        value = round(self._chance.uniform(low, high), 2)
        return value if low <= value <= high else low

    def _text(self, kind: String, name: str) -> str:
        if kind.const is not None:
            return kind.const
        if kind.form in WRITTEN:
            return WRITTEN[kind.form](self._number)
        text = f"{name.replace('_', ' ').capitalize()} {self._number + 1}"
        most = kind.max_length if kind.max_length is not None else len(text) + kind.min_length
        return text.ljust(kind.min_length, ".")[:most] if most >= len(text) else str(self._number + 1)[:most]

    def _formed(self, kind: Text | DateTime | Duration) -> str:
        moment = BEGINNING + timedelta(days=self._number, minutes=self._chance.randrange(600))
        if isinstance(kind, DateTime):
            return moment.isoformat().replace("+00:00", "Z")
        if isinstance(kind, Duration):
            return f"PT{self._chance.randrange(1, 3600)}S"
        if kind.form == "uuid":
            return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        return moment.date().isoformat() if kind.form == "date" else f"{self._chance.randrange(SPREAD)}"

    def _list(self, kind: ListOf, name: str, depth: int) -> list[Any]:
        wanted = max(kind.min_items, 0 if depth >= DEPTH else 1)
        count = wanted if kind.max_items is None else min(wanted, kind.max_items)
        return [self._of(kind.item, f"{name} {one}" if one else name, depth + 1) for one in range(count)]

    def _named(self, definition: Record | Enum | Union, depth: int) -> Any:
        if isinstance(definition, Record):
            return self.record(definition, depth + 1)
        if isinstance(definition, Enum):
            return definition.members[self._number % len(definition.members)][1]
        arms = list(definition.arms)
        if depth >= DEPTH:
            arms = [one for one in arms if not self._samples.is_endless(one[1])] or arms
        tag, arm = arms[self._number % len(arms)]
        record = self._samples.definition(arm)
        assert isinstance(record, Record), "an arm is a record"
        return {**self.record(record, depth + 1), definition.tag_member: tag}

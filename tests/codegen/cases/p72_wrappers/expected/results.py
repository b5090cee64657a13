"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Level as Level


class Bolt(Struct, kw_only=True, gc=False, tag_field="kind", tag="bolt"):
    value: float | UnsetType = UNSET


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Nut(Struct, kw_only=True, gc=False, tag_field="kind", tag="nut"):
    note: str | None = None


class Problem(Struct, kw_only=True, gc=False):
    type: str
    title: str
    status: int
    detail: str | UnsetType = UNSET
    code: str
    errors: list[FieldError] = field(default_factory=list)
    trace_id: str
    retry_after: int | UnsetType = UNSET
    msg: str | UnsetType = UNSET


class Thing(Struct, kw_only=True, gc=False):
    name: str | None
    count: int | None
    flag: bool | None
    size: int | None
    ratio: float | UnsetType = UNSET
    data: bytes | UnsetType = UNSET
    day: date | UnsetType = UNSET
    key: UUID | UnsetType = UNSET
    price: Decimal | None = None
    step: int = 5
    level: Level | UnsetType = UNSET
    part: Part
    parts: list[Part] = field(default_factory=list)


class ThingMade(Struct, kw_only=True, gc=False):
    thing: Thing
    by: str | None


Part = Bolt | Nut

"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Level as Level


class Circle(Struct, kw_only=True, gc=False, tag_field="kind", tag="circle"):
    side: int = 1


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Part(Struct, kw_only=True, gc=False):
    size: float
    name: str | None = None
    notes: dict[str, str]


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


class Square(Struct, kw_only=True, gc=False, tag_field="kind", tag="square"):
    side: int = 1


class Thing(Struct, kw_only=True, gc=False):
    tags: list[str]
    counts: list[int] = field(default_factory=list)
    prices: list[Decimal] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    levels: list[Level] = field(default_factory=lambda: [Level("low")])
    parts: list[Part] = field(default_factory=list)
    shapes: list[Shape]
    plain: list[str] = field(default_factory=list)


Shape = Circle | Square

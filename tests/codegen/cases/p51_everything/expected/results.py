"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Colour as Colour
from generated.enums import Level as Level


class Circle(Struct, kw_only=True, gc=False, tag_field="kind", tag="circle"):
    radius: float


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class PageMeta(Struct, kw_only=True, gc=False):
    page: int
    per_page: int
    total: int
    pages: int
    next_cursor: str | None
    has_more: bool


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
    side: int


class Thing(Struct, kw_only=True, gc=False):
    id: int
    name: str
    colour: Colour
    level: Level | UnsetType = UNSET
    shape: Shape
    tags: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    data: bytes | UnsetType = UNSET
    made_at: datetime | UnsetType = UNSET
    price: Decimal | UnsetType = UNSET
    note: str | None = None
    version: int


class ThingMade(Struct, kw_only=True, gc=False):
    thing: Thing


class ThingPage(Struct, kw_only=True, gc=False):
    items: list[Thing]
    meta: PageMeta


Shape = Circle | Square

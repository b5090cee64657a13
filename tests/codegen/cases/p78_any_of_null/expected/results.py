"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Level as Level


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Part(Struct, kw_only=True, gc=False):
    at: datetime | None


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
    day: date | None = None
    """When."""

    size: float | None = None
    part: Part | None = None
    level: Level | None

"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Kind as Kind
from generated.enums import Level as Level


class AlertRaised(Struct, kw_only=True, gc=False):
    text: str
    level: int


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


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


class Thing(Struct, kw_only=True, gc=False, rename={"is_done": "is-done"}):
    id: int
    name: str
    kind: Kind
    level: Level
    is_done: bool
    key: UUID


class ThingMade(Struct, kw_only=True, gc=False):
    thing: Thing

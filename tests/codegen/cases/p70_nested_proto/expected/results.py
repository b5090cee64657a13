"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Kind as Kind
from generated.enums import Level as Level


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Part(Struct, kw_only=True, gc=False):
    text: str


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
    kind: Kind
    part: Part | UnsetType = UNSET
    levels: list[Level] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

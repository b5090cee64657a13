"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, field


class Deeper(Struct, kw_only=True, gc=False):
    at: datetime


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Inner(Struct, kw_only=True, gc=False):
    name: str
    depth: int = 1
    deeper: Deeper | UnsetType = UNSET


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
    inner: Inner
    maybe: Inner | UnsetType = UNSET
    many: list[Inner] = field(default_factory=list)
    by_name: dict[str, Inner] = field(default_factory=dict)

"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, field


class A(Struct, kw_only=True, gc=False, tag_field="kind", tag="a"):
    meta: M


class B(Struct, kw_only=True, gc=False, tag_field="kind", tag="b-side"):
    metas: list[M] = field(default_factory=list)


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class M(Struct, kw_only=True, gc=False):
    at: datetime


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


Thing = A | B

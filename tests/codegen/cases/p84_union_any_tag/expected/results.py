"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, field


class Added(Struct, kw_only=True, gc=False, tag_field="@type", tag="ItemAdded.v1"):
    at: datetime


class Class(Struct, kw_only=True, gc=False, tag_field="@type", tag="class"):
    part: Part | UnsetType = UNSET


class Day(Struct, kw_only=True, gc=False, tag_field="@type", tag='1d "\\\n'):
    note: str | UnsetType = UNSET


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Page(Struct, kw_only=True, gc=False, tag_field="@type", tag="text/html"):
    body: str


class Plus(Struct, kw_only=True, gc=False, tag_field="@type", tag="+"):
    amount: int


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
    part: Part
    others: list[Part] = field(default_factory=list)
    by: dict[str, Part] = field(default_factory=dict)


Part = Page | Added | Plus | Class | Day

"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field


class EndPart(Struct, kw_only=True, gc=False, tag_field="kind", tag="end"):
    words: int


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


class Thing(Struct, kw_only=True, gc=False):
    id: int
    name: str


class WordPart(Struct, kw_only=True, gc=False, tag_field="kind", tag="word"):
    text: str


Part = WordPart | EndPart

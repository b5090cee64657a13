"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Media as Media
from generated.enums import Model as Model
from generated.enums import Sign as Sign
from generated.enums import Span as Span
from generated.enums import Word as Word


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
    model: Model
    media: Media
    span: Span
    signs: list[Sign] = field(default_factory=list)
    by: dict[str, Sign] = field(default_factory=dict)
    word: Word = Word("是")

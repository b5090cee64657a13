"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import date as date_
from datetime import datetime as datetime_

from msgspec import UNSET, Struct, UnsetType, field

list_ = list
str_ = str


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str_
    message: str_


class Problem(Struct, kw_only=True, gc=False):
    type: str_
    title: str_
    status: int
    detail: str_ | UnsetType = UNSET
    code: str_
    errors: list_[FieldError] = field(default_factory=list_)
    trace_id: str_
    retry_after: int | UnsetType = UNSET
    msg: str_ | UnsetType = UNSET


class Thing(Struct, kw_only=True, gc=False):
    type: str_
    id: int
    list: list_[str_]
    self: str_
    value: str_
    message: str_
    item: str_ | UnsetType = UNSET
    str: str_ | UnsetType = UNSET
    date: date_ | UnsetType = UNSET
    datetime: datetime_ | UnsetType = UNSET
    frozenset: dict[str_, int] = field(default_factory=dict)
    fields: str_ | UnsetType = UNSET

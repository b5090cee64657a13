"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field


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
    price: Decimal
    key: UUID | UnsetType = UNSET
    day: date = date.fromisoformat("2024-02-29")
    at: datetime | UnsetType = UNSET
    lasts: timedelta | UnsetType = UNSET
    mail: str | UnsetType = UNSET
    days: list[date]
    times: dict[str, datetime] = field(default_factory=dict)

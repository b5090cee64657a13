"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Colour as Colour


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
    colour: Colour | UnsetType = UNSET
    price: Decimal = Decimal("1.50")
    key: UUID = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
    at: datetime = datetime.fromisoformat("2024-01-01T00:00:00+00:00")
    lasts: timedelta = timedelta(seconds=90.0)
    data: bytes = b64decode("AAEC")
    tags: list[str] = field(default_factory=lambda: ["a", "b"])
    ratio: float = 1.0
    empty: str = ""
    zero: int = 0
    off: bool = False

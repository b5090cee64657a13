"""Values as JSON has them in the contract: moments by RFC 3339, durations by ISO 8601, bytes in base64, decimals as text."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TypeGuard
from uuid import UUID

from pydantic import BaseModel

from .model import fields_of, member_of


def encode_json(values: Mapping[str, object]) -> bytes:
    return json.dumps(plain(values), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def plain(value: object) -> object:
    """Lists, dictionaries and scalars of JSON. A model gives the fields that it declares; what it only received stays here."""
    match value:
        case BaseModel():
            required = {
                member_of(field, name) for name, field in type(value).model_fields.items() if field.is_required()
            }
            return {name: plain(one) for name, one in fields_of(value).items() if one is not None or name in required}
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if is_many(value) else scalar(value)


def is_many(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)


def scalar(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case timedelta():
            return duration(value)
        case Decimal():
            return f"{value:f}"
        case UUID():
            return str(value)
        case bytes() | bytearray():
            return b64encode(value).decode()
    return value


def moment(value: datetime) -> str:
    """In UTC; ValueError for a moment without a zone, which names a different one on each machine."""
    if value.tzinfo is None:
        raise ValueError("a datetime needs a time zone, e.g. datetime.now(timezone.utc)")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration(value: timedelta) -> str:
    """`PnDTnS`, with microseconds if there are any; ValueError below zero, for which the contract has no form."""
    if value < timedelta(0):
        raise ValueError("a duration is not negative")
    days = f"{value.days}D" if value.days else ""
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    return f"P{days}T{value.seconds}{fraction}S"


def query_text(value: object) -> str:
    """A value in a path, a query or a header."""
    found = scalar(value)
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found)

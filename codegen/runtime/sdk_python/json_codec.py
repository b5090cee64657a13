"""Values as JSON has them in the contract: moments by RFC 3339, durations by ISO 8601, bytes in base64, decimals as text."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from pydantic import BaseModel


def encode_json(values: Mapping[str, object]) -> bytes:
    return json.dumps(plain(values), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def plain(value: object) -> object:
    """Lists, dictionaries and scalars of JSON. A model gives the fields that it declares; what it only received stays here."""
    match value:
        case BaseModel():
            return {
                field.alias or name: plain(getattr(value, name))
                for name, field in type(value).model_fields.items()
                if getattr(value, name) is not None or field.is_required()
            }
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
    return scalar(value)


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
    """`PTnS`, with microseconds if there are any."""
    whole, micros = divmod(value, timedelta(seconds=1))
    fraction = f".{micros // timedelta(microseconds=1):06d}".rstrip("0") if micros else ""
    return f"PT{whole}{fraction}S"


def query_text(value: object) -> str:
    """A value in a path, a query or a header."""
    found = scalar(value)
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found)

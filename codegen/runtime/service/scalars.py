"""Scalars of the contract: strict on the way in, exact on the way out. One meaning in JSON, query text and protobuf.

Pydantic alone reads "86400" as a date and braces around a UUID; here the text must have the contract's form first.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from math import isfinite
from typing import Annotated, Any
from uuid import UUID

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, from_json

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_DATETIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})\Z", re.ASCII)
_DURATION = re.compile(
    r"(?=.*\d)P(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(\.\d{1,9})?S)?)?\Z",
    re.ASCII,
)
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,27})(?:\.\d{1,28})?\Z", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", re.ASCII)
_INT = re.compile(r"-?(?:0|[1-9]\d{0,19})\Z", re.ASCII)
_FLOAT = re.compile(r"-?(?:0|[1-9]\d{0,307})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
_JSON_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
MAX_DEPTH = 45
"""Levels of JSON in a request. A level is two messages at most (a union and its arm), and protobuf readers stop at 100."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotNull:
    """Marks `T | None` whose None means absent only: a null in the input is refused."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        inner: CoreSchema = schema["schema"] if schema["type"] == "nullable" else schema
        return inner


def shallow(data: bytes) -> bytes:
    """The JSON text itself; ValueError if it is nested beyond `MAX_DEPTH`, so that every door could answer it again."""
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return data
    depth = 0
    for char in _JSON_TEXT.sub(b"", data):
        depth += (char in b"{[") - (char in b"}]")
        if depth > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    return data


def _refuse(kind: str, form: str) -> PydanticCustomError:
    return PydanticCustomError(f"{kind}_form", "Input should be {form}", {"form": form})


def _text(value: object, pattern: re.Pattern[str], kind: str, form: str) -> re.Match[str]:
    match = pattern.match(value) if isinstance(value, str) else None
    if match is None:
        raise _refuse(kind, form)
    return match


def read_date(value: object) -> object:
    if type(value) is date:
        return value
    match = _text(value, _DATE, "date", "a date as YYYY-MM-DD")
    try:
        return date.fromisoformat(match[0])
    except ValueError:
        raise _refuse("date", "a day of the calendar") from None


def read_datetime(value: object) -> object:
    """RFC 3339 with an offset; digits beyond microseconds are cut; the answer is in UTC."""
    if isinstance(value, datetime):
        return value
    day, time, fraction, offset = _text(value, _DATETIME, "datetime", "a date-time of RFC 3339 with an offset").groups()
    micros = (fraction or ".0")[1:7].ljust(6, "0")
    zone = "+00:00" if offset in "Zz" else offset
    try:
        return datetime.fromisoformat(f"{day}T{time}.{micros}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refuse("datetime", "a moment of the calendar") from None


def read_duration(value: object) -> timedelta:
    """`PnDTnHnMnS` of ISO 8601; months and years have no fixed length and are refused."""
    if isinstance(value, timedelta):
        if value < timedelta(0):
            raise _refuse("duration", "a duration that is not negative")
        return value
    days, hours, minutes, secs, fraction = _text(value, _DURATION, "duration", "a duration as PnDTnHnMnS").groups()
    micros = int((fraction or ".0")[1:7].ljust(6, "0"))
    return timedelta(int(days or 0), int(secs or 0), micros, 0, int(minutes or 0), int(hours or 0))


def read_decimal(value: object) -> object:
    return value if isinstance(value, Decimal) else Decimal(_text(value, _DECIMAL, "decimal", "a decimal as text")[0])


def read_uuid(value: object) -> object:
    return value if isinstance(value, UUID) else UUID(_text(value, _UUID, "uuid", "a UUID with hyphens")[0])


def read_bytes(value: object) -> object:
    """Standard base64 with padding."""
    if isinstance(value, bytes):
        return value
    try:
        decoded = b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        decoded = None
    if decoded is None or b64encode(decoded).decode() != value:
        raise _refuse("bytes", "base64 with padding")
    return decoded


def read_whole(value: object) -> object:
    """Pydantic takes `true` and `"1"` for the number 1 of an enum."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refuse("enum", "a whole number")
    return value


Day = Annotated[date, BeforeValidator(read_date)]
Moment = Annotated[datetime, BeforeValidator(read_datetime)]
Span = Annotated[timedelta, BeforeValidator(read_duration)]
DecimalText = Annotated[Decimal, BeforeValidator(read_decimal)]
UuidText = Annotated[UUID, BeforeValidator(read_uuid)]
Base64 = Annotated[bytes, BeforeValidator(read_bytes)]


SPAN_DAYS = 1_000_000
"""A duration is shorter: readers take six digits of days."""


def is_text(value: object) -> bool:
    """As the others of this name's kind: what both encoders write, and write as the same value."""
    return type(value) is str or isinstance(value, StrEnum)


def is_int32(value: object) -> bool:
    return (type(value) is int or isinstance(value, IntEnum)) and -(1 << 31) <= value < 1 << 31


def is_int64(value: object) -> bool:
    return (type(value) is int or isinstance(value, IntEnum)) and -(1 << 63) <= value < 1 << 63


def is_number(value: object) -> bool:
    """A whole number is one where a double holds it exactly; JSON has no infinity."""
    return isfinite(value) if type(value) is float else type(value) is int and abs(value) <= 1 << 53


def is_decimal(value: object) -> bool:
    return type(value) is Decimal and value.is_finite()


def is_span(value: object) -> bool:
    return type(value) is timedelta and 0 <= value.days < SPAN_DAYS


def unfit(value: object, due: str) -> str:
    """What is wrong with a value of a result, without the value."""
    return f": {type(value).__name__} where {due} is due"


def fault_of_nothing(value: object) -> str | None:
    return None if value is None else unfit(value, "nothing")


def int_from_text(text: str) -> object:
    """Text that is no number is handed on, so that the model refuses it."""
    return int(text) if _INT.match(text) else text


def float_from_text(text: str) -> object:
    return float(text) if _FLOAT.match(text) else text


def bool_from_text(text: str) -> object:
    return text == "true" if text in ("true", "false") else text


def text_from_text(text: str) -> object:
    return text


def header_text(value: object) -> bytes:
    """A number, a flag, a form or an enum in a header, as it stands in JSON without its quotes."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    text = value.isoformat() if isinstance(value, date) else str(getattr(value, "value", value))
    return text.encode("ascii")


def json_from_text(text: str) -> object:
    """A part of a form that is a record or a map; what is no JSON stays text, which neither is."""
    try:
        value: object = from_json(shallow(text.encode()))
    except ValueError:
        return text
    return value


FROM_TEXT: dict[str, Callable[[str], object]] = {
    "int": int_from_text,
    "float": float_from_text,
    "bool": bool_from_text,
    "text": text_from_text,
    "json": json_from_text,
}


def moment_of(message: Timestamp) -> datetime:
    """ValueError for what is no moment of the calendar."""
    if not 0 <= message.nanos < 1_000_000_000:
        raise ValueError("nanos are out of range")
    try:
        return EPOCH + timedelta(seconds=message.seconds, microseconds=message.nanos // 1000)
    except OverflowError:
        raise ValueError("seconds are out of range") from None


def put_span(message: Duration, value: timedelta) -> None:
    message.FromTimedelta(value)


def span_of(message: Duration) -> timedelta:
    try:
        return message.ToTimedelta()
    except OverflowError:
        raise ValueError("the duration is out of range") from None

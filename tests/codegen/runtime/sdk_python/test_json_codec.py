"""Values in JSON have the contract's forms; what has none is refused before it is sent."""

from __future__ import annotations

import json
from collections import UserDict, deque
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from uuid import UUID

import pytest
from pydantic import Field, TypeAdapter

from codegen.runtime.sdk_python.json_codec import duration, encode_json, moment, plain, query_text
from codegen.runtime.sdk_python.model import Model, Unknown
from generated.scalars import Moment, Span


class Level(IntEnum):
    HIGH = 5


class Colour(StrEnum):
    RED = "red"


class Part(Model):
    id_: int = Field(alias="id")
    note: str | None
    size: int | None = None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Level.HIGH, 5),
        (Colour.RED, "red"),
        (datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=2))), "2024-02-29T10:00:00Z"),
        (datetime(1, 1, 1, 0, 0, 0, 1, UTC), "0001-01-01T00:00:00.000001Z"),
        (date(2024, 2, 29), "2024-02-29"),
        (timedelta(0), "PT0S"),
        (timedelta(days=1, seconds=2, microseconds=500_000), "P1DT2.5S"),
        (timedelta.resolution, "PT0.000001S"),
        (Decimal("1E+2"), "100"),
        (Decimal("-0.10"), "-0.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (b"\xff\xfe", "//4="),
        (bytearray(b""), ""),
        (deque([b"a", Level.HIGH]), ["YQ==", 5]),
        (UserDict({"a": (1, 2)}), {"a": [1, 2]}),
        (Part.model_validate({"id": 1, "note": None}), {"id": 1, "note": None}),
        ([Part.model_validate({"id": 1, "note": "n", "size": 0, "more": 2})], [{"id": 1, "note": "n", "size": 0}]),
    ],
    ids=repr,
)
def test_values_have_their_form(value: object, expected: object) -> None:
    assert plain(value) == expected
    assert json.loads(encode_json({"x": value})) == {"x": expected}


@pytest.mark.parametrize(
    "value",
    [datetime(2024, 1, 1), timedelta(seconds=-1), float("nan"), float("inf"), Unknown.model_validate({"kind": "x"})],
)
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"zone|negative|JSON|sent"):
        encode_json({"x": [value]})


def test_text_is_utf_8_as_it_is() -> None:
    assert encode_json({"a": "\u00e9\u2028\U0001f600", "b": '"'}) == '{"a":"\u00e9\u2028\U0001f600","b":"\\""}'.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (7, "7"), (Level.HIGH, "5"), (Colour.RED, "red"), ("a b", "a b"), (0.1, "0.1")],
)
def test_values_in_a_query_are_those_of_json_without_quotes(value: object, text: str) -> None:
    assert query_text(value) == text


@pytest.mark.parametrize(
    "value", [timedelta.max, timedelta(days=999_999, seconds=86_399), timedelta(milliseconds=1), timedelta(0)]
)
def test_the_service_reads_every_duration(value: timedelta) -> None:
    """Its days have six digits."""
    if value == timedelta.max:
        value = timedelta(days=999_999, microseconds=999_999)
    assert TypeAdapter(Span).validate_python(duration(value)) == value


@pytest.mark.parametrize(
    "value", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), datetime.fromtimestamp(0, UTC)]
)
def test_the_service_reads_every_moment(value: datetime) -> None:
    assert TypeAdapter(Moment).validate_python(moment(value)) == value

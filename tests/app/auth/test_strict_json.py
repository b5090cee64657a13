"""A token's JSON has one meaning or none."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from app.auth.strict_json import MAX_DEPTH, read_object


def nested(depth: int, opening: bytes = b'{"a":', closing: bytes = b"}") -> bytes:
    return opening * (depth - 1) + b"{}" + closing * (depth - 1)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"1", b'"a"', b"null", b"{", b'{"a":1}x', b"{'a':1}", b'{"a":1,}', b'{"a":01}', b'{"a":"\n"}',
        b'{"a":1,"a":1}', b'{"a":1,"\\u0061":2}', b'{"a":{"b":1,"b":2}}', b'{"a":[{"b":1,"b":2}]}',
        b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}', b'{"a":1e999}', b'{"a":-1e999}', b'{"a":' + b"1" * 5000 + b"}",
        b'{"a":"\\ud800"}', b'{"\\udc00":1}', b'{"a":"\xff"}', b'\xef\xbb\xbf{"a":1}', '{"a":1}'.encode("utf-16"),
        nested(MAX_DEPTH + 1), b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", b"[" * 8000, nested(5000),
    ],
    ids=lambda data: repr(data[:24]),
)  # fmt: skip
def test_what_could_be_read_in_two_ways_or_none_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kinds of refusal are one to the caller
        read_object(data)


def test_an_object_is_read_with_everything_that_json_has() -> None:
    data = '{"a":[1,2.5,true,null,{"a":"\\ud83d\\ude00é"}],"b":{}}'.encode()
    assert read_object(data) == {"a": [1, 2.5, True, None, {"a": "\U0001f600é"}], "b": {}}
    assert read_object(nested(MAX_DEPTH))


@pytest.mark.parametrize(
    "data", [b"[" * 8192, nested(1000), b'{"a":[' + b"[]," * 2700 + b"[]]}", b'{"' + b"a" * 8000 + b'":1}']
)
def test_no_token_costs_more_than_2_ms(data: bytes) -> None:
    spent = []
    for _ in range(9):
        started = time.process_time()
        with suppress(ValueError):
            read_object(data)
        spent.append(time.process_time() - started)
    assert sorted(spent)[4] <= 0.002

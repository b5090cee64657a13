"""Every error has one shape on every door, and what does not fit says where."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from google.protobuf.message import DecodeError

from app.errors import decode, problem
from generated.errors import AuthorNotFound, InvalidData, Malformed, RateLimited
from generated.models import CreateAuthorRequest


def test_a_problem_names_its_code_and_says_when_to_come_again() -> None:
    found = problem(RateLimited("slow down", retry_after_s=7), "trace")
    assert (found.type, found.status, found.code, found.retry_after, found.detail) == (
        "/problems/rate_limited", 429, "rate_limited", 7, "slow down",
    )  # fmt: skip
    assert problem(AuthorNotFound(), "trace").trace_id == "trace"


def test_every_wrong_field_is_named_by_a_pointer_without_its_value() -> None:
    with pytest.raises(InvalidData) as refused:
        decode(lambda: CreateAuthorRequest.model_validate_json(b'{"name":"","bio":7,"a/b~":1}'))
    assert {one.pointer for one in refused.value.errors} == {"/name", "/bio", "/a~1b~0"}


def test_what_cannot_be_read_is_malformed_and_what_overflows_is_invalid() -> None:
    with pytest.raises(Malformed):
        decode(lambda: CreateAuthorRequest.model_validate_json(b"{"))
    for error, kind in ((DecodeError(), Malformed), (OverflowError(), InvalidData), (RecursionError(), InvalidData)):
        with pytest.raises(kind):
            decode(_raising(error))


def _raising(error: Exception) -> Callable[[], None]:
    def read() -> None:
        raise error

    return read

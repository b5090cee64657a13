"""Every error has one shape on every door, and what does not fit says where."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from google.protobuf.message import DecodeError

from app.errors import MAX_FIELD_ERRORS, decode, problem
from generated.errors import ERRORS, ArtistNotFound, InvalidData, Malformed, RateLimited
from generated.models import CreateArtistRequest


def test_a_problem_names_its_code_and_says_when_to_come_again() -> None:
    found = problem(RateLimited("slow down", retry_after_s=7), "trace")
    assert (found.type, found.status, found.code, found.retry_after, found.detail) == (
        "/problems/rate_limited", 429, "rate_limited", 7, "slow down",
    )  # fmt: skip
    assert problem(ArtistNotFound(), "trace").trace_id == "trace"


def test_every_wrong_field_is_named_by_a_pointer_without_its_value() -> None:
    with pytest.raises(InvalidData) as refused:
        decode(lambda: CreateArtistRequest.model_validate_json(b'{"name":"","bio":7,"a/b~":1}'))
    assert {one.pointer for one in refused.value.errors} == {"/name", "/bio", "/a~1b~0"}


def test_what_cannot_be_read_is_malformed_and_what_overflows_is_invalid() -> None:
    with pytest.raises(Malformed):
        decode(lambda: CreateArtistRequest.model_validate_json(b"{"))
    for error, kind in ((DecodeError(), Malformed), (OverflowError(), InvalidData), (RecursionError(), InvalidData)):
        with pytest.raises(kind):
            decode(_raising(error))


def test_a_flood_of_wrong_fields_is_answered_with_a_small_problem() -> None:
    names = [f"{'x' * 5000}{number}" for number in range(500)]
    with pytest.raises(InvalidData) as refused:
        decode(lambda: CreateArtistRequest.model_validate({"name": "a", **dict.fromkeys(names, 1)}))
    assert len(refused.value.errors) == MAX_FIELD_ERRORS
    assert {len(one.pointer) for one in refused.value.errors} == {101}


def test_neither_the_input_nor_an_exception_s_words_are_in_a_problem() -> None:
    reads: list[Callable[[], object]] = [
        lambda: CreateArtistRequest.model_validate({"name": ["hunter2"], "born_on": "hunter2"}),
        lambda: CreateArtistRequest.model_validate_json(b'{"name": hunter2'),
        _raising(ValueError("hunter2")),
        _raising(DecodeError("hunter2")),
    ]
    for read in reads:
        with pytest.raises((InvalidData, Malformed)) as refused:
            decode(read)
        assert b"hunter2" not in msgspec.json.encode(problem(refused.value, "trace"))


@pytest.mark.parametrize("name", [name for name, one in ERRORS.items() if one.status in (429, 503, 504)])
def test_no_refusal_for_a_while_is_without_a_word_when_to_come_again(name: str) -> None:
    assert problem(ERRORS[name](), "t").retry_after == 1
    assert problem(ERRORS[name](retry_after_s=9), "t").retry_after == 9


def test_a_problem_without_a_retry_or_a_detail_has_no_such_field() -> None:
    assert {"detail", "retry_after"}.isdisjoint(
        msgspec.json.decode(msgspec.json.encode(problem(ArtistNotFound(), "t")))
    )


def test_what_is_no_fault_of_the_input_passes_through() -> None:
    with pytest.raises(KeyError):
        decode(_raising(KeyError("ours")))


def _raising(error: Exception) -> Callable[[], None]:
    def read() -> None:
        raise error

    return read

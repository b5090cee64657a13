"""What a body may cost, and how fast it must come."""

from __future__ import annotations

import pytest

from app.guard.body import FRAMING_BYTES, MAX_BODY_BYTES, MAX_TRAILERS, SLICE_BYTES, TAIL_BYTES, Body
from generated.errors import HeadTooLarge, Malformed, TooLarge


def test_a_declared_body_is_never_cut_beyond_its_end() -> None:
    body = Body(SLICE_BYTES + 10, 0)
    assert body.cut(1 << 20) == SLICE_BYTES
    body.payload = SLICE_BYTES
    body.count(SLICE_BYTES, 0)
    assert body.cut(1 << 20) == 10


def test_a_chunked_body_is_cut_into_slices() -> None:
    assert [Body(None, 0).cut(size) for size in (5, 1 << 20)] == [5, SLICE_BYTES]


def test_payload_beyond_every_application_s_bound_is_too_large() -> None:
    body = Body(None, 0)
    body.payload = MAX_BODY_BYTES + 1
    with pytest.raises(TooLarge):
        body.count(MAX_BODY_BYTES + 10, 0)


def test_framing_may_be_as_much_as_the_payload_and_a_little_more() -> None:
    body = Body(None, 0)
    body.payload = 1000
    body.count(2000 + FRAMING_BYTES, 0)
    body.payload += 1
    with pytest.raises(Malformed):
        body.count(10, 0)


@pytest.mark.parametrize(("fed", "trailers"), [(TAIL_BYTES + 1, 0), (10, MAX_TRAILERS + 1)])
def test_trailers_are_bounded(fed: int, trailers: int) -> None:
    body = Body(None, 0)
    body.payload = 10
    body.count(20, 0)
    with pytest.raises(HeadTooLarge):
        body.count(fed, trailers)


def test_pace_is_what_came_since_it_was_last_asked() -> None:
    body = Body(10_000, 0)
    assert not body.is_fast_enough()
    body.payload = 2000
    body.count(2000, 0)
    assert body.is_fast_enough()
    assert not body.is_fast_enough()


def test_what_the_application_allows_may_come_in_its_time() -> None:
    """And faster: who asks for room on a disk does not hold it with a byte now and then."""
    body = Body(None, 30)
    body.allow(64 << 20, 5)
    assert body.ends_at > 1000
    body.payload = 64 << 20
    body.count(65 << 20, 0)
    assert body.is_fast_enough()
    body.count(10_000, 0)
    assert not body.is_fast_enough()
    body.payload = 66 << 20
    with pytest.raises(TooLarge):
        body.count(2 << 20, 0)


def test_no_less_is_allowed_than_without() -> None:
    body = Body(None, 30)
    body.allow(10, 5)
    assert body.ends_at == 30
    body.payload = MAX_BODY_BYTES
    body.count(MAX_BODY_BYTES, 0)

"""The id of a request: the caller's own where it can be shown, else its trace, else one of ours."""

from __future__ import annotations

import re

import pytest

from app.telemetry.correlation import parent_of, trace_id_among, trace_id_of
from app.telemetry.traceparent import Traceparent

TRACE, SPAN = "4bf92f35" * 4, "00f067aa" * 2
PARENT = Traceparent(TRACE, SPAN, is_sampled=False)
SAID = f"00-{TRACE}-{SPAN}-00".encode()


@pytest.mark.parametrize("given", [b"a", b"A-9", b"x" * 64])
def test_what_can_be_shown_is_kept_whatever_the_trace(given: bytes) -> None:
    assert trace_id_of(given) == trace_id_of(given, PARENT) == given.decode()


@pytest.mark.parametrize("given", [b"", b"a b", b"a\n", b"x" * 65, b"\xff", b"a;b"])
def test_what_cannot_is_replaced_by_the_trace_or_by_one_that_could_be_a_trace_s(given: bytes) -> None:
    assert trace_id_of(given, PARENT) == TRACE
    assert re.fullmatch("[0-9a-f]{32}", trace_id_of(given))
    assert trace_id_of(given) != trace_id_of(given)


def test_both_are_found_among_a_request_s_fields() -> None:
    own, trace = (b"x-correlation-id", b"mine-1"), (b"traceparent", SAID)
    assert trace_id_among([(b"host", b"here"), own, trace]) == "mine-1"
    assert trace_id_among([trace]) == TRACE
    assert trace_id_among([(b"x-correlation-id", b"not this\r\n"), trace]) == TRACE


@pytest.mark.parametrize("name", [b"x-correlation-id", b"traceparent"])
def test_of_two_of_them_neither_counts(name: bytes) -> None:
    value = SAID if name == b"traceparent" else b"mine"
    assert trace_id_among([(name, value), (name, value)]) not in {TRACE, "mine"}


def test_a_header_that_is_none_is_no_parent() -> None:
    assert parent_of(b"") is None
    assert parent_of(b"\xff" + SAID) is None
    assert parent_of(SAID) == PARENT

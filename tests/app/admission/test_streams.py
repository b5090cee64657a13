"""How many streams may be open, of all and of one caller."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from app.admission.gate import Gate
from app.admission.streams import RETRY_S, OpenStreams
from app.admission.tally import Refused, Tally
from generated.errors import Unavailable

ADDRESS = "192.0.2.1"


def arrived(number: int) -> Gate:
    gate = Gate()
    for _ in range(number):
        gate.arrived(ADDRESS)
    return gate


def test_one_caller_leaves_places_to_others_and_all_leave_places_when_they_end() -> None:
    tally, gate = Tally(), arrived(4)
    streams = OpenStreams(tally, max_open=3, max_of_caller=2)
    with ExitStack() as held:
        held.enter_context(streams.place("ann", ADDRESS, gate))
        held.enter_context(streams.place("ann", ADDRESS, gate))
        with pytest.raises(Unavailable) as refused, streams.place("ann", ADDRESS, gate):
            raise AssertionError("two are ann's share")
        assert refused.value.retry_after_s == RETRY_S
        held.enter_context(streams.place("bob", ADDRESS, gate))
        with pytest.raises(Unavailable), streams.place("cid", ADDRESS, gate):
            raise AssertionError("the node has three")
        assert gate.in_flight == 1, "three rest"
        assert (tally.counts()[Refused.SHARE_CALLER], tally.counts()[Refused.SHARE_QUEUE]) == (1, 1)
    assert (streams.open, gate.in_flight) == (0, 4)
    with streams.place("ann", ADDRESS, gate):
        assert streams.open == 1


def test_a_stream_that_fails_gives_its_place_back() -> None:
    streams, gate = OpenStreams(Tally(), max_open=1, max_of_caller=1), arrived(1)
    for _ in range(2):
        with pytest.raises(LookupError), streams.place("ann", ADDRESS, gate):
            raise LookupError
    assert gate.in_flight == 1

"""Bodies and answers that are bytes hold no place at the gate, and nobody has more than a quarter of what may be on its way."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from app.admission.gate import Gate
from app.admission.tally import Refused, Tally
from app.admission.transfers import RETRY_S, Transfers
from generated.errors import Unavailable

HERE = "192.0.2.1"


def test_one_that_is_under_way_holds_no_place_at_the_gate() -> None:
    gate = Gate()
    transfers = Transfers(gate)
    gate.arrived(HERE)
    with transfers.one("ada", HERE):
        assert (gate.in_flight, gate._of, transfers.under_way) == (0, {}, 1)
    assert (gate.in_flight, transfers.under_way) == (1, 0)
    with pytest.raises(ZeroDivisionError), transfers.one("ada", HERE):
        raise ZeroDivisionError
    assert (gate.in_flight, gate._of, transfers.under_way, transfers._of) == (1, {HERE: 1}, 0, {})


@pytest.mark.survives("D22")
def test_one_caller_leaves_room_for_others_and_the_node_has_a_bound() -> None:
    """D22: a caller has a quarter of the transfers that may be under way, and all callers have all: who comes then is told to come
    later, before anything is done for him."""
    gate, tally = Gate(), Tally()
    transfers = Transfers(gate, tally=tally, most=8)
    with ExitStack() as stack:
        for caller in ("ada", "bob", "cy"):
            for _ in range(2):
                stack.enter_context(transfers.one(caller, HERE))
            with pytest.raises(Unavailable) as refused:
                transfers.check(caller)
            assert refused.value.retry_after_s == RETRY_S
        for caller in ("dan", "eve"):
            stack.enter_context(transfers.one(caller, HERE))
        with pytest.raises(Unavailable), transfers.one("fay", HERE):
            pass
        assert transfers.under_way == 8
    assert (tally.counts()[Refused.TRANSFERS_CALLER], tally.counts()[Refused.TRANSFERS_FULL]) == (3, 1)
    transfers.check("ada")

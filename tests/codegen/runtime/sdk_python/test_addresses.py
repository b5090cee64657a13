"""One address counts until it is left; the next ones are drawn, so that the clients of one node go to all others."""

from __future__ import annotations

import pytest

from codegen.runtime.sdk_python.addresses import Addresses
from codegen.runtime.sdk_python.errors import ConnectionLost, DeadlineExceeded, make_error
from codegen.runtime.sdk_python.retry import AttemptFailed, Outcome

NODES = [f"http://node-{number}:8000" for number in range(4)]


def test_one_address_stays_whatever_happens() -> None:
    one = Addresses("http://a:1/")
    one.leave("http://a:1")
    assert one.current == "http://a:1"
    with pytest.raises(ValueError, match="no address"):
        Addresses([])


def test_the_first_is_the_first_and_each_has_its_turn() -> None:
    several = Addresses(NODES)
    seen = []
    for _ in range(2 * len(NODES)):
        seen.append(several.current)
        several.leave(several.current)
    assert seen[0] == NODES[0]
    assert sorted(seen[:4]) == sorted(NODES)
    assert seen[4:] == seen[:4]


def test_clients_of_one_node_go_to_all_others() -> None:
    seconds = set()
    for _ in range(200):
        one = Addresses(NODES)
        one.leave(NODES[0])
        seconds.add(one.current)
    assert seconds == set(NODES[1:])


def test_who_comes_late_leaves_nothing() -> None:
    """Of many calls that failed at one address the first one leaves it."""
    several = Addresses(NODES[:2])
    for _ in range(2):
        several.leave(NODES[0])
    assert several.current == NODES[1]


@pytest.mark.parametrize(
    ("outcome", "error", "is_left"),
    [
        (Outcome.NOT_SENT, ConnectionLost("refused"), True),
        (Outcome.LOST, ConnectionLost("cut"), True),
        (Outcome.UNAVAILABLE, make_error({}, {"code": "unavailable"}, "UNAVAILABLE", None), True),
        (Outcome.LOST, DeadlineExceeded("late"), False),
        (Outcome.RATE_LIMITED, make_error({}, {"code": "rate_limited"}, "RATE_LIMITED", None), False),
    ],
)
def test_an_address_is_left_where_another_may_do_better(outcome: Outcome, error: Exception, is_left: bool) -> None:
    several = Addresses(NODES[:2])
    several.blame(NODES[0], AttemptFailed(outcome, error))  # type: ignore[arg-type]  # each is a ClientError
    assert (several.current == NODES[1]) is is_left

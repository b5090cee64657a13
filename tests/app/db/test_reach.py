"""The breaker of a pool: what opens it, who may ask while it is open, and how long it waits."""

from __future__ import annotations

from structlog.testing import capture_logs

from app.db.reach import CLOSED, HALF_OPEN, MAX_PAUSE_S, OPEN, Reach


def test_it_opens_with_the_last_connection_and_one_asks_after_each_pause() -> None:
    """D18: a failure opens it where nothing is left; pauses double, to a second; each change is told and logged, with the reason."""
    moves: list[tuple[str, str, str]] = []
    reach = Reach("postgresql", lambda *move: moves.append(move))
    with capture_logs() as lines:
        assert reach.failed(0.0, "refused", is_alone=False) == 0.1
        assert (reach.state, reach.lets_wait(0.0), reach.lets_open(0.0, 0), reach.lets_open(0.1, 3)) == (
            CLOSED,
            True,
            False,
            True,
        )
        pauses, now = [reach.failed(0.0, "refused", is_alone=True)], 0.0
        for _ in range(5):
            assert (reach.state, reach.lets_wait(now)) == (OPEN, False)
            now += pauses[-1]
            assert (reach.lets_wait(now), reach.lets_open(now, 0), reach.lets_open(now, 1)) == (True, True, False)
            reach.asks()
            assert (reach.state, reach.lets_wait(now)) == (HALF_OPEN, False)
            pauses.append(reach.failed(now, "silent", is_alone=True))
        reach.asks()
        assert reach.succeeded()
        assert not reach.succeeded()
    assert pauses == [0.1, 0.2, 0.4, 0.8, MAX_PAUSE_S, MAX_PAUSE_S]
    assert moves == [("postgresql", CLOSED, OPEN), *[("postgresql", OPEN, HALF_OPEN), ("postgresql", HALF_OPEN, OPEN)] * 5,
                     ("postgresql", OPEN, HALF_OPEN), ("postgresql", HALF_OPEN, CLOSED)]  # fmt: skip
    assert [one["event"] for one in lines] == ["database.connection_refused", *["breaker.transition"] * len(moves)]
    assert {one["reason"] for one in lines} == {"refused", "silent", "asks", "answers"}


def test_after_it_was_back_the_pauses_begin_anew() -> None:
    reach = Reach("postgresql", lambda *_: None)
    for _ in range(3):
        reach.failed(0.0, "refused", is_alone=True)
    reach.asks()
    reach.succeeded()
    assert reach.failed(9.0, "refused", is_alone=True) == 0.1

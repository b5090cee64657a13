"""Who is taken while more connect than can be taken in."""

from __future__ import annotations

import socket

import pytest

from app.guard.arrivals import BURST, HELD_S, MAX_SUBJECTS, RATE, Arrivals, subject_of, turn_away


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def arrivals(clock: Clock) -> Arrivals:
    return Arrivals(clock)


def taken(arrivals: Arrivals, address: str, attempts: int) -> int:
    return sum(arrivals.take(address) for _ in range(attempts))


def test_everybody_is_taken_while_the_queue_is_short(arrivals: Arrivals) -> None:
    assert taken(arrivals, "10.0.0.1", 20 * BURST) == 20 * BURST


def test_while_it_is_long_an_address_has_a_burst_and_a_rate(arrivals: Arrivals, clock: Clock) -> None:
    arrivals.fell_behind()
    assert taken(arrivals, "10.0.0.1", 20 * BURST) == BURST
    assert taken(arrivals, "10.0.0.2", 5) == 5
    clock.now += 0.25
    assert taken(arrivals, "10.0.0.1", 20 * BURST) == RATE // 4


def test_what_was_taken_while_it_was_short_counts(arrivals: Arrivals) -> None:
    taken(arrivals, "10.0.0.1", 20 * BURST)
    arrivals.fell_behind()
    assert taken(arrivals, "10.0.0.1", 5) == 0


def test_a_second_after_the_last_full_batch_everybody_is_taken_again(arrivals: Arrivals, clock: Clock) -> None:
    arrivals.fell_behind()
    taken(arrivals, "10.0.0.1", 20 * BURST)
    clock.now += HELD_S
    assert taken(arrivals, "10.0.0.1", 20 * BURST) == 20 * BURST


def test_addresses_are_forgotten_before_they_become_too_many(arrivals: Arrivals, clock: Clock) -> None:
    arrivals.fell_behind()
    assert taken(arrivals, "10.0.0.1", BURST + 1) == BURST
    clock.now += BURST / RATE / 2
    for number in range(MAX_SUBJECTS - 1):
        assert arrivals.take(f"10.1.{number // 256}.{number % 256}")
    clock.now += BURST / RATE / 4
    assert arrivals.take("10.2.0.1"), "those who have connected once are forgotten"
    assert taken(arrivals, "10.0.0.1", BURST) == BURST * 3 // 4, "who has connected often is not"


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::"), ("::ffff:10.0.0.1", "10.0.0.1"), ("fe80::1%eth0", "fe80::2")],
)
def test_an_address_stands_for_its_subscriber(one: str, other: str) -> None:
    assert subject_of(one) == subject_of(other)
    assert subject_of("2001:db8:1:3::1") != subject_of("2001:db8:1:2::1")


def test_who_is_turned_away_is_told_when_to_come_again() -> None:
    ours, peers = socket.socketpair()
    with peers:
        turn_away(ours)
        said = peers.recv(4096)
        assert peers.recv(1) == b""
    assert said.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: 2\r\n" in said
    assert b"application/problem+json" in said


def test_a_peer_that_has_gone_is_no_error() -> None:
    ours, peers = socket.socketpair()
    peers.close()
    turn_away(ours)
    assert ours.fileno() == -1

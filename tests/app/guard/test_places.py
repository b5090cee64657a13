"""Who may connect while there is room, and who when there is little."""

from __future__ import annotations

import resource
from typing import Any

from app.guard.places import MAX_CONNECTIONS, Places, capacity, places_in


def taken(places: Places, address: str, attempts: int) -> int:
    return sum(places.take(address) for _ in range(attempts))


def test_one_address_fills_three_quarters_and_leaves_the_rest_to_others() -> None:
    places = Places(100)
    assert taken(places, "10.0.0.1", 1000) == 75
    assert taken(places, "10.0.0.2", 1000) == 25
    assert taken(places, "10.0.0.3", 1) == 0


def test_a_place_that_is_given_back_can_be_taken_again() -> None:
    places = Places(8)
    assert taken(places, "10.0.0.1", 9) == 6
    for _ in range(4):
        places.give_back("10.0.0.1")
    assert taken(places, "10.0.0.2", 9) == 4
    for address in ["10.0.0.1"] * 2 + ["10.0.0.2"] * 4:
        places.give_back(address)
    assert taken(places, "10.0.0.3", 9) == 6


def test_some_open_files_are_kept_for_other_things() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        found = []
        for files in (256, 512):
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
            found.append(capacity())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found == [192, 384]
    assert capacity() <= MAX_CONNECTIONS


def test_a_worker_has_one_set_of_places() -> None:
    state: dict[str, Any] = {}
    assert places_in(state) is places_in(state)

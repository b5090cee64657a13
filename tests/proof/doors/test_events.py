"""What a follower hears of two services is compared topic by topic, in its order; and a listener hears what is published."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from proof.callers import named
from proof.documents import JSON, DocumentError
from proof.doors.difference import OWN
from proof.doors.door import Asked, RestDoor, Service
from proof.doors.events import Listener, counted, events_differ, misled, settled, topics_of
from proof.protobuf import compiled
from tests.running_service import RunningService

NAMES = ("one", "other")


def event(number: int, when: str = "2020-01-01T00:00:00Z") -> dict[str, object]:
    return {"pkg_id": 9, "data": {"id": number, "at": when}}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"things": [event(1), event(2)]}, ""),
        ({"things": [event(2), event(1)]}, "things of one and other differs in /0/data/id: 1 and 2"),
        ({"things": [event(1)]}, "things of one and other differs in /: 2 and 1 items"),
        ({}, "things of one and other differs in /: 2 and 0 items"),
        ({"things": [event(1), event(2, "2021-01-01T00:00:00Z")]}, "/1/data/at"),
    ],
)
def test_what_was_heard_is_the_same_in_its_order(other: dict[str, list[dict[str, object]]], said: str) -> None:
    found = events_differ(NAMES, [{"things": [event(1), event(2)]}, other], OWN)
    assert bool(found) == bool(said)
    assert all(said in one for one in found)


async def test_a_listener_hears_what_its_service_publishes(service: RunningService) -> None:
    contract = compiled(Path("specs"))
    at = Service(service.url, contract, named(service.url, ["admin"], []))
    async with Listener(at, "admin") as first, Listener(at, "admin") as second:
        door = RestDoor(at, JSON)
        made = [await door.call(Asked("create_artist", {"name": str(uuid.uuid4())}, "admin")) for _ in range(3)]
        await door.close()
        await settled([first, second], 20)
    ids = {one.value["id"] for one in made}
    assert ids <= {told["data"]["artist"]["id"] for told in first.events["artists"]}
    assert counted([first]) == counted([second])


async def test_who_may_follow_nothing_is_no_listener(service: RunningService) -> None:
    at = Service(service.url, compiled(Path("specs")), named(service.url, ["nobody"], []))
    with pytest.raises(DocumentError, match="nobody may follow no topic"):
        async with Listener(at, "nobody"):
            pass


async def test_who_may_follow_is_held_to_the_contract(service: RunningService) -> None:
    """As if the contract named another role than the service knows: then who follows may not."""
    contract = compiled(Path("specs"))
    at = Service(service.url, contract, named(service.url, ["admin", "nobody", "anonymous"], []))
    assert [await misled(at, name) for name in at.callers] == ["", "", ""]
    assert [topics_of(contract, at.callers[name]) for name in at.callers] == [{"artists"}, set(), set()]
    stricter = tuple(replace(one, roles=(frozenset({"nobody-has-this"}),)) for one in contract.events)
    other = Service(service.url, replace(contract, events=stricter), at.callers)
    assert await misled(other, "admin") == "admin follows artists"

"""What a follower hears of two services is compared topic by topic, in its order; and a listener hears what is published."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.ir.operations import Contract
from proof.callers import named
from proof.documents import JSON, PROTOBUF
from proof.doors.difference import OWN
from proof.doors.door import Asked, RestDoor, Service
from proof.doors.events import Listener, counted, events_differ, misled, settled
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


@pytest.fixture(scope="module")
def contract() -> Contract:
    return compiled(Path("specs"))


async def test_a_listener_hears_the_same_in_each_encoding(service: RunningService, contract: Contract) -> None:
    at = Service(service.url, contract, named(service.url, ["admin"], []))
    async with Listener(at, "admin") as first, Listener(at, "admin", PROTOBUF) as second:
        assert await first.follow_all() == await second.follow_all() == ["artists"]
        door = RestDoor(at, JSON)
        made = [await door.call(Asked("create_artist", {"name": str(uuid.uuid4())}, "admin")) for _ in range(3)]
        await door.close()
        await settled([first, second], 20)
    ids = {one.value["id"] for one in made}
    assert ids <= {told["data"]["artist"]["id"] for told in first.events["artists"]}
    assert counted([first]) == counted([second])
    assert events_differ(NAMES, [first.events, second.events], OWN) == []


async def test_of_a_topic_whose_last_event_counts_the_last_is_kept(service: RunningService, contract: Contract) -> None:
    """A follower may miss the others, and which it misses is not the same at two services."""
    at = Service(service.url, contract, named(service.url, ["admin"], []))
    name, topic = f"artist-names/{uuid.uuid4()}", "artist-names/{artist.name}"
    async with Listener(at, "admin") as listener:
        assert await listener.follow(name, topic)
        door = RestDoor(at, JSON)
        fields = {"name": name.partition("/")[2]}
        made = (await door.call(Asked("create_artist", fields, "admin"))).value
        for version in (1, 2):
            changed = {**fields, "artist_id": made["id"], "expected_version": version, "bio": str(version)}
            await door.call(Asked("update_artist", changed, "admin"))
        await door.close()
        await settled([listener], 20)
    assert [told["data"]["artist"]["version"] for told in listener.events[name]] == [3]


async def test_who_may_follow_nothing_follows_nothing(service: RunningService, contract: Contract) -> None:
    at = Service(service.url, contract, named(service.url, ["nobody"], []))
    async with Listener(at, "nobody") as listener:
        assert await listener.follow_all() == []


async def test_who_may_follow_is_held_to_the_contract(service: RunningService, contract: Contract) -> None:
    """As if the contract named another role than the service knows: then who follows may not, whatever the topic's name."""
    at = Service(service.url, contract, named(service.url, ["admin", "nobody", "anonymous"], []))
    assert [await misled(at, name) for name in at.callers] == ["", "", ""]
    stricter = tuple(replace(one, roles=(frozenset({"nobody-has-this"}),)) for one in contract.events)
    other = Service(service.url, replace(contract, events=stricter), at.callers)
    assert await misled(other, "admin") == "admin follows artists"
    nameless = tuple(replace(one, topics=one.topics[1:]) for one in stricter)
    assert (await misled(Service(service.url, replace(contract, events=nameless), at.callers), "admin")).startswith(
        "admin follows artist-names/"
    )

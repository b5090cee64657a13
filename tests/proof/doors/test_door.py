"""Each door says a call in its own form, or that it has no words for it; what the service answers comes out as plain values."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.development.servers import Postgres, Valkey, free_port
from proof.callers import Caller, Login
from proof.documents import JSON, PROTOBUF
from proof.doors.door import Asked, Broken, Door, RestDoor, Service, SocketDoor
from proof.protobuf import compiled
from tests.codegen.contracts import shipped
from tests.running_service import RunningService

KINDS: list[tuple[Callable[[Service, str], Door], str]] = [
    (RestDoor, JSON),
    (RestDoor, PROTOBUF),
    (SocketDoor, JSON),
    (SocketDoor, PROTOBUF),
]
OPERATIONS = {one.name: one for one in shipped().operations}


def doors(url: str) -> list[Door]:
    login = Login(url)
    callers = {name: login.caller(name, name) for name in ("admin", "nobody")} | {"stranger": Caller("stranger")}
    return [kind(Service(url, shipped(), callers), media) for kind, media in KINDS]


@pytest.mark.parametrize(
    ("operation", "fields", "able"),
    [
        ("create_artist", {"name": "a"}, [True, True, True, True]),
        ("create_artist", {"name": 1}, [True, False, True, False]),
        ("create_artist", {"name": "a", "unknown": 1}, [True, False, True, False]),
        ("create_artist", {}, [True, False, True, False]),
        ("get_artist", {"artist_id": 1}, [True, True, True, True]),
        ("get_artist", {"artist_id": "1"}, [False, False, True, False]),
        ("get_artist", {}, [False, False, True, False]),
        ("get_paginated_artists", {"page": True}, [False, False, True, False]),
    ],
)
def test_a_door_knows_what_it_has_words_for(operation: str, fields: dict[str, Any], able: list[bool]) -> None:
    assert [door.can(OPERATIONS[operation], fields) for door in doors("http://127.0.0.1:1")] == able


def test_a_door_knows_which_operations_it_has() -> None:
    every = doors("http://127.0.0.1:1")
    assert [door.has(OPERATIONS["login"], "admin") for door in every] == [True, True, False, False]
    public = replace(OPERATIONS["get_artists"], roles=None)
    assert [door.has(public, "admin") for door in every] == [True, True, True, True]
    assert [door.has(public, "stranger") for door in every] == [True, True, False, False]


async def test_an_answer_is_the_same_plain_value_at_every_door(service: RunningService) -> None:
    name = uuid.uuid4().hex
    opened = doors(service.url)
    made = await opened[0].call(Asked("create_artist", {"name": name, "bio": "", "born_on": "1990-05-01"}, "admin"))
    assert (made.code, made.value["name"], made.value["bio"], made.value["born_on"]) == ("ok", name, "", "1990-05-01")
    for door in opened:
        found = await door.call(Asked("get_artists", {"name": name}, "admin"))
        assert [one["id"] for one in found.value["items"]] == [made.value["id"]]
        assert found.value["meta"]["total"] == 1
        assert (await door.call(Asked("get_artist", {"artist_id": made.value["id"]}, "nobody"))).code == "forbidden"
        refused = await door.call(Asked("create_artist", {"name": "x" * 201}, "admin"))
        assert (refused.code, refused.faults) == ("invalid_data", ("/name",))
        assert (await door.call(Asked("get_artists", {}, "stranger"))).code == "unauthenticated"
    gone = await opened[3].call(Asked("delete_artist", {"artist_id": made.value["id"]}, "admin"))
    assert (gone.code, gone.value) == ("ok", None)
    for door in opened:
        await door.close()


async def test_a_key_makes_a_call_once_at_every_door(service: RunningService) -> None:
    for door in doors(service.url):
        asked = Asked("create_artist", {"name": uuid.uuid4().hex}, "admin", str(uuid.uuid4()))
        first, second = await door.call(asked), await door.call(asked)
        assert first == second
        assert first.code == "ok"
        await door.close()


async def test_where_nobody_answers_the_call_is_broken() -> None:
    callers = {"stranger": Caller("stranger")}
    service = Service(f"http://127.0.0.1:{free_port()}", shipped(), callers)
    for kind, media in KINDS:
        with pytest.raises(Broken):
            await kind(service, media).call(Asked("get_artists", {}, "stranger"))


def test_the_contract_of_a_folder_is_what_the_tests_have() -> None:
    assert {one.name for one in compiled(Path("specs")).operations} == OPERATIONS.keys()


async def test_an_answer_with_another_status_than_the_contract_s_is_broken(service: RunningService) -> None:
    """The catalogue that the door knows has other numbers than the service's: as if the service had them wrong."""
    every = doors(service.url)
    for door in every:
        door.service.statuses["artist_not_found"] = (418, 1)
        with pytest.raises(Broken, match="artist_not_found has status"):
            await door.call(Asked("get_artist", {"artist_id": 2**53 - 1}, "admin"))
        await door.close()
    other = doors(service.url)[0]
    created = other.service.operations["create_artist"]
    assert created.http
    other.service.operations["create_artist"] = replace(created, http=replace(created.http, statuses=(202,)))
    with pytest.raises(Broken, match="declares no status 201"):
        await other.call(Asked("create_artist", {"name": uuid.uuid4().hex}, "admin"))
    await other.close()


async def test_a_door_goes_on_when_tokens_end(postgres: Postgres, valkey: Valkey, tmp_path: Path) -> None:
    """Tokens of 8 s: a socket is told of the end 6 s before it, and is closed after it. Calls at both sockets before the warning, after it and after the end
    are answered."""
    tmp_path.chmod(0o755)
    with RunningService(tmp_path, postgres.url, valkey.url, access_s=8) as service:
        sockets, codes = doors(service.url)[2:], []
        for pause_s in (0.0, 3.0, 7.0):
            await asyncio.sleep(pause_s)
            codes += [(await door.call(Asked("get_artists", {}, "admin"))).code for door in sockets]
        for door in sockets:
            await door.close()
    assert codes == ["ok"] * 6

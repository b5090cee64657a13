"""A service that is observed answers as ever, and what its callers saw of it is what they did."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from app.development.servers import Postgres, Valkey
from generated.client import AsyncClient, models
from proof.coverage.facts import read
from tests.databases import new_database
from tests.doors import all_doors, rest
from tests.running_service import RunningService


@pytest.fixture(scope="module")
def observed(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[tuple[RunningService, Path]]:
    facts = servers_folder / "observed" / "facts.ndjson"
    database = new_database(postgres, "observed")
    with RunningService(servers_folder / "observed", database, valkey.url, CONTRACT_FACTS=str(facts)) as running:
        yield running, facts


async def test_each_door_and_each_caller_is_told_apart(observed: tuple[RunningService, Path]) -> None:
    service, file = observed
    for door in all_doors(service.url, await service.token("admin")):
        async with door:
            made = await door.call("create_artist", name=str(uuid.uuid4()))
            assert (await door.call("get_artist", artist_id=made.value["id"])).value == made.value
            assert (await door.call("create_artist", name="")).code == "invalid_data"
    async with rest(service.url, None) as door:
        assert (await door.call("get_artists")).code == "unauthenticated"
    facts = read(file)
    for name in ("REST-json", "REST-protobuf", "WS-json", "WS-protobuf"):
        assert ("answer", "create_artist", name, "ok") in facts
        assert ("answer", "create_artist", name, "invalid_data") in facts
    assert ("caller", "get_artists", "REST", "anonymous") in facts
    assert ("caller", "create_artist", "WS", "create-artist") in facts
    assert ("keyword", "create_artist", "/name", "minLength", "broken") in facts
    assert ("keyword", "get_artist", "/artist_id", "minimum", "kept") in facts
    assert ("status", "create_artist", "201") in facts
    assert ("answer", "delete_artist", "REST-json", "ok") not in facts


async def test_an_event_is_heard_and_control_frames_are_seen(observed: tuple[RunningService, Path]) -> None:
    service, file = observed
    encodings: tuple[Literal["json"], Literal["protobuf"]] = ("json", "protobuf")
    for encoding in encodings:
        token = await service.token("admin")
        client = AsyncClient(service.url, token=token, transport="ws", encoding=encoding, max_retries=0)
        async with client, client.events(models.ArtistCreated) as created:
            artist = await client.artists.create(name=str(uuid.uuid4()))
            async for event in created:
                if event.data.artist == artist:
                    break
        assert {("message", "artist_created", encoding), ("message", "subscribed", encoding)} <= read(file)
    assert ("event", "artist_created") in read(file)

"""What a frontend's test does with the mock itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import httpx2
import pytest
from websockets.asyncio.client import connect

from proof.mock.callers import Callers
from tests.codegen.contracts import shipped, shipped_files


@pytest.fixture
def client(mock_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=mock_url, headers={"Authorization": "Bearer admin"}, trust_env=False) as made:
        yield made


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_the_documents_are_the_expanded_ones(client: httpx2.Client, name: str) -> None:
    assert client.get(f"/{name}").text == shipped_files()[f"specs/{name}"]


def test_it_says_what_each_operation_does(client: httpx2.Client) -> None:
    told = client.get("/_mock").json()
    assert told["operations"]["create_artist"] == {"does": "create", "to": "Artist"}
    assert told["events"] == ["artist_created", "artist_updated"]


def test_a_reset_forgets(client: httpx2.Client) -> None:
    client.post("/api/artists", json={"name": "x"})
    assert client.post("/_mock/reset").status_code == 204
    assert client.get("/api/artists").json()["meta"]["total"] == 3


def test_a_token_is_given_without_a_login(client: httpx2.Client) -> None:
    token = client.post("/_mock/tokens/eve").json()["access_token"]
    user = Callers(frozenset(one.name for one in shipped().roles)).bearer(token)
    assert user is not None
    assert user.name == "eve"


def test_the_next_call_is_refused_as_was_asked(client: httpx2.Client) -> None:
    asked = client.post("/_mock/errors/create_artist", json={"error": "artist_name_taken", "times": 2})
    assert asked.status_code == 204
    answers = [client.post("/api/artists", json={"name": "x"}).status_code for _ in range(3)]
    assert answers == [409, 409, 201]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("errors/no_such", {"error": "internal"}, 404),
        ("errors/create_artist", {"error": "artist_not_found"}, 422),
        ("errors/create_artist", {"error": "internal", "times": 0}, 422),
        ("events/no_such", {}, 404),
        ("events/artist_created", {"artist": 5}, 422),
        ("events/artist_created", {"no_such": 5}, 422),
        ("events/artist_created", [], 400),
    ],
)
def test_what_cannot_be_done_is_told(client: httpx2.Client, path: str, body: object, status: int) -> None:
    assert client.post(f"/_mock/{path}", json=body).status_code == status


async def test_an_event_comes_on_demand(mock_url: str) -> None:
    address = f"ws{mock_url.removeprefix('http')}/web"
    async with (
        asyncio.timeout(10),
        connect(address, additional_headers={"Authorization": "Bearer admin"}, proxy=None) as socket,
        httpx2.AsyncClient(base_url=mock_url, trust_env=False) as client,
    ):
        await socket.send(json.dumps({"type": "subscribe", "topics": ["artists"]}))
        await socket.recv()
        told = (await client.post("/_mock/events/artist_created")).json()
        event = json.loads(await socket.recv())
    assert told["heard"] == 1
    assert (event["data"], event["offset"]) == (told["data"], told["offset"])

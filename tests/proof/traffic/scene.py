"""A scripted session of the service's clients, which uses what there is: both doors, both encodings, every way to bring a credential.

Made for a recorder in front of a service with an empty database; the same each time but for what the service itself makes.
"""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from generated.client import AsyncClient, errors, models
from tests.doors import PKG_IDS

JSON_FRAMES, PROTOBUF_FRAMES = "stele.v1.json", "stele.v1.protobuf"
IDLE_S = 1.3
"""Longer than a replay needs to know that no other event was due."""


async def act(url: str) -> str:
    """Answers every secret that was sent or came, one a line."""
    secrets: list[str] = []
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        tokens = {name: await _log_in(http, name, secrets) for name in ("admin", "editor", "nobody")}
        await _sessions(http, secrets)
        await _write_and_read(http, tokens["admin"])
        await _refusals(http, tokens)
        await _typed_clients(url)
        ticket = await _ticket(http, tokens["editor"], url)
        secrets.append(ticket)
    await _sockets(url, tokens, ticket)
    return "\n".join([*secrets, *tokens.values()])


async def _log_in(http: httpx2.AsyncClient, name: str, secrets: list[str]) -> str:
    answer = (await http.post("/auth/login", json={"username": name, "password": name})).json()
    secrets.append(answer["refresh_token"])
    return str(answer["access_token"])


async def _sessions(http: httpx2.AsyncClient, secrets: list[str]) -> None:
    """Wrong passwords, a renewal, an end, and what has ended."""
    wrong = {"username": "editor", "password": "quite a wrong password"}
    assert (await http.post("/auth/login", json=wrong)).status_code == 401
    secrets.append(wrong["password"])
    first = (await http.post("/auth/login", json={"username": "editor", "password": "editor"})).json()
    second = (await http.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    ended = {"refresh_token": second["refresh_token"]}
    assert (await http.post("/auth/logout", json=ended)).status_code == 204
    assert (await http.post("/auth/refresh", json=ended)).status_code == 401
    secrets += [first["refresh_token"], first["access_token"], second["refresh_token"], second["access_token"]]


async def _write_and_read(http: httpx2.AsyncClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    key = {**headers, "Idempotency-Key": str(uuid.uuid4())}
    body = {"name": "Mary Anning", "bio": "Fossils", "born_on": "1799-05-21"}
    made = await http.post("/api/artists", json=body, headers=key)
    again = await http.post("/api/artists", json=body, headers=key)
    assert again.headers["idempotent-replayed"] == "true"
    place = made.headers["location"]
    read = await http.get(place, headers=headers)
    assert (await http.get(place, headers={**headers, "If-None-Match": read.headers["etag"]})).status_code == 304
    changed = {**body, "bio": None}
    tag = {**headers, "If-Match": read.headers["etag"]}
    assert (await http.put(place, json=changed, headers=tag)).json()["version"] == 2
    assert (await http.put(place, json=changed, headers=tag)).status_code == 412
    await http.head(place, headers=headers)
    for number in range(5):
        await http.post("/api/artists", json={"name": f"Painter {number}"}, headers=headers)
    await http.get("/api/artists", params={"search_term": "painter"}, headers=headers)
    await http.get("/api/artists", params={"id": made.json()["id"]}, headers=headers)
    page: dict[str, Any] = {"per_page": 2}
    while page:
        told = (await http.get("/api/artists/paginated", params=page, headers=headers)).json()["meta"]
        page = {"per_page": 2, "cursor": told["next_cursor"]} if told["next_cursor"] else {}
    assert (await http.delete(place, headers=headers)).status_code == 204
    assert (await http.get(place, headers=headers)).status_code == 404
    await http.get("/health")
    await http.get("/no/such/place", headers=headers)


async def _refusals(http: httpx2.AsyncClient, tokens: dict[str, str]) -> None:
    admin = {"Authorization": f"Bearer {tokens['admin']}"}
    for headers in ({}, {"Authorization": "Bearer garbage"}, {"Authorization": f"Bearer {tokens['nobody']}"}):
        await http.get("/api/artists", headers=headers)
    for body in ('{"name": ""}', '{"name": "a", "name": "b"}', "{", '{"name": "a", "colour": "red"}', '{"name": 5}'):
        sent = {**admin, "Content-Type": "application/json"}
        await http.post("/api/artists", content=body, headers=sent)
    await http.delete("/api/artists/2", headers={"Authorization": f"Bearer {tokens['editor']}"})
    await http.post("/api/artists", content=b"\xff\xff", headers={**admin, "Content-Type": "application/x-protobuf"})
    await http.post("/api/artists", content="name", headers={**admin, "Content-Type": "text/plain"})
    await http.get("/api/artists", headers={**admin, "Accept": "text/html"})
    for name in ("x" * 200, "x" * 201, "a\u0000b", None):
        await http.post("/api/artists", json={"name": name}, headers=admin)
    for artist in ("abc", "0", "-1"):
        await http.get(f"/api/artists/{artist}", headers=admin)
    await http.get("/api/artists/paginated", params={"cursor": "no cursor"}, headers=admin)
    await http.get("/api/artists", params={"unknown": "x"}, headers={**admin, "X-Api-Key": "the key of another door"})


async def _ticket(http: httpx2.AsyncClient, token: str, url: str) -> str:
    headers = {"Authorization": f"Bearer {token}", "Origin": url}
    return str((await http.post("/auth/ws-ticket", headers=headers)).json()["ticket"])


async def _typed_clients(url: str) -> None:
    """As users have them, at every door."""
    for transport, encoding in (("http", "json"), ("http", "protobuf"), ("ws", "json"), ("ws", "protobuf")):
        options: Any = {"transport": transport, "encoding": encoding, "max_retries": 0}
        async with AsyncClient(url, username="admin", password="admin", **options) as client:
            made = await client.artists.create(name=f"Typed {transport} {encoding}", bio="x" * 40)
            changed = await client.artists.update(
                artist_id=made.id, name=made.name, bio="Another", expected_version=made.version
            )
            assert changed.version == made.version + 1
            empty = await client.artists.create(name=f" Empty {transport} {encoding} ", bio="")
            assert empty.bio == ""
            found = [one.name async for one in client.artists.paginate(per_page=3)]
            assert made.name in found
            try:
                await client.artists.create(name=made.name)
            except errors.ArtistNameTaken:
                await client.artists.delete(artist_id=made.id)
    editor = AsyncClient(url, username="editor", password="editor", transport="ws")
    async with editor as client, client.events(models.ArtistCreated) as stream:
        made = await client.artists.create(name="Heard")
        assert (await anext(stream)).data.artist.id == made.id
        await asyncio.sleep(IDLE_S)


async def _sockets(url: str, tokens: dict[str, str], ticket: str) -> None:
    """By header, subprotocol, ticket and first frame; with frames that are none."""
    base = f"ws{url.removeprefix('http')}/web"
    coded = base64.urlsafe_b64encode(tokens["editor"].encode()).decode().rstrip("=")
    async with connect(
        base, subprotocols=[Subprotocol(JSON_FRAMES), Subprotocol(f"bearer.{coded}")], proxy=None
    ) as socket:
        await _converse(socket, tokens["editor"])
    async with connect(f"{base}?ticket={ticket}", origin=Origin(url), proxy=None) as socket:
        await _ask(socket, "get_artist", {"artist_id": 2})
    async with connect(f"{base}?auth=frame", subprotocols=[Subprotocol(JSON_FRAMES)], proxy=None) as socket:
        await _say(socket, {"type": "auth", "token": f"Bearer {tokens['nobody']}"})
        await _ask(socket, "get_artist", {"artist_id": 2})
        await _say(socket, {"type": "subscribe", "topics": ["artists"]})
        await _ask(socket, "get_artists", {})
        await socket.send(b"\x00\x01")
        await socket.wait_closed()
    async with connect(f"{base}?auth=frame", proxy=None) as socket:
        await socket.send(json.dumps({"type": "auth", "token": "Bearer garbage"}))
        await socket.wait_closed()
    good = {"Authorization": f"Bearer {tokens['editor']}"}
    refused: list[tuple[dict[str, str], list[Subprotocol] | None]] = [
        ({}, None),
        ({"Authorization": "Bearer garbage"}, None),
        ({**good, "Origin": "https://evil.example"}, None),
        (good, [Subprotocol("stele.v0.none")]),
    ]
    for headers, offers in refused:
        try:
            await connect(base, additional_headers=headers, subprotocols=offers, proxy=None)
        except InvalidStatus:
            continue
        raise AssertionError(headers)


async def _converse(socket: ClientConnection, token: str) -> None:
    await _say(socket, {"type": "subscribe", "topics": ["artists"]})
    await _say(socket, {"type": "subscribe", "topics": ["no_such_topic"]})
    made = await _ask(socket, "create_artist", {"name": "Framed", "bio": "\U0001f5bc \u0000"[:1]})
    event = json.loads(await socket.recv())
    assert event["data"]["artist"]["id"] == made["data"]["id"]
    await _ask(socket, "get_artist", {"artist_id": made["data"]["id"]})
    await _ask(socket, "create_artist", {"name": "x" * 201})
    unknown = json.dumps({"pkg_id": 9999, "req_id": str(uuid.uuid4()), "data": {}})
    for raw in ("{", '{"pkg_id": 4}', unknown):
        await socket.send(raw)
        await socket.recv()
    await _ask(socket, "update_artist", {"artist_id": made["data"]["id"], "name": "Framed", "expected_version": None})
    await _say(socket, {"type": "auth", "token": "Bearer garbage"})
    await _say(socket, {"type": "auth", "token": f"Bearer {token}"})
    await _ask(socket, "get_artist", {"artist_id": made["data"]["id"]})
    await _say(socket, {"type": "unsubscribe", "topics": ["artists"]})
    await _ask(socket, "create_artist", {"name": "Not heard"})
    await asyncio.sleep(IDLE_S)


async def _ask(socket: ClientConnection, operation: str, data: dict[str, Any]) -> dict[str, Any]:
    return await _say(socket, {"pkg_id": PKG_IDS[operation], "req_id": str(uuid.uuid4()), "data": data})


async def _say(socket: ClientConnection, frame: dict[str, Any]) -> dict[str, Any]:
    """The next frame that is no event."""
    await socket.send(json.dumps(frame))
    while "topic" in (answer := json.loads(await socket.recv())):
        pass
    return dict(answer)

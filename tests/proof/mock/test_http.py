"""The HTTP door on the wire: negotiation, headers, conditions, keys, HEAD, and errors on demand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from proof.protobuf import Protobuf
from tests.codegen.contracts import shipped

PROTOBUF = "application/x-protobuf"
OPERATIONS = {one.name: one for one in shipped().operations}


@pytest.fixture
def client(mock_url: str) -> Iterator[httpx2.Client]:
    headers = {"Authorization": "Bearer admin"}
    with httpx2.Client(base_url=mock_url, headers=headers, trust_env=False) as made:
        yield made


def made(client: httpx2.Client, **fields: Any) -> dict[str, Any]:
    answer = client.post("/api/artists", json={"name": "Mary", **fields})
    assert answer.status_code == 201
    return dict(answer.json())


def test_what_was_made_is_where_its_location_says(client: httpx2.Client) -> None:
    answer = client.post("/api/artists", json={"name": "Mary"})
    found = client.get(answer.headers["location"])
    assert found.json() == answer.json()
    assert (found.status_code, found.headers["etag"], found.headers["vary"]) == (200, '"1"', "accept, Origin")
    assert found.headers["stele-contract"] == f"{shipped().info.version};{shipped().hash}"
    assert found.headers["ratelimit"].startswith('"reads"')


def test_both_formats_say_the_same(client: httpx2.Client) -> None:
    protobuf, artist = Protobuf(shipped()), made(client)
    answer = client.get(f"/api/artists/{artist['id']}", headers={"Accept": PROTOBUF})
    assert answer.headers["content-type"] == PROTOBUF
    assert protobuf.value("Artist", answer.content) == artist
    body = protobuf.request(OPERATIONS["create_artist"], {"name": "Anna"})
    answer = client.post("/api/artists", content=body, headers={"Content-Type": "application/protobuf"})
    assert answer.headers["content-type"] == "application/protobuf"
    assert protobuf.value("Artist", answer.content)["name"] == "Anna"


def test_head_is_get_without_content(client: httpx2.Client) -> None:
    path = f"/api/artists/{made(client)['id']}"
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", get.headers["etag"])
    assert head.headers["content-length"] == str(len(get.content))


def test_a_read_is_conditional(client: httpx2.Client) -> None:
    path = f"/api/artists/{made(client)['id']}"
    answer = client.get(path, headers={"If-None-Match": 'W/"1"'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
    assert client.get(path, headers={"If-None-Match": '"2"'}).status_code == 200


@pytest.mark.parametrize(
    ("tags", "status"), [('"1"', 200), ("*", 200), ('"7", "1"', 200), ('"7"', 412), ('W/"1"', 412), ("1", 422)]
)
def test_a_change_is_conditional(client: httpx2.Client, tags: str, status: int) -> None:
    path = f"/api/artists/{made(client)['id']}"
    assert client.put(path, json={"name": "x"}, headers={"If-Match": tags}).status_code == status


def test_a_key_makes_a_call_once(client: httpx2.Client) -> None:
    headers = {"Idempotency-Key": "once"}
    first = client.post("/api/artists", json={"name": "x"}, headers=headers)
    again = client.post("/api/artists", json={"name": "x"}, headers=headers)
    other = client.post("/api/artists", json={"name": "y"}, headers=headers)
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert "idempotent-replayed" not in first.headers
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/no/such", {}, 404, "unknown_operation"),
        ("PATCH", "/api/artists", {}, 405, "method_not_allowed"),
        ("GET", "/api/artists/999999", {}, 404, "artist_not_found"),
        ("GET", "/api/artists/x", {}, 422, "invalid_data"),
        ("GET", "/api/artists", {"headers": {"Authorization": "Bearer garbage"}}, 401, "unauthenticated"),
        ("GET", "/api/artists", {"headers": {"Authorization": "Bearer nobody"}}, 403, "forbidden"),
        ("GET", "/api/artists", {"headers": {"Accept": "text/html"}}, 406, "not_acceptable"),
        ("POST", "/api/artists", {"content": b"x"}, 415, "unsupported_media_type"),
        ("POST", "/api/artists", {"json": {"name": "x" * 2**20}}, 413, "too_large"),
        ("POST", "/api/artists", {"json": {}}, 422, "invalid_data"),
    ],
)
def test_a_refusal_is_a_problem(
    client: httpx2.Client, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    headers = {"X-Correlation-ID": "mine", **options.pop("headers", {})}
    answer = client.request(method, path, headers=headers, **options)
    told = answer.json()
    assert (answer.status_code, told["code"], told["status"], told["trace_id"]) == (status, code, status, "mine")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-correlation-id"] == "mine"
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert answer.headers.get("allow") == ("GET, HEAD, POST" if status == 405 else None)


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ("code=404", 404, "artist_not_found"),
        ("error=artist_not_found", 404, "artist_not_found"),
        ("error=ARTIST_NOT_FOUND", 404, "artist_not_found"),
        ("respond-async, code=503", 503, "unavailable"),
        ("error=no_such", 400, "malformed"),
        ("code=418", 400, "malformed"),
        ("code=200", 200, None),
        ("respond-async", 200, None),
    ],
)
def test_an_error_comes_when_it_is_preferred(client: httpx2.Client, wish: str, status: int, code: str | None) -> None:
    answer = client.get("/api/artists/1", headers={"Prefer": wish})
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    if status in (404, 503):
        assert answer.headers["preference-applied"] in wish.lower() or "ARTIST" in wish


def test_a_page_of_this_machine_may_call(client: httpx2.Client) -> None:
    origin = {"Origin": "http://localhost:5173"}
    asked = {**origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "if-match"}
    preflight = client.options("/api/artists/1", headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert (
        client.get("/api/artists/1", headers=origin).headers["access-control-allow-origin"] == "http://localhost:5173"
    )
    evil = client.get("/api/artists/1", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in evil.headers


def test_a_login_gives_what_opens_the_door(client: httpx2.Client) -> None:
    tokens = client.post("/auth/login", json={"username": "eve", "password": "any"}).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/api/artists", headers=headers).status_code == 200
    again = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert again.json()["access_token"] != tokens["access_token"]
    assert client.post("/auth/logout", json={"refresh_token": tokens["refresh_token"]}).status_code == 204

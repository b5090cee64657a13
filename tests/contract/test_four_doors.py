"""The same operation answers the same through every door: the differential suite."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc_tools
import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from generated.proto import artists_pb2, envelope_pb2
from tests.doors import PKG_IDS, Door, all_doors, rest
from tests.running_service import RunningService

Doors = tuple[Door, Door, Door, Door]
PROTO = Path(__file__).parents[2] / "specs" / "proto"


async def opened(stack: AsyncExitStack, service: RunningService, user: str) -> Doors:
    doors = all_doors(service.url, await service.token(user))
    for door in doors:
        await stack.enter_async_context(door)
    return doors


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as entered:
        yield entered


def unique(label: str) -> str:
    return f"{label} {uuid.uuid4()}"


async def test_what_is_created_at_one_door_is_read_equal_at_every_other(
    service: RunningService, stack: AsyncExitStack
) -> None:
    doors = await opened(stack, service, "editor")
    for writer in doors:
        created = await writer.call("create_artist", name=unique("Åsa"), bio="poet", born_on="1815-12-10")
        assert created.code == "ok", created
        reads = [await reader.call("get_artist", artist_id=created.value["id"]) for reader in doors]
        assert [read.value for read in reads] == [created.value] * 4


async def test_lists_and_pages_are_equal_at_every_door(service: RunningService, stack: AsyncExitStack) -> None:
    doors = await opened(stack, service, "editor")
    term = unique("list")
    for index in range(3):
        await doors[0].call("create_artist", name=f"{term} {index}")
    found = [await door.call("get_artists", search_term=term) for door in doors]
    assert [len(answer.value["items"]) for answer in found] == [3] * 4
    assert [answer.value for answer in found] == [found[0].value] * 4
    pages = [await door.call("get_paginated_artists", page=1, per_page=2) for door in doors]
    for page in pages:
        page.value["meta"].pop("next_cursor")
    assert [page.value for page in pages] == [pages[0].value] * 4


async def test_update_and_delete_guard_the_version_at_every_door(
    service: RunningService, stack: AsyncExitStack
) -> None:
    doors = await opened(stack, service, "admin")
    for door in doors:
        artist = (await door.call("create_artist", name=unique("versioned"))).value
        changed = await door.call("update_artist", artist_id=artist["id"], name=unique("changed"), expected_version=1)
        assert (changed.code, changed.value["version"]) == ("ok", 2)
        stale = await door.call("update_artist", artist_id=artist["id"], name=unique("stale"), expected_version=1)
        assert stale.code == "version_mismatch"
        assert (await door.call("delete_artist", artist_id=artist["id"], expected_version=2)).code == "ok"
        assert (await door.call("get_artist", artist_id=artist["id"])).code == "artist_not_found"


async def test_a_taken_name_is_the_same_code_at_every_door(service: RunningService, stack: AsyncExitStack) -> None:
    doors = await opened(stack, service, "editor")
    name = unique("Taken")
    await doors[0].call("create_artist", name=name)
    assert [(await door.call("create_artist", name=name.upper())).code for door in doors] == ["artist_name_taken"] * 4


async def test_nobody_is_denied_at_every_door(service: RunningService, stack: AsyncExitStack) -> None:
    doors = await opened(stack, service, "nobody")
    for operation, fields in (
        ("get_artists", {}),
        ("create_artist", {"name": "x"}),
        ("delete_artist", {"artist_id": 1}),
    ):
        codes = [(await door.call(operation, **fields)).code for door in doors]
        assert codes == ["forbidden"] * 4


async def test_without_a_token_every_door_refuses_before_it_reads(service: RunningService) -> None:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        for media in ("application/json", "application/x-protobuf"):
            answer = await client.post("/api/artists", headers={"content-type": media}, content=b"\xff not a body")
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] == "unauthenticated"
    for protocol in ("stele.v1.json", "stele.v1.protobuf"):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(service.url.replace("http", "ws") + "/web", subprotocols=[protocol], proxy=None):  # type: ignore[list-item]  # a NewType of str
                pass
        assert refused.value.response.status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "nul \x00"},
        {"name": "x", "bio": "b" * 2001},
        {"name": "x", "born_on": "86400"},
        {"name": "x", "born_on": "2023-02-29"},
        {},
    ],
)
async def test_bad_input_is_refused_alike_at_every_door(
    service: RunningService, stack: AsyncExitStack, fields: dict[str, Any]
) -> None:
    doors = await opened(stack, service, "editor")
    answers = [await door.call("create_artist", **fields) for door in doors]
    assert [answer.code for answer in answers] == ["invalid_data"] * 4
    pointers = [{error["pointer"] for error in answer.value["errors"]} for answer in answers]
    assert pointers == [pointers[0]] * 4


@pytest.mark.parametrize("page", [-1, 0, 2**31, 2**62])
async def test_a_page_out_of_range_is_refused_and_never_a_failure(service: RunningService, page: int) -> None:
    async with rest(service.url, await service.token("reader")) as door:
        assert (await door.call("get_paginated_artists", page=page)).code == "invalid_data"


async def test_a_page_of_20_is_at_least_30_percent_smaller_in_protobuf_and_plain_protoc_reads_it(
    service: RunningService, stack: AsyncExitStack, capsys: pytest.CaptureFixture[str]
) -> None:
    doors = await opened(stack, service, "editor")
    await asyncio.gather(*(doors[0].call("create_artist", name=unique("sized")) for _ in range(21)))
    sizes = []
    number, asked = PKG_IDS["get_paginated_artists"], str(uuid.uuid4())
    query = artists_pb2.GetPaginatedArtistsRequest(per_page=20).SerializeToString()
    headers = {"authorization": f"Bearer {await service.token('editor')}"}
    for protocol, frame in (
        ("stele.v1.json", json.dumps({"pkg_id": number, "req_id": asked, "data": {"per_page": 20}})),
        ("stele.v1.protobuf", envelope_pb2.Request(pkg_id=number, req_id=asked, data=query).SerializeToString()),
    ):
        url, offered = service.url.replace("http", "ws") + "/web", [Subprotocol(protocol)]
        async with connect(url, subprotocols=offered, additional_headers=headers, proxy=None) as socket:
            await socket.send(frame)
            sizes.append(await socket.recv())
    text, data = sizes
    assert isinstance(text, str)
    assert isinstance(data, bytes)
    smaller = 1 - len(data) / len(text.encode())
    with capsys.disabled():
        print(f"\npage of 20: JSON {len(text.encode())} B, protobuf {len(data)} B, {smaller:.0%} smaller")
    assert smaller >= 0.3
    response = envelope_pb2.Response.FromString(data)
    assert b'{"' not in response.data
    decoded = _protoc("stele.v1.Response", "envelope.proto", data) + _protoc(
        "stele.v1.ArtistPage", "artists.proto", response.data
    )
    assert "has_more" in decoded
    assert decoded.count("created_at {") == 20


def _protoc(message: str, file: str, data: bytes) -> str:
    include = Path(grpc_tools.__path__[0]) / "_proto"
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"-I{include}", f"--decode={message}", file]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


async def test_the_audit_log_has_every_outcome(service: RunningService, stack: AsyncExitStack) -> None:
    (door, *_) = await opened(stack, service, "admin")
    artist = (await door.call("create_artist", name=unique("audited"))).value
    page = (
        await door.call("get_audit_logs", action="create_artist", outcome="success", user="admin", per_page=100)
    ).value
    rows = [row for row in page["items"] if row["object_id"] == str(artist["id"])]
    assert [(row["username"], row["door"]) for row in rows] == [("admin", "http")]


async def test_an_audit_row_keeps_the_same_of_a_request_at_every_door_and_only_what_the_contract_names(
    service: RunningService, stack: AsyncExitStack
) -> None:
    """PARITY row 8: the contract keeps name and day of birth of what is created, and not the biography; of who is refused later too."""
    doors = await opened(stack, service, "admin")
    names = [unique("kept") for _ in doors]
    for door, name in zip(doors, names, strict=True):
        for code in ("ok", "artist_name_taken"):
            assert (await door.call("create_artist", name=name, bio="private", born_on="1901-02-03")).code == code
    rows = (await doors[0].call("get_audit_logs", action="create_artist", user="admin", per_page=100)).value["items"]
    kept = [row["data"] for row in rows if row["data"].get("name") in names]
    assert sorted(one["name"] for one in kept) == sorted(names * 2)
    assert [{**one, "name": ""} for one in kept] == [{"name": "", "born_on": "1901-02-03"}] * 2 * len(doors)
    assert not any(row["altered"] for row in rows)


@pytest.mark.parametrize(
    ("user", "fields", "code"), [("nobody", {"name": "x"}, "forbidden"), ("editor", {"name": ""}, "invalid_data")]
)
async def test_the_row_of_a_refusal_names_its_object_at_every_door(
    service: RunningService, stack: AsyncExitStack, user: str, fields: dict[str, str], code: str
) -> None:
    """Whether or not the request was read: HTTP says the object in its path, a frame in its data."""
    (admin, *_), doors = await opened(stack, service, "admin"), await opened(stack, service, user)
    ids = [uuid.uuid4().int >> 80 for _ in doors]
    for door, number in zip(doors, ids, strict=True):
        assert (await door.call("update_artist", artist_id=number, **fields)).code == code
    rows = (await admin.call("get_audit_logs", action="update_artist", user=user, per_page=100)).value["items"]
    assert {row["object_id"]: row["code"] for row in rows if row["object_id"] in map(str, ids)} == dict.fromkeys(
        map(str, ids), code
    )


async def test_a_repeated_key_has_one_effect_and_the_same_answer(
    service: RunningService, stack: AsyncExitStack
) -> None:
    doors = await opened(stack, service, "editor")
    key, name = str(uuid.uuid4()), unique("once")
    answers = [await door.call("create_artist", key=key, name=name) for door in doors]
    assert [(answer.code, answer.value) for answer in answers] == [("ok", answers[0].value)] * 4
    headers = {"idempotency-key": key, "authorization": f"Bearer {await service.token('editor')}"}
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, headers=headers) as client:
        again = await client.post("/api/artists", json={"name": name})
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    other = await doors[0].call("create_artist", key=key, name=unique("other"))
    assert (other.code, other.status) == ("idempotency_key_reused", 422)


async def test_a_cursor_walks_every_row_once_and_belongs_to_one_caller(service: RunningService) -> None:
    async with (
        rest(service.url, await service.token("editor")) as door,
        rest(service.url, await service.token("reader")) as other,
    ):
        made = {(await door.call("create_artist", name=unique("walk"))).value["id"] for _ in range(5)}
        seen: list[int] = []
        cursor: dict[str, Any] = {}
        while True:
            page = (await door.call("get_paginated_artists", per_page=2, **cursor)).value
            seen += [item["id"] for item in page["items"]]
            if not page["meta"]["has_more"]:
                break
            cursor = {"cursor": page["meta"]["next_cursor"]}
        assert made <= set(seen)
        assert len(seen) == len(set(seen))
        flipped = cursor["cursor"][:-1] + ("A" if cursor["cursor"][-1] != "A" else "B")
        attacks: list[tuple[Door, dict[str, Any]]] = [
            (door, {"cursor": flipped}),
            (other, cursor),
            (door, cursor | {"name": "x"}),
        ]
        for client, fields in attacks:
            answer = await client.call("get_paginated_artists", **fields)
            assert (answer.code, answer.status) == ("cursor_invalid", 400)


async def test_nothing_secret_is_in_the_log(service: RunningService) -> None:
    token = await service.token("editor")
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        await client.get("/api/artists", headers={"authorization": f"Bearer {token}x"})
    text = service.log()
    assert token not in text
    assert "Traceback" not in text


async def test_documents_and_metrics_are_served(service: RunningService) -> None:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        assert (await client.get("/openapi.json")).json()["openapi"] == "3.1.0"
        assert (await client.get("/asyncapi.json")).json()["asyncapi"] == "3.0.0"
        assert "stele_requests_total" in (await client.get("/metrics")).text
        unknown = await client.get("/api/nothing")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_operation")
        wrong = await client.delete("/api/artists")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")

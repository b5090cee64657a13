"""Run in a project whose contract has one door, against its real service: `python -m tests.contract.one_door rest …`.

Arguments: the kind of the contract (`rest`, `rest-protobuf`, `socket`), a folder, the URLs of PostgreSQL and of Redis.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.doors import rest, socket
from tests.running_service import RunningService

JSON, PROTOBUF = "application/json", "application/x-protobuf"


async def platform(client: httpx2.AsyncClient) -> None:
    """What every service has, whatever doors its contract names."""
    assert (await client.get("/readyz")).status_code == 204
    assert (await client.get("/health")).json()["status"] == "ok"
    assert (await client.get("/openapi.json")).status_code == 200


async def rest_alone(service: RunningService, client: httpx2.AsyncClient, *, has_protobuf: bool) -> None:
    document = (await client.get("/openapi.json")).json()
    body = document["paths"]["/api/artists"]["post"]["requestBody"]["content"]
    assert (PROTOBUF in body) is has_protobuf
    assert (await client.get("/asyncapi.json")).status_code == 404
    assert (await client.get("/client.json")).json()["events"] == {}
    assert (await client.get("/web")).status_code == 404
    await refused_socket(service)
    authorized = {"authorization": f"Bearer {await service.token('admin')}"}
    made = await client.post("/api/artists", json={"name": "One door"}, headers=authorized)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    path = made.headers["location"]
    assert (await client.get(path, headers=authorized | {"if-none-match": '"1"'})).status_code == 304
    stale = await client.put(path, json={"name": "Stale"}, headers=authorized | {"if-match": '"9"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")
    fresh = await client.put(path, json={"name": "Fresh"}, headers=authorized | {"if-match": '"9", "1"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"2"')
    binary = await client.get(path, headers=authorized | {"accept": PROTOBUF})
    assert binary.status_code == (200 if has_protobuf else 406)
    refused = await client.post("/api/artists", content=b"\x0a\x01x", headers=authorized | {"content-type": PROTOBUF})
    assert refused.status_code == (201 if has_protobuf else 415)
    assert has_protobuf or refused.headers["accept"] == JSON
    for binary_too in (False, True) if has_protobuf else (False,):
        async with rest(service.url, await service.token("admin"), binary=binary_too) as door:
            assert (await door.call("get_audit_logs", per_page=1)).code == "ok"


async def refused_socket(service: RunningService) -> None:
    headers = {"authorization": f"Bearer {await service.token('admin')}"}
    try:
        async with connect(service.url.replace("http", "ws") + "/web", additional_headers=headers, proxy=None):
            raise AssertionError("there is a socket")
    except InvalidStatus as refused:
        assert refused.response.status_code == 404


async def socket_alone(service: RunningService, client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/artists")).status_code == 404
    assert (await client.get("/asyncapi.json")).status_code == 200
    for binary in (False, True):
        async with socket(service.url, await service.token("admin"), binary=binary) as door:
            made = await door.call("create_artist", name=f"Socket {binary}")
            assert made.code == "ok"
            read = await door.call("get_artist", artist_id=made.value["id"])
            assert read.value == made.value
            assert (await door.call("get_audit_logs", per_page=1)).code == "ok"


async def main(kind: str, folder: str, database_url: str, redis_url: str) -> None:
    with RunningService(Path(folder), database_url, redis_url) as service:
        async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
            await platform(client)
            if kind == "socket":
                await socket_alone(service, client)
            else:
                await rest_alone(service, client, has_protobuf=kind == "rest-protobuf")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

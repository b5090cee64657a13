"""Artists that come and change over HTTP, for the tests of those who hear of it."""

from __future__ import annotations

import uuid
from typing import Any

import httpx2

from tests.running_service import RunningService


async def create(service: RunningService) -> dict[str, Any]:
    async with await _editor(service) as http:
        answer = await http.post("/api/artists", json={"name": uuid.uuid4().hex})
    assert answer.status_code == 201
    return dict(answer.json())


async def rename(service: RunningService, artist: dict[str, Any]) -> str:
    """Its new name."""
    name, path = uuid.uuid4().hex, f"/api/artists/{artist['id']}"
    async with await _editor(service) as http:
        version = (await http.get(path)).headers["etag"]
        assert (await http.put(path, json={"name": name}, headers={"if-match": version})).status_code == 200
    return name


async def _editor(service: RunningService) -> httpx2.AsyncClient:
    headers = {"authorization": f"Bearer {await service.token('editor')}"}
    return httpx2.AsyncClient(base_url=service.url, headers=headers, trust_env=False)

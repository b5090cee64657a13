"""One way from a request to the runner: ids, deadlines, methods, and what the contract does not name."""

from __future__ import annotations

import httpx2
import pytest

from tests.running_service import RunningService


async def send(service: RunningService, method: str, path: str, **given: object) -> httpx2.Response:
    headers = {"authorization": f"Bearer {await service.token('reader')}"} | dict(given.pop("headers", {}) or {})  # type: ignore[call-overload]  # headers is a dictionary
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        return await client.request(method, path, headers=headers, **given)  # type: ignore[arg-type]  # passed on as it is


async def test_the_caller_s_correlation_id_comes_back_and_a_bad_one_does_not(service: RunningService) -> None:
    kept = await send(service, "GET", "/api/authors", headers={"x-correlation-id": "abc-123"})
    assert kept.headers["x-correlation-id"] == "abc-123"
    made = await send(service, "GET", "/api/authors/0", headers={"x-correlation-id": "a b<script>"})
    assert made.headers["x-correlation-id"] == made.json()["trace_id"] != "a b<script>"


async def test_head_is_get_without_a_body(service: RunningService) -> None:
    head = await send(service, "HEAD", "/api/authors")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0


async def test_other_methods_name_the_ones_there_are(service: RunningService) -> None:
    refused = await send(service, "PATCH", "/api/authors/1")
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET, PUT")


@pytest.mark.parametrize("key", ["", "x" * 256, "a b"])
async def test_a_bad_idempotency_key_is_refused(service: RunningService, key: str) -> None:
    token = await service.token("editor")
    refused = await send(
        service,
        "POST",
        "/api/authors",
        json={"name": ""},
        headers={"idempotency-key": key, "authorization": f"Bearer {token}"},
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")


async def test_a_deadline_of_the_caller_counts(service: RunningService) -> None:
    late = await send(service, "GET", "/api/authors", headers={"request-timeout-ms": "1"})
    assert late.status_code in (200, 504)
    nonsense = await send(service, "GET", "/api/authors", headers={"request-timeout-ms": "soon"})
    assert nonsense.status_code == 200


async def test_a_body_of_another_type_is_refused_after_the_roles(service: RunningService) -> None:
    headers = {"content-type": "text/plain"}
    assert (await send(service, "POST", "/api/authors", content=b"x", headers=headers)).status_code == 403
    headers["authorization"] = f"Bearer {await service.token('editor')}"
    assert (await send(service, "POST", "/api/authors", content=b"x", headers=headers)).status_code == 415

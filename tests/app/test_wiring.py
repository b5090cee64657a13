"""One worker is made of these parts; browsers from elsewhere get what CORS allows and no more."""

from __future__ import annotations

import httpx2

from tests.running_service import RunningService


async def test_a_page_of_an_allowed_origin_reads_the_headers_and_another_does_not(service: RunningService) -> None:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        ours = await client.get("/health", headers={"origin": service.url})
        theirs = await client.get("/health", headers={"origin": "https://evil.example"})
        nobody = await client.get("/health")
    assert ours.headers["access-control-allow-origin"] == service.url
    assert "RateLimit" in ours.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in theirs.headers
    assert "access-control-allow-origin" not in nobody.headers


async def test_a_preflight_is_answered_without_a_token(service: RunningService) -> None:
    headers = {
        "origin": service.url,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "if-match",
    }
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        answer = await client.request("OPTIONS", "/api/authors/1", headers=headers)
    assert answer.status_code == 200
    assert "PUT" in answer.headers["access-control-allow-methods"]


def test_the_start_is_one_line_that_names_the_contract(service: RunningService) -> None:
    lines = [line for line in service.log().splitlines() if "service.started" in line]
    assert len(lines) == 1
    assert "operations" in lines[0]

"""Refused preflights are problems; what a page may ask for is in tests/app/test_wiring.py."""

from __future__ import annotations

import httpx2
import pytest

from tests.running_service import RunningService


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"origin": "https://evil.example"}, "Disallowed CORS origin."),
        ({"access-control-request-method": "TRACE"}, "Disallowed CORS method."),
        ({"access-control-request-headers": "x-other"}, "Disallowed CORS headers."),
    ],
)
async def test_a_refused_preflight_is_a_problem(service: RunningService, changed: dict[str, str], detail: str) -> None:
    headers = {"origin": service.url, "access-control-request-method": "GET", "x-correlation-id": "mine"} | changed
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        answer = await client.request("OPTIONS", "/api/artists", headers=headers)
    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert (told["code"], told["detail"], told["trace_id"]) == ("malformed", detail, "mine")
    assert answer.headers["stele-contract"]
    assert "access-control-allow-origin" not in answer.headers

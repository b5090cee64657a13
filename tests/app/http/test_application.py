"""What stands behind the contract: documents, the docs page, metrics, explanations of codes."""

from __future__ import annotations

import platform
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import httpx2
from fastapi import HTTPException

from app.audit.record import AuditRecord
from app.http.application import make_application
from app.http.refusals import Refusals
from generated.errors import ERRORS
from generated.operations import CONTRACT_HASH, CONTRACT_VERSION
from tests.running_service import RunningService


async def get(service: RunningService, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        return await client.get(path)


async def test_the_console_is_at_the_root_and_where_documents_are_looked_for(service: RunningService) -> None:
    """What it loads is found, and may be kept for good: its name says what is in it."""
    page = await get(service, "/")
    assert page.text == (await get(service, "/docs")).text
    parts = re.findall(r'(?:href|src)="(console/[^"]+)"', page.text)
    assert len(parts) == 3
    for part in parts:
        answer = await get(service, f"/{part}")
        assert (answer.status_code, "immutable" in answer.headers["cache-control"]) == (200, True), part


async def test_documents_and_metrics_have_what_every_answer_has_and_what_protects_a_browser(
    service: RunningService,
) -> None:
    for path in ("/", "/docs", "/openapi.json", "/asyncapi.json", "/client.json", "/metrics"):
        headers = (await get(service, path)).headers
        assert headers["stele-contract"] == f"{CONTRACT_VERSION};{CONTRACT_HASH}"
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-correlation-id"]


async def test_a_problem_s_type_leads_to_its_explanation(service: RunningService) -> None:
    refused = (await get(service, "/api/artists")).json()
    explained = (await get(service, refused["type"])).json()
    assert explained["title"] == ERRORS["unauthenticated"].title
    assert (await get(service, "/problems/no_such_code")).status_code == 404


async def test_what_is_not_there_is_a_problem_and_not_a_page(service: RunningService) -> None:
    missing = await get(service, "/nothing/here")
    assert (missing.status_code, missing.headers["content-type"], missing.json()["code"]) == (
        404, "application/problem+json", "unknown_operation",
    )  # fmt: skip


async def test_metrics_are_in_the_text_format_with_the_contract(service: RunningService) -> None:
    page = await get(service, "/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    said = f'contract="{CONTRACT_HASH}",python="{platform.python_version()}",version="{CONTRACT_VERSION}"'
    assert f"stele_build_info{{{said}}} 1.0" in page.text.splitlines()


class Rows:
    """Keeps the audit rows that it is offered."""

    def __init__(self) -> None:
        self.seen: list[AuditRecord] = []

    def offer(self, record: AuditRecord) -> None:
        self.seen.append(record)


@asynccontextmanager
async def by_hand(rows: Rows, **routes: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application to which somebody added routes: `/name`, GET."""
    refusals = Refusals(rows, on_left_out=lambda _: None, trusted_proxies=0)
    application = make_application(lambda _: nullcontext(), refusals, documents={}, metrics=None)
    for name, route in routes.items():
        application.add_api_route(f"/{name}", route)
    transport = httpx2.ASGITransport(application, raise_app_exceptions=False)
    async with httpx2.AsyncClient(base_url="http://service", transport=transport) as client:
        yield client


async def test_a_route_added_by_hand_that_fails_tells_nothing_of_it() -> None:
    async def fails() -> None:
        raise RuntimeError("the secret")

    async with by_hand(Rows(), fails=fails) as client:
        failed = await client.get("/fails")
    assert (failed.status_code, failed.json()["code"]) == (500, "internal")
    assert "secret" not in failed.text


async def test_what_a_route_added_by_hand_refuses_is_a_problem_with_its_status() -> None:
    async def busy() -> None:
        raise HTTPException(503)

    async def forbids() -> None:
        raise HTTPException(403)

    async def conflicts() -> None:
        raise HTTPException(409, headers={"X-Own": "kept"})

    async def counts(number: int) -> int:
        return number

    rows = Rows()
    async with by_hand(rows, busy=busy, forbids=forbids, conflicts=conflicts, counts=counts) as client:
        answers = [await client.get(path) for path in ("/busy", "/forbids", "/conflicts", "/counts?number=x")]
    found = [(one.status_code, one.json()["code"], one.headers["content-type"]) for one in answers]
    assert found == [
        (status, code, "application/problem+json")
        for status, code in ((503, "unavailable"), (403, "forbidden"), (409, "conflict"), (422, "invalid_data"))
    ]
    assert answers[0].headers["retry-after"] == "1"
    assert answers[2].headers["x-own"] == "kept"
    assert answers[3].json()["errors"][0]["pointer"] == "/query/number"
    assert rows.seen == []


async def test_what_the_router_refuses_leaves_a_row() -> None:
    async def fine() -> None:
        return None

    rows = Rows()
    async with by_hand(rows, fine=fine) as client:
        missing, refused = await client.get("/nothing"), await client.post("/fine")
    assert (missing.json()["code"], refused.json()["code"]) == ("unknown_operation", "method_not_allowed")
    assert [(row.action, row.object_id, row.reason) for row in rows.seen] == [
        ("http.unknown_operation", "/nothing", "GET"), ("http.method_not_allowed", "/fine", "POST"),
    ]  # fmt: skip

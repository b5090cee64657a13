"""What stands behind the contract: documents, the docs page, metrics, explanations of codes."""

from __future__ import annotations

from contextlib import nullcontext

import httpx2

from app.http.application import make_application
from app.telemetry.metrics import Metrics
from generated.errors import ERRORS
from generated.operations import CONTRACT_HASH, CONTRACT_VERSION
from tests.running_service import RunningService


async def get(service: RunningService, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        return await client.get(path)


async def test_the_docs_page_lists_every_operation_and_loads_nothing_from_outside(service: RunningService) -> None:
    page = await get(service, "/docs")
    paths = (await get(service, "/openapi.json")).json()["paths"]
    names = [operation["operationId"] for item in paths.values() for operation in item.values()]
    assert all(name in page.text for name in names)
    assert "http://" not in page.text.replace(service.url, "")
    assert "<script" not in page.text


async def test_a_problem_s_type_leads_to_its_explanation(service: RunningService) -> None:
    refused = (await get(service, "/api/authors")).json()
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
    assert f'stele_build_info{{contract="{CONTRACT_VERSION};{CONTRACT_HASH}"}} 1.0' in page.text.splitlines()


async def test_a_route_added_by_hand_that_fails_tells_nothing_of_it() -> None:
    async def fail() -> None:
        raise RuntimeError("the secret")

    application = make_application(lambda _: nullcontext(), Metrics([], [], [], ""))
    application.add_api_route("/by-hand", fail)
    transport = httpx2.ASGITransport(application, raise_app_exceptions=False)
    async with httpx2.AsyncClient(base_url="http://service", transport=transport) as client:
        failed = await client.get("/by-hand")
        refused = await client.post("/by-hand")
    assert (failed.status_code, failed.json()["code"]) == (500, "internal")
    assert "secret" not in failed.text
    assert (refused.status_code, refused.json()["code"]) == (405, "method_not_allowed")

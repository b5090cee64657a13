"""One way from a request to the runner: ids, deadlines, methods, and what the contract does not name."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import httpx2
import pytest

from app.admission.gate import Gate
from app.admission.transfers import Transfers
from app.audit.record import AuditRecord
from app.auth.principal import Principal
from app.development.servers import Postgres
from app.http.door import HttpDoor
from app.http.refusals import Refusals
from app.http.spool import Spool
from app.http.table import RouteTable
from generated.http_routes import ROUTES
from tests.running_service import RunningService


class BrokenVerifier:
    """Fails as only a bug can."""

    def cached(self, token: str) -> Principal | None:
        raise RuntimeError("the secret")

    async def verify(self, token: str) -> Principal:
        raise RuntimeError("the secret")


class Deaf:
    """A queue of audit rows."""

    def offer(self, record: AuditRecord) -> None: ...


def a_door(gate: Gate) -> HttpDoor:
    """Without a pipeline, so that no operation can be called."""
    unused: Any = None
    return HttpDoor(
        table=RouteTable(ROUTES), runner=unused, handlers=unused, verifier=BrokenVerifier(),
        refusals=Refusals(Deaf(), on_left_out=print, trusted_proxies=0), spool=Spool(1 << 20), transfers=Transfers(gate),
        trusted_proxies=0, behind=behind,
    )  # fmt: skip


def asking(application: Any) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url="http://service", transport=httpx2.ASGITransport(application))


async def behind(scope: Any, receive: Any, send: Any) -> None:
    """Somebody's own application."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


async def send(
    service: RunningService,
    method: str,
    path: str,
    *,
    user: str = "reader",
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    body: bytes | None = None,
) -> httpx2.Response:
    lines = headers.items() if isinstance(headers, Mapping) else headers
    every = [("authorization", f"Bearer {await service.token(user)}"), *lines]
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        return await client.request(method, path, headers=every, content=body)


async def test_the_caller_s_correlation_id_comes_back_and_a_bad_one_does_not(service: RunningService) -> None:
    kept = await send(service, "GET", "/api/artists", headers={"x-correlation-id": "abc-123"})
    assert kept.headers["x-correlation-id"] == "abc-123"
    made = await send(service, "GET", "/api/artists/0", headers={"x-correlation-id": "a b<script>"})
    assert made.headers["x-correlation-id"] == made.json()["trace_id"] != "a b<script>"


async def test_without_one_the_trace_of_the_caller_is_the_request_s_id(service: RunningService) -> None:
    trace = "4bf92f35" * 4
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    refused = await send(service, "GET", "/api/artists/0", headers=headers)
    assert refused.headers["x-correlation-id"] == refused.json()["trace_id"] == trace
    both = await send(service, "GET", "/api/artists/0", headers=headers | {"x-correlation-id": "mine"})
    assert both.json()["trace_id"] == "mine"
    bad = await send(service, "GET", "/api/artists/0", headers={"traceparent": f"ff-{trace}-00f067aa0ba902b7-01"})
    assert (bad.status_code, bad.json()["trace_id"] != trace) == (422, True)


async def test_head_is_get_without_a_body(service: RunningService) -> None:
    head = await send(service, "HEAD", "/api/artists")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0


async def test_other_methods_name_the_ones_there_are(service: RunningService) -> None:
    refused = await send(service, "PATCH", "/api/artists/1")
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET, HEAD, PUT")


@pytest.mark.parametrize("key", ["", "x" * 256, "a b"])
async def test_a_bad_idempotency_key_is_refused(service: RunningService, key: str) -> None:
    headers = {"idempotency-key": key, "content-type": "application/json"}
    refused = await send(service, "POST", "/api/artists", user="editor", headers=headers, body=b'{"name": ""}')
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")


@pytest.mark.survives("I08")
@pytest.mark.parametrize("body", [b"{", b"", b'{"name":"a"} x', b"\xff"])
async def test_a_body_that_cannot_be_read_has_one_code_whatever_the_method(
    service: RunningService, body: bytes
) -> None:
    """I08 (D15): JSON that is broken, cut or no text is sent by POST and by PUT. Both are 400 malformed."""
    headers = {"content-type": "application/json"}
    created = await send(service, "POST", "/api/artists", user="editor", headers=headers, body=body)
    replaced = await send(
        service, "PUT", "/api/artists/1", user="editor", headers=headers | {"if-match": '"1"'}, body=body
    )
    told = [(one.status_code, one.json()["code"]) for one in (created, replaced)]
    assert told == [(400, "malformed")] * 2


async def test_a_deadline_of_the_caller_counts(service: RunningService, postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    async with connection.transaction():
        await connection.execute("LOCK TABLE artist IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        late = await send(service, "GET", "/api/artists", headers={"request-timeout-ms": "100"})
        took_s = time.monotonic() - started
    await connection.close()
    assert (late.status_code, late.json()["code"]) == (504, "timeout")
    assert took_s < 2, "the operation's own deadline is 5 s"


@pytest.mark.parametrize("nonsense", ["soon", "0", "-5", "1e3", "9" * 30])
async def test_a_deadline_that_is_none_is_ignored(service: RunningService, nonsense: str) -> None:
    answer = await send(service, "GET", "/api/artists", headers={"request-timeout-ms": nonsense})
    assert answer.status_code == 200


async def test_a_body_of_another_type_is_refused_after_the_roles(service: RunningService) -> None:
    headers = {"content-type": "text/plain"}
    for user, status in (("reader", 403), ("editor", 415)):
        refused = await send(service, "POST", "/api/artists", user=user, headers=headers, body=b"x")
        assert refused.status_code == status


async def test_a_bug_is_a_problem_without_its_text_and_other_paths_go_on() -> None:
    async with asking(a_door(Gate())) as client:
        failed = await client.get("/api/artists", headers={"authorization": "Bearer x"})
        other = await client.get("/by/hand")
    assert (failed.status_code, failed.json()["code"]) == (500, "internal")
    assert "secret" not in failed.text
    assert (other.status_code, other.text) == (299, "/by/hand")


@pytest.mark.survives("D22", "L01")
async def test_what_asks_for_no_share_of_the_work_is_coming_no_more_when_it_is_answered() -> None:
    """What the contract does not name, and a method that there is not, may be read as slowly as their callers like: neither keeps others out of a
    full node."""
    gate, coming = Gate(), []
    door = a_door(gate)

    async def look(scope: Any, receive: Any, send: Any) -> None:
        async def told(message: Any) -> None:
            coming.append(gate.coming)
            await send(message)

        await door({**scope, "arrival": gate.arrived("192.0.2.1")}, receive, told)

    async with asking(look) as client:
        assert [(await client.get("/by/hand")).status_code, (await client.put("/api/artists")).status_code] == [
            299,
            405,
        ]
    assert (coming, gate.in_flight) == ([0] * len(coming), 2)
    assert len(coming) >= 4


async def test_what_the_contract_does_not_name_has_the_headers_of_every_answer_too(service: RunningService) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404), ("GET", "/api/artists/", 404), ("GET", "/docs/", 404), ("GET", "/metrics/", 404),
        ("GET", "/docs", 200), ("HEAD", "/openapi.json", 200), ("DELETE", "/docs", 405), ("GET", "/problems/none", 404),
    ):  # fmt: skip
        answer = await send(service, method, path, headers={"x-correlation-id": "abc-123", "host": "evil.example"})
        assert (method, path, answer.status_code) == (method, path, status)
        assert answer.headers["x-correlation-id"] == "abc-123"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["stele-contract"].startswith("1.")
        assert "location" not in answer.headers
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert (answer.json()["status"], answer.json()["trace_id"]) == (status, "abc-123")
        if status == 405:
            assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("query", ["?x=1", "?%ff=1", "?a=1&a=2"])
async def test_a_query_where_the_contract_has_none_is_answered_as_declared(service: RunningService, query: str) -> None:
    answer = await send(service, "GET", f"/livez{query}")
    declared = (await send(service, "GET", "/openapi.json")).json()["paths"]["/livez"]["get"]["responses"]
    assert str(answer.status_code) in declared
    assert answer.status_code < 500


async def test_a_key_means_nothing_where_the_contract_has_none(service: RunningService) -> None:
    answer = await send(service, "GET", "/livez", headers={"idempotency-key": "a b"})
    assert answer.status_code == 204


async def test_a_field_of_one_value_that_comes_twice_is_refused(service: RunningService) -> None:
    """RFC 9110 §5.3: two lines are one list, which is no key."""
    lines = [("idempotency-key", "one"), ("idempotency-key", "two"), ("content-type", "application/json")]
    refused = await send(service, "POST", "/api/artists", user="editor", headers=lines, body=b'{"name": "twice"}')
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")

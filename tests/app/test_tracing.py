"""A request is one trace, from its caller's span over the pipeline to its statements, at both doors; the caller says whether it is told.

A real service sends to a collector of the tests, which reads the real protobuf. Whoever takes the spans, refuses them or is silent: no
answer waits for him. Off, nothing that makes or sends spans is imported.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import websockets

from app.development.servers import Postgres, free_port
from app.telemetry.metrics.exposition import OPENMETRICS, TEXT
from app.tracing import headers_of
from generated.client import AsyncClient, Client, errors, models
from generated.product import NAME
from generated.ws_packages import PACKAGES
from tests.app.telemetry.traces.receiver import Receiver, Told, wait_for
from tests.databases import new_database
from tests.faults.prometheus import prometheus
from tests.running_service import RunningService

PKG_IDS = {package.operation.name: number for number, package in PACKAGES.items()}
SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5
"""Kinds of spans in OTLP."""
WORKERS = 3
"""Of both nodes of the pair."""


@dataclass(frozen=True)
class Node:
    service: RunningService
    receiver: Receiver


def beside(
    service: RunningService,
    receiver: Receiver,
    name: str,
    *,
    database_url: str = "",
    redis_url: str = "",
    workers: int = 1,
) -> RunningService:
    """A second node of the service, with traces, an admin port and a line for each request. What a caller says nothing about is told. It
    may have a database and a Redis of its own."""
    folder, environment = service.process.log.parents[1] / name, service.environment
    return RunningService(
        folder, database_url or environment["DATABASE_URL"], redis_url or environment["REDIS_URL"], issuer=service.issuer,
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, OTEL_EXPORTER_OTLP_HEADERS="api-key=the%20key", TRACE_SAMPLE="1",
        WORKERS=str(workers), ADMIN_PORT=str(free_port()), ACCESS_LOG_SAMPLE="1",
    )  # fmt: skip


@pytest.fixture(scope="module")
def node(service: RunningService) -> Iterator[Node]:
    receiver = Receiver()
    with receiver.serving(), beside(service, receiver, "traced") as traced:
        yield Node(traced, receiver)


@pytest.fixture(scope="module")
def pair(node: Node, service: RunningService, postgres: Postgres) -> Iterator[tuple[Node, Node]]:
    """Two nodes of a service of their own, so that one of them moves its events; the first one has two workers."""
    database_url, redis_url = new_database(postgres, "traced pair"), service.environment["REDIS_URL"]
    both = partial(
        beside, service, node.receiver, database_url=database_url, redis_url=f"{redis_url.rpartition('/')[0]}/7"
    )
    with both(name="first", workers=WORKERS - 1) as first, both(name="second") as second:
        yield Node(first, node.receiver), Node(second, node.receiver)


@dataclass(frozen=True)
class Caller:
    """A span of somebody else's, new each time."""

    trace_id: str
    span_id: str

    def says(self, flags: str = "01") -> str:
        return f"00-{self.trace_id}-{self.span_id}-{flags}"


@pytest.fixture
def caller() -> Caller:
    return Caller(secrets.token_hex(16), secrets.token_hex(8))


async def over_http(node: Node, path: str, *, method: str = "GET", **more: Any) -> httpx2.Response:
    headers = {"authorization": f"Bearer {await node.service.token('editor')}"} | more.pop("headers", {})
    async with httpx2.AsyncClient(base_url=node.service.url, trust_env=False) as client:
        return await client.request(method, path, headers=headers, **more)


async def in_a_frame(node: Node, operation: str, data: Any, meta: dict[str, str]) -> Any:
    token = await node.service.token("editor")
    url = node.service.url.replace("http", "ws") + "/web"
    headers = {"authorization": f"Bearer {token}"}
    async with websockets.connect(url, additional_headers=headers, proxy=None) as socket:
        frame = {"pkg_id": PKG_IDS[operation], "req_id": str(uuid.uuid4()), "data": data, "meta": meta}
        await socket.send(json.dumps(frame))
        return json.loads(await socket.recv())


def trace_of(node: Node, trace_id: str) -> tuple[Told, list[Told]]:
    """The request's span and what stands below it, once it has come: a span comes after those that it holds."""
    wait_for(lambda: any(one.kind == SERVER for one in node.receiver.of(trace_id)))
    spans = node.receiver.of(trace_id)
    (server,) = (one for one in spans if one.kind == SERVER)
    return server, [one for one in spans if one is not server]


async def test_a_command_over_http_is_one_trace_from_its_caller_to_its_commit(node: Node, caller: Caller) -> None:
    body = {"name": f"Traced {uuid.uuid4().hex}"}
    made = await over_http(node, "/api/artists", method="POST", json=body, headers={"traceparent": caller.says()})
    assert (made.status_code, made.headers["x-correlation-id"]) == (201, caller.trace_id)
    server, below = trace_of(node, caller.trace_id)
    assert (server.name, server.parent_id) == ("POST /api/artists", caller.span_id)
    assert server.facts == {
        "request.operation": "create_artist", "request.door": "http", "network.protocol.name": "http", "request.code": "ok",
        "http.request.method": "POST", "http.route": "/api/artists", "http.response.status_code": 201,
    }  # fmt: skip
    assert {one.parent_id for one in below} == {server.span_id}
    assert {one.kind for one in below} <= {CLIENT, PRODUCER, CONSUMER}
    below = [one for one in below if one.kind == CLIENT]
    statements = [one.name for one in below if one.facts["db.system.name"] == "postgresql"]
    assert statements == ["begin", "insert artist", "insert event_outbox, insert audit_log", "commit"]
    redis = [one for one in below if one.facts["db.system.name"] == "redis"]
    assert {one.name for one in redis} == {"EVALSHA"}
    assert body["name"] not in repr(node.receiver.spans)
    assert {server.service["service.name"], below[0].service["service.name"]} == {NAME}


@pytest.mark.parametrize("transport", ["http", "ws"])
async def test_the_trace_goes_on_with_the_event_to_the_sockets_of_every_node(
    pair: tuple[Node, Node], caller: Caller, transport: Literal["http", "ws"]
) -> None:
    """The editor calls one node, the reader follows at the other; one worker moves the event, and the reader's hands it on. One whose follower has left
    within the last minute still reads, and has nobody to hand it to."""
    told: dict[str, Any] = {"transport": transport, "traceparent": caller.says}
    first, second = pair
    tokens = [await one.service.token(user) for one, user in ((first, "editor"), (second, "reader"))]
    async with (
        AsyncClient(second.service.url, token=tokens[1]) as follower,
        AsyncClient(first.service.url, token=tokens[0], **told) as publisher,
        follower.events(models.ArtistCreated) as stream,
    ):
        made = await publisher.artists.create(name=f"Traced {uuid.uuid4().hex}")
        assert (await anext(stream)).data.artist.id == made.id
    wait_for(lambda: has_reached_one(first.receiver.of(caller.trace_id)))
    server, below = trace_of(first, caller.trace_id)
    (published,) = (one for one in below if one.kind == PRODUCER)
    delivered = [one for one in below if one.kind == CONSUMER]
    assert server.facts["request.operation"] == "create_artist"
    assert published.name == "publish artists"
    assert {one.name for one in delivered} == {"deliver artists"}
    assert {one.parent_id for one in (published, *delivered)} == {server.span_id}
    assert len({one.service["service.instance.id"] for one in delivered}) == len(delivered)
    assert [one.facts["event.followers"] for one in delivered if one.facts["event.followers"]] == [1]


def has_reached_one(spans: list[Told]) -> bool:
    """The event was published, and handed to its follower."""
    followers = [one.facts["event.followers"] for one in spans if one.kind == CONSUMER]
    return 1 in followers and any(one.kind == PRODUCER for one in spans)


async def test_an_event_of_a_call_that_is_not_told_is_not_told_either(pair: tuple[Node, Node], caller: Caller) -> None:
    """A later event of a told call has come, so that this one's spans would have."""
    first, second = pair
    later = Caller(secrets.token_hex(16), secrets.token_hex(8))
    token = await second.service.token("reader")
    async with AsyncClient(second.service.url, token=token) as follower, follower.events(models.ArtistCreated):
        for said in (caller.says("00"), later.says()):
            body = {"name": f"Untold {uuid.uuid4().hex}"}
            made = await over_http(first, "/api/artists", method="POST", json=body, headers={"traceparent": said})
            assert made.status_code == 201
        wait_for(lambda: has_reached_one(first.receiver.of(later.trace_id)))
    assert first.receiver.of(caller.trace_id) == []


async def test_a_scraper_that_asks_for_openmetrics_learns_traces_of_recent_calls(
    pair: tuple[Node, Node], caller: Caller, tmp_path: Path
) -> None:
    """A real Prometheus reads them at the admin port of a node of two workers, and they are those of told calls alone."""
    first, _ = pair
    untold = Caller(secrets.token_hex(16), secrets.token_hex(8))
    async with prometheus(tmp_path / "prometheus", int(first.service.environment["ADMIN_PORT"])) as watcher:
        for said in (untold.says("00"), caller.says(), untold.says("00")):
            answer = await over_http(first, "/api/artists", headers={"traceparent": said})
            assert answer.status_code == 200
        async with asyncio.timeout(30):
            while caller.trace_id not in (found := await watcher.exemplars(f"{NAME}_request_seconds_bucket")):
                await asyncio.sleep(0.2)
        statements = await watcher.exemplars(f"{NAME}_database_statement_seconds_bucket")
    assert caller.trace_id in statements
    assert untold.trace_id not in found | statements


async def test_a_scraper_that_asks_for_text_gets_none(node: Node, caller: Caller) -> None:
    await over_http(node, "/api/artists", headers={"traceparent": caller.says()})
    url, asked = f"{node.service.url}/metrics", {"accept": "application/openmetrics-text; version=1.0.0"}
    async with httpx2.AsyncClient(trust_env=False) as client:
        text, openmetrics = await client.get(url), await client.get(url, headers=asked)
    assert (caller.trace_id in text.text, caller.trace_id in openmetrics.text) == (False, True)
    assert [one.headers["content-type"] for one in (text, openmetrics)] == [TEXT, OPENMETRICS]


async def test_a_frame_is_as_well(node: Node, caller: Caller) -> None:
    refused = await in_a_frame(node, "get_artist", {"artist_id": 999_999_999}, {"traceparent": caller.says()})
    assert refused["data"]["trace_id"] == caller.trace_id
    server, below = trace_of(node, caller.trace_id)
    assert (server.name, server.parent_id, server.is_failed) == ("get_artist", caller.span_id, False)
    assert server.facts == {
        "request.operation": "get_artist", "request.door": "websocket", "network.protocol.name": "websocket",
        "request.code": "artist_not_found",
    }  # fmt: skip
    assert "select artist" in {one.name for one in below}
    assert {one.parent_id for one in below} == {server.span_id}


@pytest.mark.parametrize("transport", ["http", "ws"])
@pytest.mark.parametrize("encoding", ["json", "protobuf"])
async def test_the_generated_client_says_the_span_of_its_caller(
    node: Node, caller: Caller, transport: Literal["http", "ws"], encoding: Literal["json", "protobuf"]
) -> None:
    told: dict[str, Any] = {"transport": transport, "encoding": encoding, "traceparent": caller.says}
    async with AsyncClient(node.service.url, token=await node.service.token("reader"), **told) as client:
        with pytest.raises(errors.ArtistNotFound) as refused:
            await client.artists.get(artist_id=999_999_999)
    assert refused.value.trace_id == caller.trace_id
    server, _ = trace_of(node, caller.trace_id)
    assert (server.parent_id, server.facts["request.operation"]) == (caller.span_id, "get_artist")


async def test_the_blocking_client_does_as_well_and_says_nothing_where_there_is_nothing(
    node: Node, caller: Caller
) -> None:
    token = await node.service.token("reader")
    said = iter([None, caller.says()])

    def ask() -> list[str | None]:
        with Client(node.service.url, token=token, transport="http", traceparent=lambda: next(said)) as client:
            return [fault_of(client) for _ in range(2)]

    def fault_of(client: Client) -> str | None:
        with pytest.raises(errors.ArtistNotFound) as refused:
            client.artists.get(artist_id=999_999_999)
        return refused.value.trace_id

    own, traced = await asyncio.to_thread(ask)
    assert (own != caller.trace_id, traced) == (True, caller.trace_id)


async def test_without_a_caller_s_span_the_trace_has_the_request_s_own_id(node: Node) -> None:
    refused = await over_http(node, "/api/artists/999999999")
    server, _ = trace_of(node, refused.json()["trace_id"])
    assert server.parent_id == ""
    assert server.facts["http.response.status_code"] == 404


async def test_a_request_with_an_id_of_its_own_says_it_in_its_span(node: Node, caller: Caller) -> None:
    headers = {"x-correlation-id": "mine-1", "traceparent": caller.says()}
    answer = await over_http(node, "/api/artists", headers=headers)
    assert answer.headers["x-correlation-id"] == "mine-1"
    server, _ = trace_of(node, caller.trace_id)
    assert server.facts["request.id"] == "mine-1"


async def test_a_line_of_a_request_says_its_trace_operation_door_and_user(node: Node, caller: Caller) -> None:
    """At both doors, of the same user; the line of the one has the contract's path and the status as well."""
    await over_http(node, "/api/artists/999999999", headers={"traceparent": caller.says()})
    await in_a_frame(node, "get_artist", {"artist_id": 999_999_999}, {"traceparent": caller.says()})
    wait_for(lambda: len(lines_of(node, caller)) == 2)
    http, socket = lines_of(node, caller)
    assert [one["event"] for one in (http, socket)] == ["request.ended"] * 2
    assert [one["door"] for one in (http, socket)] == ["http", "websocket"]
    assert [one["operation"] for one in (http, socket)] == ["get_artist"] * 2
    assert http["subject"] == socket["subject"] != ""
    assert (http["method"], http["endpoint"], http["status"]) == ("GET", "/api/artists/{artist_id}", 404)


def lines_of(node: Node, caller: Caller) -> list[dict[str, Any]]:
    """Whole ones of the log that have the caller's trace, in order."""
    whole = node.service.log().rpartition("\n")[0].splitlines()
    return [line for line in map(json.loads, whole) if line.get("trace_id") == caller.trace_id]


async def test_what_its_caller_does_not_tell_is_not_told(node: Node, caller: Caller) -> None:
    """A later request of another trace has come, so that this one would have."""
    await over_http(node, "/api/artists", headers={"traceparent": caller.says("00")})
    await in_a_frame(node, "get_artist", {"artist_id": 1}, {"traceparent": caller.says("02")})
    later = Caller(secrets.token_hex(16), secrets.token_hex(8))
    await over_http(node, "/api/artists", headers={"traceparent": later.says()})
    trace_of(node, later.trace_id)
    assert node.receiver.of(caller.trace_id) == []


async def test_nothing_of_baggage_and_tracestate_goes_on(node: Node, caller: Caller) -> None:
    said = {"traceparent": caller.says(), "baggage": "user=the-secret", "tracestate": "vendor=the-secret"}
    await over_http(node, "/api/artists", headers=said)
    trace_of(node, caller.trace_id)
    assert "the-secret" not in repr(node.receiver.spans)


async def test_the_collector_is_asked_as_the_settings_say(node: Node, caller: Caller) -> None:
    await over_http(node, "/api/artists", headers={"traceparent": caller.says()})
    trace_of(node, caller.trace_id)
    assert set(node.receiver.paths) == {"/v1/traces"}
    assert {one["api-key"] for one in node.receiver.headers} == {"the key"}
    assert {one["content-type"] for one in node.receiver.headers} == {"application/x-protobuf"}


async def test_what_is_refused_is_counted_and_what_is_held_holds_nobody(node: Node) -> None:
    """While the collector holds a batch calls are answered; the node then ends by itself, and says so."""
    dropped = f'{NAME}_trace_spans_dropped_total{{reason="failed"}}'
    node.receiver.status = 400
    await over_http(node, "/api/artists")

    def is_counted() -> bool:
        lines = httpx2.get(f"{node.service.url}/metrics", trust_env=False).text.splitlines()
        return any(line.startswith(dropped) and float(line.rpartition(" ")[2]) > 0 for line in lines)

    wait_for(is_counted)
    node.receiver.status = 0
    answered = [(await over_http(node, "/api/artists")).status_code]
    wait_for(lambda: node.receiver.held)
    answered += [(await over_http(node, "/api/artists")).status_code for _ in range(5)]
    assert (answered, node.receiver.held) == ([200] * 6, 1)
    node.service.process.stop()
    assert "service.stopped" in node.service.log()
    assert "traces.not_taken" in node.service.log()


BUILT = """
import sys
for name in {missing!r}:
    sys.modules[name] = None
from pydantic import ValidationError
def tell():
    sys.__stdout__.write(" ".join(one for one, found in sys.modules.items() if found and one.startswith({looked_for!r})) + "\\n")
from app.settings import Settings
from app.wiring import build
said = dict(database_url="postgresql://postgres@127.0.0.1:1/none", redis_url="redis://127.0.0.1:1/0",
    keycloak_url="http://127.0.0.1:1", signing_secret="a test's own secret of enough characters", environment="test")
build(Settings(**said))
tell()
try:
    build(Settings(**said, otel_exporter_otlp_endpoint="http://127.0.0.1:1"))
except ValidationError as error:
    sys.__stdout__.write(error.errors()[0]["msg"])
tell()
"""
SDK = ("opentelemetry.sdk", "opentelemetry.exporter")
SPANS = ("opentelemetry.sdk.trace", "opentelemetry.exporter", "app.telemetry.traces.otel")


def built(missing: tuple[str, ...], looked_for: tuple[str, ...]) -> str:
    program = BUILT.format(missing=missing, looked_for=looked_for)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_without_the_extra_a_worker_is_made_and_traces_are_refused_at_the_start() -> None:
    """FastAPI imports OpenTelemetry's API by itself, which does nothing."""
    assert built(SDK, SDK).splitlines() == ["", "Value error, needs the extra otel, which is not installed"]


def test_off_nothing_that_makes_or_sends_spans_is_imported() -> None:
    """What is looked for is there as soon as traces are on. redis-py imports the SDK's metrics where it is installed."""
    off, on = built((), SPANS).splitlines()
    assert off == ""
    assert set(SPANS) <= set(on.split())


def test_headers_are_written_as_opentelemetry_s_variable() -> None:
    assert headers_of("Api-Key=a%3Db, x = y,") == {"api-key": "a=b", "x": "y"}
    assert headers_of("") == {}

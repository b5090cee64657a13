"""The network is the user's: his HTTP client, his authority, his client's certificate, his proxy, for both doors and both clients."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from generated.sdk_python.stele_client import AsyncClient, Client, errors
from tests.clients.connect_proxy import ConnectProxy
from tests.clients.misbehaving_server import MisbehavingServer
from tests.faults.tls import Certificates, TlsFront, issue

CALM: dict[str, Any] = {"token": "t0", "timeout_s": 5.0, "max_retries": 0}


@pytest.fixture
async def server() -> AsyncIterator[MisbehavingServer]:
    async with MisbehavingServer() as running:
        yield running


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return issue(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def place(server: MisbehavingServer, certificates: Certificates) -> AsyncIterator[str]:
    """Where the same server is behind TLS, and takes nobody without a certificate of the authority: `host:port`."""
    behind = int(server.url.rpartition(":")[2])
    async with TlsFront(behind, certificates, is_postgres=False, wants_client=True) as front:
        yield f"127.0.0.1:{front.port}"


def trusting(certificates: Certificates, *, is_known: bool = True) -> ssl.SSLContext:
    """Of a client that trusts this authority, which no system does."""
    context = ssl.create_default_context(cafile=certificates.authority)
    if is_known:
        context.load_cert_chain(certificates.client, certificates.client_key)
    return context


async def asynchronous(url: str, http: dict[str, Any], **options: Any) -> str:
    async with httpx2.AsyncClient(**http) as given, AsyncClient(url, http_client=given, **CALM, **options) as client:
        name = (await client.artists.get(artist_id=7)).name
    return name


async def blocking(url: str, http: dict[str, Any], **options: Any) -> str:
    def work() -> str:
        with httpx2.Client(**http) as given, Client(url, http_client=given, **CALM, **options) as client:
            return client.artists.get(artist_id=7).name

    return await asyncio.to_thread(work)


@pytest.mark.parametrize("ask", [asynchronous, blocking])
@pytest.mark.parametrize("transport", ["http", "ws"])
async def test_a_server_that_wants_a_certificate_gets_it(
    place: str, certificates: Certificates, ask: Any, transport: str
) -> None:
    context = trusting(certificates)
    options = {"websocket_options": {"ssl": context}, "transport": transport}
    assert await ask(f"https://{place}", {"verify": context}, **options) == "Ada"


@pytest.mark.parametrize("transport", ["http", "ws"])
async def test_without_the_certificate_or_the_authority_nothing_is_said(
    server: MisbehavingServer, place: str, certificates: Certificates, transport: Any
) -> None:
    for context in (trusting(certificates, is_known=False), ssl.create_default_context()):
        async with httpx2.AsyncClient(verify=context) as given:
            network: dict[str, Any] = {"http_client": given, "websocket_options": {"ssl": context}}
            hurried = {**CALM, "timeout_s": 1.0, "transport": transport}
            async with AsyncClient(f"https://{place}", **network, **hurried) as client:
                with pytest.raises((errors.ConnectionLost, errors.DeadlineExceeded)):
                    await client.artists.get(artist_id=7)
    assert (server.requests, server.sockets) == ([], [])


@pytest.mark.parametrize("ask", [asynchronous, blocking])
@pytest.mark.parametrize("transport", ["http", "ws"])
async def test_a_proxy_is_asked_for_the_way(place: str, certificates: Certificates, ask: Any, transport: str) -> None:
    """TLS goes through it, and so does the client's certificate."""
    context = trusting(certificates)
    async with ConnectProxy() as proxy:
        options = {"websocket_options": {"ssl": context, "proxy": proxy.url}, "transport": transport}
        assert await ask(f"https://{place}", {"verify": context, "proxy": proxy.url}, **options) == "Ada"
        assert proxy.asked == [place]


async def test_a_transport_of_the_user_s_sees_each_request(server: MisbehavingServer) -> None:
    """With our headers and his; and his client is still open when ours is closed."""
    seen: list[httpx2.Request] = []

    class Watching(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            seen.append(request)
            return await super().handle_async_request(request)

    async with httpx2.AsyncClient(transport=Watching(), headers={"x-team": "blue"}) as given:
        async with AsyncClient(server.url, http_client=given, transport="http", **CALM) as client:
            await client.artists.get(artist_id=7)
        assert not given.is_closed
    (request,) = seen
    assert request.headers["user-agent"].startswith("stele_client/")
    assert (request.headers["x-team"], request.headers["authorization"]) == ("blue", "Bearer t0")
    assert server.requests[0].headers["x-team"] == "blue"


async def test_headers_of_the_user_s_go_with_the_handshake(server: MisbehavingServer) -> None:
    options = {"additional_headers": {"x-team": "blue", "authorization": "Bearer mine"}}
    async with AsyncClient(server.url, transport="ws", websocket_options=options, **CALM) as client:
        await client.artists.get(artist_id=7)
    assert server.sockets[0].headers["x-team"] == "blue"
    assert server.sockets[0].token == "t0"

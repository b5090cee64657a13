"""A network that lets no socket through: the TypeScript client hears topics over HTTP, and over the socket as soon as there is one.

Behind a real service whose tokens last for 6 s, so that streams end with them on the way.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from app.development.servers import Postgres, Valkey
from generated.sdk_python.stele_client.errors import AuthenticationLost, ClientError, Forbidden
from tests.artists import create, rename
from tests.clients.driven import Driven, DrivenStream, Told, drive
from tests.clients.test_socket_faults import must_have
from tests.clients.twins import OLD_NODE
from tests.databases import new_database
from tests.relay import relay
from tests.running_service import RunningService

CONNECTION = re.compile(rb"^connection:.*\r\n", re.IGNORECASE | re.MULTILINE)
ACCESS_S = 6
WAIT_S = 60.0
ADMIN = {"username": "admin", "password": "admin", "timeout_s": 20.0}


@pytest.fixture(scope="module")
def service(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    url = new_database(postgres, "topics_over_http")
    with RunningService(servers_folder / "topics-over-http", url, valkey.url, access_s=ACCESS_S) as running:
        yield running


class NoSockets:
    """A proxy that answers `status` to whoever wants a socket, as some companies' do, until `lets_through`. Other connections have one request, so
    that none becomes a socket later."""

    def __init__(self, port: int, status: int = 502) -> None:
        self._port = port
        self._status = status
        self._sockets: set[asyncio.Task[None]] = set()
        self.lets_through = False
        self.refused = 0
        self.passed = 0
        """Connections that were no socket: requests."""
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self.cut()

    async def cut(self) -> None:
        """The sockets that there are, without a word."""
        for one in self._sockets:
            one.cancel()
        await asyncio.gather(*self._sockets, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            is_socket = b"upgrade: websocket" in head.lower()
            if is_socket and not self.lets_through:
                self.refused += 1
                writer.write(b"HTTP/1.1 %d no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % self._status)
                await writer.drain()
            else:
                await self._pass(head, (reader, writer), is_socket=is_socket)
        writer.close()

    async def _pass(
        self, head: bytes, caller: tuple[asyncio.StreamReader, asyncio.StreamWriter], *, is_socket: bool
    ) -> None:
        behind = await asyncio.open_connection("127.0.0.1", self._port)
        self.passed += not is_socket
        behind[1].write(head if is_socket else CONNECTION.sub(b"Connection: close\r\n", head))
        passing = asyncio.create_task(relay(caller, behind))
        if is_socket:
            self._sockets.add(passing)
        with contextlib.suppress(asyncio.CancelledError):
            await passing
        caller[1].transport.abort()
        behind[1].transport.abort()


@pytest.fixture
async def network(service: RunningService) -> AsyncIterator[NoSockets]:
    async with NoSockets(service.port) as proxy:
        yield proxy


@asynccontextmanager
async def client_of(url: str, *, is_old: bool = False, **options: Any) -> AsyncIterator[Driven]:
    """An administrator's, unless another user or a token is given."""
    async with drive(url, Told(), is_old=is_old, **ADMIN | options) as client:
        yield client


class Heard:
    """What a stream of created artists brings; each has to be the next one."""

    def __init__(self, stream: DrivenStream) -> None:
        self._stream = stream
        self._last: int | None = None

    async def next(self) -> str:
        async with asyncio.timeout(WAIT_S):
            event = await self._stream.next()
        assert event.after_gap is False
        assert self._last in {None, event.offset - 1}
        self._last = event.offset
        return str(event.data.artist.name)


async def hears(service: RunningService, heard: Heard, count: int) -> None:
    """So many, in the order in which they were made."""
    made = [(await create(service))["name"] for _ in range(count)]
    assert [await heard.next() for _ in made] == made


@pytest.mark.survives("M05")
async def test_topics_come_over_http_until_a_socket_opens(service: RunningService, network: NoSockets) -> None:
    """M05: without a socket nothing is missed and nothing comes twice, over the end of a token, and over the change to the socket once the
    network lets it through."""
    async with client_of(network.url) as client, client.follow() as stream:
        heard = Heard(stream)
        await hears(service, heard, 3)
        assert network.refused > 0
        await asyncio.sleep(ACCESS_S)
        await hears(service, heard, 3)
        assert client.told.connects == []
        network.lets_through = True
        while not client.told.connects:
            await hears(service, heard, 1)
            await asyncio.sleep(0.2)
        await hears(service, heard, 3)
        assert client.told.missed == client.told.warnings == []


@pytest.mark.survives("M05")
async def test_a_socket_that_is_lost_for_good_is_followed_by_http_from_where_it_was(
    service: RunningService, network: NoSockets
) -> None:
    """M05: what happened while neither was there comes first."""
    network.lets_through = True
    async with client_of(network.url) as client, client.follow() as stream:
        heard = Heard(stream)
        await hears(service, heard, 2)
        assert client.told.connects == [1]
        network.lets_through = False
        await network.cut()
        await hears(service, heard, 3)
        assert network.refused > 0
        assert client.told.connects == [1]
        assert client.told.resubscribed == [("artists", True)]


async def test_a_socket_that_is_refused_for_good_leaves_http(service: RunningService) -> None:
    """Where the platform says the status, 403 is not asked again: topics go on all the same."""
    must_have(OLD_NODE)
    async with (
        NoSockets(service.port, 403) as network,
        client_of(network.url, is_old=True) as client,
        client.follow() as stream,
    ):
        heard = Heard(stream)
        await hears(service, heard, 2)
        assert client.told.disconnects == [(403, False)]
        await hears(service, heard, 1)


async def test_without_a_socket_by_choice_topics_come_and_go(service: RunningService, network: NoSockets) -> None:
    """`transport: "http"` asks for no socket at all. A stream that is begun or left does not disturb another; one name of a topic with
    parameters hears what is its own."""
    one, other = await create(service), await create(service)
    async with client_of(network.url, transport="http") as client, client.follow() as stream:
        heard = Heard(stream)
        await hears(service, heard, 1)
        async with client.follow(topic="artistsByArtistId", values=[one["id"]]) as named:
            await rename(service, other)
            name = await rename(service, one)
            async with asyncio.timeout(WAIT_S):
                event = await named.next()
            assert (event.topic, event.data.artist.name) == (f"artists/{one['id']}", name)
            await hears(service, heard, 1)
        await hears(service, heard, 2)
        assert (client.told.connects, network.refused) == ([], 0)


async def test_a_source_that_answers_the_same_good_token_is_no_end_where_no_socket_opens(
    service: RunningService, network: NoSockets
) -> None:
    """What kept the socket from opening a platform does not say; it was not the token, as HTTP shows."""
    own: Any = {"username": None, "password": None, "token": lambda: service.token("admin")}
    async with client_of(network.url, **own) as client, client.follow() as stream:
        await hears(service, Heard(stream), 3)
        assert client.told.connects == []


async def test_who_follows_a_topic_is_told_over_http_and_goes_on_over_the_socket(
    service: RunningService, network: NoSockets
) -> None:
    """Beside the events of the same topic; only what has changed is told after the change of the way."""
    async with client_of(network.url) as client, client.follow_named("someone"), client.attend("someone") as stream:
        (admin,) = (await state_of(stream)).users
        async with (
            client_of(network.url, transport="http", username="editor", password="editor") as other,
            other.follow_named("someone"),
        ):
            joined = await state_of(stream)
            assert (joined.count, len(joined.joined), joined.left) == (2, 1, [])
            network.lets_through = True
            async with asyncio.timeout(WAIT_S):
                while not client.told.connects:
                    await asyncio.sleep(0.05)
        left = await state_of(stream)
        assert (left.users, left.left) == ([admin], joined.joined)
        assert client.told.missed == client.told.warnings == []


async def state_of(stream: DrivenStream) -> Any:
    async with asyncio.timeout(WAIT_S):
        return await stream.next()


async def test_who_may_not_follow_hears_why_and_others_go_on(service: RunningService, network: NoSockets) -> None:
    """The refusal of one topic ends no stream of another."""
    async with client_of(network.url, transport="http", username="nobody", password="nobody") as client:
        with pytest.raises(Forbidden):
            async with client.follow():
                pass
    hidden = await create(service)
    async with client_of(network.url, transport="http") as client, client.follow() as stream:
        heard = Heard(stream)
        await hears(service, heard, 1)
        with pytest.raises(Forbidden):
            async with client.follow(topic="artistsByArtistId", values=[int(hidden["id"]) + 1_000_000]):
                pass
        await hears(service, heard, 2)


async def test_a_token_that_ends_for_good_ends_the_streams_and_the_asking(
    service: RunningService, network: NoSockets
) -> None:
    """A token that nobody renews: the stream says so, and nothing is asked any more, for longer than a socket may be away."""
    service.forget("admin")
    token = await service.token("admin")
    async with client_of(network.url, token=token, username=None, password=None) as client, client.follow() as stream:
        with pytest.raises(AuthenticationLost):
            async with asyncio.timeout(WAIT_S):
                await stream.next()
        passed = network.passed
        await asyncio.sleep(5)
        assert network.passed == passed


async def test_a_client_that_is_closed_follows_nothing(service: RunningService, network: NoSockets) -> None:
    async with client_of(network.url, transport="http") as client:
        async with client.follow() as stream:
            await hears(service, Heard(stream), 1)
            await client.ask(".close")
            with pytest.raises(StopAsyncIteration):
                await stream.next()
        with pytest.raises(ClientError, match="closed"):
            async with client.follow():
                pass


async def test_a_service_without_topics_over_http_is_said_to_be_one() -> None:
    """As one of an earlier release: it answers 404 without a code of ours."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with (
        server,
        client_of(url, transport="http", token="t0", username=None, password=None, timeout_s=2.0) as client,
    ):
        with pytest.raises(ClientError, match="neither the socket nor topics over HTTP"):
            async with client.follow():
                pass

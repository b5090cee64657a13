"""What every client has beside its operations: a life, a session, and events."""

from __future__ import annotations

import importlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx2

from .addresses import Addresses
from .calls_async import AsyncCalls
from .codec import Codec
from .errors import AuthenticationLost, ClientClosed, ClientError, ConnectionLost
from .events_async import AsyncAttendanceStream, AsyncEventStream
from .http_async import AsyncHttpDoor
from .json_frames import JsonCodec
from .logs import logged
from .operation import Contract, Encoding, Operation
from .options import Hooks, Options, Transport
from .session import Session
from .socket_async import AsyncSocketDoor
from .token import Token
from .tokens_async import AsyncTokenProvider, AsyncTokens, from_provider
from .topic import AttendedTopic, Topic

T = TypeVar("T")
Source = Callable[[Token | None], Awaitable[Token]]


class AsyncBaseClient:
    """`base_url` may be a list: the next address is taken where one ends or does not answer. `token` is a text, or a function that answers one (awaited if it must be); else `username` and `password` log in at
    the first call that needs it, and again whenever the session has ended. `timeout_s` is a call's own time, all attempts
    included. A socket that does not answer a ping within `heartbeat_s` is left; one is sent in that interval.

    `http_client` is used instead of one of our own (proxies, mTLS, a transport of yours) and is not closed here; `websocket_options`
    are given to `websockets.connect` (`ssl`, `proxy`, …). `traceparent` is asked for the span of each call, which is sent in place of
    the call's own id."""

    _contract: Contract

    def __init__(
        self,
        base_url: str | Sequence[str],
        *,
        token: str | AsyncTokenProvider | None = None,
        username: str | None = None,
        password: str | None = None,
        transport: Transport = "auto",
        encoding: Encoding = "json",
        timeout_s: float = 30.0,
        max_retries: int = 6,
        max_queued_events: int = 1000,
        heartbeat_s: float = 20.0,
        hooks: Hooks | None = None,
        http_client: httpx2.AsyncClient | None = None,
        websocket_options: Mapping[str, Any] | None = None,
        traceparent: Callable[[], str | None] | None = None,
    ) -> None:
        options = Options(
            Addresses(base_url),
            transport,
            encoding,
            timeout_s,
            max_retries,
            max_queued_events,
            heartbeat_s,
            logged(hooks or Hooks()),
            dict(websocket_options or {}),
            traceparent,
        )
        codec = _codec(self._contract, encoding)
        self._options = options
        self._tokens = AsyncTokens()
        self._http = AsyncHttpDoor(self._contract, codec, options.addresses, self._note, http_client)
        self._socket = AsyncSocketDoor(
            self._contract, Session(self._contract, codec), options, self._tokens, self._note
        )
        self._calls = AsyncCalls(self._contract, options, self._tokens, self._http, self._socket)
        if username is not None and password is not None:
            self._tokens.use(self._password_source(username, password))
        elif token is not None:
            self.set_token(token)

    def __repr__(self) -> str:
        options = self._options
        told = f"transport={options.transport!r}, encoding={options.encoding!r}"
        return f"{type(self).__name__}({options.addresses.current!r}, {told})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """Open the socket now and not beside the first calls; raises why it does not open within the client's time."""
        if self._options.transport == "http":
            raise ClientError("no socket: use transport 'auto' or 'ws'")
        if not await self._socket.opened(self._options.timeout_s):
            raise self._socket.stopped or ConnectionLost("the socket does not open")

    async def close(self) -> None:
        """Calls in flight fail with ConnectionLost or are finished over HTTP; later ones raise ClientClosed."""
        self._calls.is_closed = True
        await self._socket.close(ClientClosed("the client is closed"))
        await self._tokens.close()
        await self._http.close()

    async def call(
        self,
        operation: str,
        values: Mapping[str, Any],
        *,
        timeout_s: float | None = None,
        idempotency_key: str | UUID | None = None,
    ) -> Any:
        """An operation by its name in the contract, for tools that know it only then; raises KeyError for another name.

        `values` may be as JSON has them. Where the name is known, the typed methods are the better way.
        """
        found = self._contract.operations[operation]
        if found.is_stream:
            return self._calls.stream(found, values, timeout_s=timeout_s)
        return await self._calls.call(found, values, timeout_s=timeout_s, idempotency_key=idempotency_key)

    # The session

    def set_token(self, token: str | AsyncTokenProvider) -> None:
        """From now on this token, or what the function answers; a socket that was stopped may be opened again."""
        self._socket.stopped = None
        if callable(token):
            self._tokens.use(from_provider(token))
            self._tokens.set(None)
        else:
            self._tokens.use(None)
            self._tokens.set(Token(token))

    async def login(self, username: str, password: str) -> None:
        """Start a session; it is renewed by its refresh token, and the password is not kept."""
        asked_at = time.monotonic()
        token = await self._ask("login", {"username": username, "password": password})
        self._tokens.use(self._refresh_source())
        self._tokens.set(token, asked_at)
        self._socket.stopped = None

    async def logout(self) -> None:
        """End the session here and, if it has a refresh token, at the server."""
        held = self._tokens.current
        self._tokens.use(None)
        self._tokens.set(None)
        await self._socket.close(AuthenticationLost("logged out"))
        operation = self._contract.of_session("logout")
        if held is not None and held.refresh is not None and operation is not None:
            await self._calls.call(operation, {"refresh_token": held.refresh})

    def _password_source(self, username: str, password: str) -> Source:
        async def source(held: Token | None) -> Token:
            if held is not None and held.refresh is not None:
                try:
                    return await self._ask("refresh", {"refresh_token": held.refresh})
                except ClientError:
                    pass  # the session may have ended: begin another
            return await self._ask("login", {"username": username, "password": password})

        return source

    def _refresh_source(self) -> Source:
        async def source(held: Token | None) -> Token:
            refresh = held.refresh if held is not None else None
            return await self._ask("refresh", {"refresh_token": refresh or ""})

        return source

    async def _ask(self, role: str, values: dict[str, Any]) -> Token:
        operation: Operation[Any] | None = self._contract.of_session(role)
        if operation is None:
            raise ClientError(f"the contract has no operation for {role}: give a token instead")
        answer = await self._calls.call(operation, values)
        return Token(answer.access_token, float(answer.expires_in), answer.refresh_token)

    # Events

    def events(self, what: type[T] | Topic[T]) -> AsyncEventStream[T]:
        """What is published from when the stream is entered on: the events of a class, on the topic that needs no value, or those of
        a topic of the package's `topics`, whichever they are. Needs the socket."""
        return self._stream(what if isinstance(what, Topic) else self._topic_of(what))

    def _topic_of(self, record: type[T]) -> Topic[T]:
        kind = next((one for one in self._contract.events.values() if one.record is record), None)
        if kind is None:
            raise ClientError(f"{record.__name__} is no event of the contract")
        if not kind.topic:
            raise ClientError(f"{record.__name__} is told on topics with parameters: follow one of `topics`")
        return Topic(kind.topic, (kind,), is_dense=kind.is_dense)

    def presence(self, topic: AttendedTopic[Any]) -> AsyncAttendanceStream:
        """Who follows a topic of the package's `topics` whose followers may ask for it, this client included: all of them first, then each
        change; also after a reconnect only what has changed. Needs the socket."""
        if not isinstance(topic, AttendedTopic):
            raise ClientError("nobody is told who follows this topic: the contract has no presence for it")
        if "?" in topic.name:
            raise ClientError(f"who follows a part of a topic is not told: leave the filter of {topic.name} out")
        followers = self._socket.followers
        follow, leave = partial(self._follow, topic, followers.watch), partial(self._leave, topic)
        return AsyncAttendanceStream(topic.name, follow, leave, self._socket)

    def _stream(self, topic: Topic[T]) -> AsyncEventStream[T]:
        followers = self._socket.followers
        follow, leave = partial(self._follow, topic, followers.add), partial(self._leave, topic)
        return AsyncEventStream(self._options.max_queued_events, follow, leave, self._socket)

    async def _follow(self, topic: Any, add: Callable[[Any, Any], bool], stream: Any) -> None:
        await self.connect()
        is_wanted = add(topic, stream)
        try:
            if is_wanted:
                await self._socket.follow([topic.name])
        except BaseException:
            self._socket.followers.remove(topic, stream)
            raise

    async def _leave(self, topic: Topic[Any], stream: Any) -> None:
        if self._socket.followers.remove(topic, stream):
            await self._socket.leave([topic.name])

    def _note(self, text: str) -> None:
        self._calls.note_contract(text)


def _codec(contract: Contract, encoding: Encoding) -> Codec:
    """protobuf is imported where it is wanted: it is an extra, and costs 50 ms."""
    if encoding == "json":
        return JsonCodec()
    try:
        frames = importlib.import_module(".proto_frames", __package__)
    except ModuleNotFoundError as error:
        raise ClientError("encoding 'protobuf' needs the package's extra of that name") from error
    codec: Codec = frames.ProtobufCodec(contract)
    return codec

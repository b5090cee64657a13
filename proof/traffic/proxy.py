"""A reverse proxy in front of one service that tells a recorder what passes: HTTP/1.1 here, sockets in `proof.traffic.tunnel`.

The service is asked as the client asked: the raw target, the headers but those of the connection, the body as it comes. `Host` is the
service's, and an `Origin` that is the proxy's own becomes the service's. A service that is away is 502, which is recorded too.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import httpx2

from proof.documents import PROBLEM
from proof.traffic.bodies import Taken
from proof.traffic.recorder import Asked, Headers, Recorder

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
OF_THE_CONNECTION = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
"""RFC 9110 §7.6.1."""
CONNECT_S, ANSWER_S, IDLE_S = 5.0, 60.0, 2.0
"""An idle connection ends before the service would end it."""
MAX_CONNECTIONS = 1000
AWAY = 502
UNANSWERED = 0
"""No status: nobody was there any more to answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """`service` and `listen` are origins: `http://host:port`."""

    service: str
    listen: str

    def asked(self, scope: Message, method: str, encodings: tuple[str, ...] = ()) -> Asked:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        return Asked(method, path, query, [(name, self._origin(name, value)) for name, value in headers], encodings)

    def _origin(self, name: str, value: str) -> str:
        return self.service if name == "origin" and value == self.listen else value


def handed_on(headers: Headers, *others: str) -> Headers:
    """Without those of the connection, what `Connection` names, and the others."""
    named = {one.strip().lower() for name, value in headers if name.lower() == "connection" for one in value.split(",")}
    dropped = OF_THE_CONNECTION | named | set(others)
    return [(name, value) for name, value in headers if name.lower() not in dropped]


class _Gone(httpx2.ReadError):
    """The client went before its request was whole."""


class HttpProxy:
    def __init__(self, place: Place, recorder: Recorder, max_body: int) -> None:
        self._place = place
        self._recorder = recorder
        self._max_body = max_body
        self._client = httpx2.AsyncClient(
            trust_env=False,
            timeout=httpx2.Timeout(ANSWER_S, connect=CONNECT_S),
            limits=httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=IDLE_S),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def pass_on(self, scope: Message, receive: Receive, send: Send) -> None:
        at_s, asked = self._recorder.now(), self._place.asked(scope, scope["method"])
        sent, came = Taken(self._max_body), Taken(self._max_body)
        has_body = any(name.lower() in ("content-length", "transfer-encoding") for name, _ in asked.headers)
        target = asked.path + (f"?{asked.query}" if asked.query else "")
        request = httpx2.Request(
            asked.method,
            self._place.service,
            headers=handed_on(asked.headers, "host"),
            content=_body(receive, sent) if has_body else None,
            extensions={"target": target.encode("latin-1"), "timeout": self._client.timeout.as_dict()},
        )
        status, headers = AWAY, [("content-type", PROBLEM)]
        try:
            answer = await self._client.send(request, stream=True)
        except _Gone:
            status = UNANSWERED
        except httpx2.HTTPError as error:
            came.add(_away(error))
            await _answer(send, status, headers)
            await send({"type": "http.response.body", "body": came.data})
        else:
            status, headers = answer.status_code, _texts(answer)
            await _answer(send, status, headers)
            try:
                async for chunk in answer.aiter_raw():
                    came.add(chunk)
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            finally:
                await answer.aclose()
        finally:
            self._recorder.exchange(at_s, asked, sent, status, headers, came)


def _texts(answer: httpx2.Response) -> Headers:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw]


def _away(error: Exception) -> bytes:
    problem = {"type": "about:blank", "title": "The service is away.", "status": AWAY, "detail": type(error).__name__}
    return json.dumps(problem).encode()


async def _answer(send: Send, status: int, headers: Headers) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in handed_on(headers)]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _body(receive: Receive, taken: Taken) -> AsyncIterator[bytes]:
    """As the client sends it; who goes before it is whole ends the request."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone("the client went away")
        taken.add(message.get("body", b""))
        more = message.get("more_body", False)
        yield message.get("body", b"")

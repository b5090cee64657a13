"""The HTTP door: one attempt of a call, and what its failure means.

Promises: an attempt ends with the deadline; only what surely was not sent is called so; a body is at most 64 MiB.
"""

from __future__ import annotations

import functools
import json
import ssl
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx2

from .addresses import Addresses
from .call import Call
from .codec import BadFrame, Codec
from .content import form, length_of, whole
from .download_sync import Download
from .errors import ApiError, ClientError, ConnectionLost, InvalidResponse, kind_of_status, make_error
from .foreign import told
from .json_codec import is_many, plain, query_text
from .json_frames import JsonCodec
from .operation import Contract, HttpBinding, Operation
from .records import DelimitedRecords, EventRecords
from .retry import AttemptFailed, Outcome, outcome_of
from .session import Session
from .stream_sync import HttpItems
from .upload_sync import send_parts

T = TypeVar("T")
MAX_BODY = 64 * 2**20
CONNECT_S = 5.0
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


@functools.cache
def _tls() -> ssl.SSLContext:
    """The library's default. It reads some hundred certificates, for 50 ms, and is made once for all clients."""
    return httpx2.create_ssl_context()


class HttpDoor:
    """`on_contract` is told the server's `Stele-Contract` with each answer; `given` is used instead of a client of its own."""

    def __init__(
        self,
        contract: Contract,
        codec: Codec,
        addresses: Addresses,
        on_contract: Callable[[str], None],
        given: httpx2.Client | None = None,
    ) -> None:
        self._contract = contract
        self._codec = codec
        self._json = JsonCodec()
        self._addresses = addresses
        self._on_contract = on_contract
        self._headers = {"user-agent": contract.agent, "x-stele-client": contract.agent}
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=30.0)
        self._client = given or httpx2.Client(limits=limits, verify=_tls())
        self._is_ours = given is None

    def close(self) -> None:
        """A client that was given stays open: it is its giver's."""
        if self._is_ours:
            self._client.close()

    def attempt(self, call: Call[T], token: str | None) -> T:
        """The typed result; raises AttemptFailed."""
        base_url = self._addresses.current
        try:
            return self._attempt(call, token, base_url)
        except AttemptFailed as failure:
            self._addresses.blame(base_url, failure)
            raise

    def _attempt(self, call: Call[T], token: str | None, base_url: str) -> T:
        left_s = call.deadline.left_s
        timeout = httpx2.Timeout(left_s, connect=min(CONNECT_S, left_s))
        asked = self._request(call, token)
        request = self._client.build_request(url=base_url + asked.pop("path"), **asked, timeout=timeout)
        try:
            response = self._client.send(request, stream=True)
            if response.is_success and call.operation.http is not None and call.operation.http.answers_bytes:
                return self._download(call, request, response)
            if response.is_success and call.operation.is_stream:
                return self._items(call, response)
            try:
                body = self._receive(response, call)
            finally:
                response.close()
        except NOT_SENT as error:
            raise AttemptFailed(Outcome.NOT_SENT, _lost(error, call)) from error
        except httpx2.TimeoutException as error:
            raise AttemptFailed(Outcome.LOST, call.deadline.exceeded(call.request_id)) from error
        except httpx2.TransportError as error:
            raise AttemptFailed(Outcome.LOST, _lost(error, call)) from error
        self._on_contract(response.headers.get("stele-contract", ""))
        return self._read(call, response, body)

    def _download(self, call: Call[T], request: httpx2.Request, response: httpx2.Response) -> T:
        def again(etag: str, start: int) -> httpx2.Response:
            headers = {**request.headers, "range": f"bytes={start}-", "if-range": etag}
            timeout = request.extensions["timeout"]
            asked = self._client.build_request("GET", request.url, headers=headers, extensions={"timeout": timeout})
            return self._client.send(asked, stream=True)

        self._on_contract(response.headers.get("stele-contract", ""))
        can_ask = request.method == "GET"
        return cast(T, Download(response, call.operation.name, call.request_id, again if can_ask else None))

    def _items(self, call: Call[T], response: httpx2.Response) -> T:
        self._on_contract(response.headers.get("stele-contract", ""))
        codec = self._codec_of(call.operation)
        records = EventRecords() if isinstance(codec, JsonCodec) else DelimitedRecords(codec.read)
        session = Session(self._contract, codec)
        return cast(T, HttpItems(response, records, call, lambda reply: session.item(call, reply)))

    def _receive(self, response: httpx2.Response, call: Call[Any]) -> bytes:
        """A server that sends a byte now and then does not outlast the deadline."""
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if call.deadline.left_s <= 0 and not _sends_bytes(call):
                raise AttemptFailed(Outcome.LOST, call.deadline.exceeded(call.request_id))
            if len(body) > MAX_BODY:
                raise AttemptFailed(Outcome.INVALID, InvalidResponse("the answer is too large", call.request_id))
        return bytes(body)

    def _request(self, call: Call[Any], token: str | None) -> dict[str, Any]:
        operation, binding, codec = call.operation, call.operation.http, self._codec_of(call.operation)
        if binding is None:
            raise ClientError(f"{operation.name} has no HTTP binding", call.request_id)
        answered = codec.stream_type if operation.is_stream else codec.content_type
        accepted = "*/*" if binding.answers_bytes else answered
        traced = (
            ("x-correlation-id", call.request_id) if call.traceparent is None else ("traceparent", call.traceparent)
        )
        headers = {**self._headers, "accept": accepted, traced[0]: traced[1]}
        if (timeout_ms := call.timeout_ms) is not None:
            headers["request-timeout-ms"] = str(timeout_ms)
        if operation.idempotency == "key":
            headers["idempotency-key"] = call.request_id
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        path, query, carried, rest = address(binding, call.values)
        said = {name: text.encode() for name, text in carried.items()}
        request: dict[str, Any] = {
            "method": binding.verb,
            "path": path,
            "params": query,
            "headers": {**headers, **said},
        }
        if _sends_bytes(call):
            request["headers"] |= self._bytes(binding, call, rest, request)
        elif binding.has_body:
            request["headers"]["content-type"] = codec.content_type
            request["content"] = codec.body(operation, rest if isinstance(codec, JsonCodec) else call.values)
        return request

    def _bytes(
        self, binding: HttpBinding, call: Call[Any], rest: dict[str, Any], request: dict[str, Any]
    ) -> dict[str, str]:
        """The headers of a body that is bytes or a form; the body is read while it is sent."""
        files = {one.field for one in binding.files}
        texts = {name: form_texts(value) for name, value in rest.items() if name not in files}
        media, parts = form(binding, call.values, texts) if binding.is_form else whole(binding, call.values)
        length = length_of(parts)
        request["content"] = send_parts(parts)
        told = {"content-type": media}
        return told if length is None else told | {"content-length": str(length)}

    def _codec_of(self, operation: Operation[Any]) -> Codec:
        """JSON, where protobuf has no message for the operation."""
        return self._codec if operation.request_message else self._json

    def _read(self, call: Call[T], response: httpx2.Response, body: bytes) -> T:
        if response.status_code >= 400:
            error = self._refusal(call, response, body)
            raise AttemptFailed(outcome_of(error), error)
        try:
            if not 200 <= response.status_code < 300:
                raise BadFrame("a redirect is not followed")
            return call.read(self._codec_of(call.operation).answer(call.operation, body))
        except InvalidResponse as error:
            raise AttemptFailed(Outcome.INVALID, error) from None
        except BadFrame as error:
            message = f"{call.operation.name} answered what cannot be read ({error}): {told(response, body)}"
            raise AttemptFailed(Outcome.INVALID, InvalidResponse(message, call.request_id)) from None

    def _refusal(self, call: Call[Any], response: httpx2.Response, body: bytes) -> ApiError:
        """A refusal without a code is none of the contract's (a proxy's page): known by its status, and shown as it came."""
        try:
            problem = json.loads(body)
        except (ValueError, RecursionError):
            problem = None
        if not isinstance(problem, dict):
            problem = {}
        if not problem.get("code"):
            problem = {"detail": told(response, body)} | problem
        kind = kind_of_status(response.status_code)
        known = {"status": response.status_code, "title": response.reason_phrase} | problem
        return make_error(self._contract.errors, known, kind, call.request_id, retry_after_s(response))


def address(
    binding: HttpBinding, values: dict[str, Any]
) -> tuple[str, list[tuple[str, str]], dict[str, str], dict[str, Any]]:
    """The path, the query, the headers that carry fields, and the values that are left for the body."""
    rest, path = dict(values), binding.path
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    for one in binding.parameters:
        if one.field not in rest:
            continue
        value = rest.pop(one.field)
        texts = [query_text(item) for item in (value if is_many(value) else [value])]
        if one.location == "path":
            path = path.replace(f"{{{one.carrier}}}", quote(texts[0], safe=""))
        elif one.location == "query":
            query += [(one.carrier, text) for text in texts]
        elif texts:
            headers[one.carrier] = f'"{texts[0]}"' if one.is_etag else ", ".join(texts)
    return path, query, headers, rest


def form_texts(value: object) -> list[str]:
    """A field of a form that is no bytes: a text for each item of a list, JSON for a record or a map."""
    found = plain(value)
    if isinstance(found, list):
        return [form_texts(one)[0] for one in found]
    return [json.dumps(found, ensure_ascii=False) if isinstance(found, dict) else query_text(found)]


def _sends_bytes(call: Call[Any]) -> bool:
    """Then it takes the time that the sending takes; between two chunks the call's own timeout may pass."""
    binding = call.operation.http
    return binding is not None and (binding.is_form or bool(binding.files))


def retry_after_s(response: httpx2.Response) -> float | None:
    """Seconds only; the other form, a date, would need the server's clock."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() else None


def _lost(error: Exception, call: Call[Any]) -> ConnectionLost:
    return ConnectionLost(f"{call.operation.name}: {type(error).__name__} {error}".strip(), call.request_id)

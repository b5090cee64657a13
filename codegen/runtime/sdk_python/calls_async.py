"""From a call to its result: which door, which token, and what is done when an attempt fails.

Promises: one request id and one deadline for all attempts, one attempt at a time, and every failure typed.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from .call import Call, make_call
from .errors import ApiError, ClientClosed, ClientError, ConnectionLost
from .io_async import sleep
from .operation import Contract, Operation
from .options import AttemptInfo, Door, Options
from .retry import (
    IN_PROGRESS_S,
    AttemptFailed,
    Outcome,
    RetryBudget,
    Verdict,
    backoff_s,
    is_echo,
    may_repeat,
    unknown,
)
from .stream_async import AsyncSource, AsyncStream
from .tokens_async import AsyncTokens

T = TypeVar("T")
LEEWAY_S = 5.0
"""How much later than the server this client gives a stream up."""
MOVE_S = 0.05
"""The most that a call waits before it goes from a lost socket to HTTP."""


class AsyncRoute(Protocol):
    async def attempt(self, call: Call[T], token: str | None, /) -> T: ...


class AsyncLiveRoute(AsyncRoute, Protocol):
    """The socket, as calls see it."""

    token: str | None
    stopped: ClientError | None

    @property
    def is_open(self) -> bool: ...
    def start(self) -> None: ...
    async def opened(self, within_s: float) -> bool: ...
    async def present(self, token: str | None) -> None: ...


class AsyncCalls:
    def __init__(
        self, contract: Contract, options: Options, tokens: AsyncTokens, http: AsyncRoute, socket: AsyncLiveRoute
    ) -> None:
        self._contract = contract
        self._options = options
        self._tokens = tokens
        self._http = http
        self._socket = socket
        self._budget = RetryBudget()
        self.is_closed = False
        self._is_warned = False

    async def call(
        self,
        operation: Operation[T],
        values: Mapping[str, Any],
        *,
        timeout_s: float | None = None,
        idempotency_key: str | UUID | None = None,
    ) -> T:
        """The typed result. Raises ApiError for a refusal, else another ClientError."""
        time_s = self._options.timeout_s if timeout_s is None else timeout_s
        trace = self._options.traceparent
        call = make_call(operation, values, time_s, idempotency_key, None if trace is None else trace())
        number, refreshed, unsure, left_socket = 0, False, False, False
        while True:
            number += 1
            info = AttemptInfo(operation.name, call.request_id, await self._choose(call, left_socket), number)
            token: str | None = None
            try:
                token = await self._token(info.door, operation)
                return await self._attempt(call, info, token)
            except AttemptFailed as failure:
                can_refresh = self._tokens.can_renew and not refreshed and not operation.is_public
                verdict = may_repeat(operation, failure.outcome, can_refresh=can_refresh)
                pause_s = self._judge(call, failure, verdict, number, is_unsure=unsure)
                unsure = unsure or failure.outcome in (Outcome.LOST, Outcome.OUTCOME_UNKNOWN)
                left_socket = left_socket or (info.door == "ws" and isinstance(failure.error, ConnectionLost))
                if verdict is Verdict.REFRESH_THEN_REPEAT:
                    refreshed = True
                    await self._refresh(info.door, token)
                if self._options.hooks.on_retry is not None:
                    self._options.hooks.on_retry(info, failure.error, pause_s)
                await sleep(pause_s)

    def stream(
        self, operation: Operation[T], values: Mapping[str, Any], *, timeout_s: float | None = None
    ) -> AsyncStream[T]:
        """To be walked. `timeout_s` is of the whole stream; None leaves it to the server's deadline."""
        time_s = operation.timeout_s + LEEWAY_S if timeout_s is None else timeout_s

        async def begin() -> AsyncSource:
            source: Any = await self.call(operation, values, timeout_s=time_s)
            return cast("AsyncSource", source)

        return AsyncStream(begin)

    async def _attempt(self, call: Call[T], info: AttemptInfo, token: str | None) -> T:
        hooks = self._options.hooks
        if hooks.on_request is not None:
            hooks.on_request(info)
        began = time.monotonic()
        try:
            result = await (self._socket if info.door == "ws" else self._http).attempt(call, token)
        finally:
            if hooks.on_response is not None:
                hooks.on_response(info, time.monotonic() - began)
        self._budget.refund()
        return result

    async def _choose(self, call: Call[Any], left_socket: bool) -> Door:
        """The open socket, unless the call was lost on it; else HTTP. An operation of one door goes there.

        Raises why a pinned socket is not open.
        """
        if self.is_closed:
            raise ClientClosed("the client is closed", call.request_id)
        operation, transport = call.operation, self._options.transport
        if operation.pkg_id is None or (transport == "http" and operation.http is not None):
            return "http"
        is_left = left_socket and transport == "auto" and operation.http is not None
        if self._socket.is_open and not is_left:
            return "ws"
        if transport == "auto" and operation.http is not None:
            if not operation.is_public and self._socket.stopped is None:
                self._socket.start()
            return "http"
        if not await self._socket.opened(call.deadline.left_s):
            raise self._socket.stopped or call.deadline.exceeded(call.request_id)
        return "ws"

    async def _token(self, door: Door, operation: Operation[Any]) -> str | None:
        if operation.is_public:
            return None
        return self._socket.token if door == "ws" else await self._tokens.get()

    async def _refresh(self, door: Door, used: str | None) -> None:
        await self._tokens.renew(used)
        if door == "ws":
            await self._socket.present(await self._tokens.get())

    def _judge(
        self, call: Call[Any], failure: AttemptFailed, verdict: Verdict, number: int, *, is_unsure: bool
    ) -> float:
        """The pause before the next attempt, in seconds; raises what the caller gets if there is none."""
        error = failure.error
        if verdict is Verdict.RAISE_UNKNOWN:
            raise unknown(error) from error
        if verdict is Verdict.RAISE:
            if is_unsure and isinstance(error, ApiError) and is_echo(call.operation, error):
                raise unknown(error) from error
            raise error from error.__cause__
        pause_s = self._pause_s(failure, verdict, number)
        is_free = failure.outcome is Outcome.NOT_SENT  # it has cost the server nothing
        is_over = number > self._options.max_retries or pause_s >= call.deadline.left_s
        is_over = is_over or not (call.is_repeatable or is_free)
        if is_over or not (is_free or self._budget.take()):
            raise error from error.__cause__
        return pause_s

    def _pause_s(self, failure: AttemptFailed, verdict: Verdict, number: int) -> float:
        if verdict is Verdict.REFRESH_THEN_REPEAT:
            return 0.0
        told = failure.error.retry_after_s if isinstance(failure.error, ApiError) else None
        if failure.outcome is Outcome.IN_PROGRESS:
            return max(told or 0.0, IN_PROGRESS_S)
        is_moving = isinstance(failure.error, ConnectionLost) and not self._socket.is_open and number == 1
        return min(MOVE_S, backoff_s(number)) if is_moving else backoff_s(number, told)

    def note_contract(self, text: str) -> None:
        """Warns once if the server's contract is of another major version."""
        theirs, ours = text.partition(";")[0].partition(".")[0], self._contract.version.partition(".")[0]
        if theirs and theirs != ours and not self._is_warned:
            self._is_warned = True
            warnings.warn(
                f"{self._contract.agent} is made for version {ours} of the contract; the server has {text}",
                stacklevel=2,
            )

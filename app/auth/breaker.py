"""A circuit breaker for awaited calls: pybreaker's state machine behind an asyncio adapter (ACCEPTANCE D18).

Counts exceptions and timeouts; a business answer (ApiError under 500) is a success, a cancelled call nothing.
While half-open exactly one call goes through; one begun before a change of state has no say in the new one.
It limits the time of that one call only: the others have limits of their own, or none.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, ParamSpec, TypeVar

import pybreaker
import structlog

from generated.errors import ApiError, Unavailable

Transition = Callable[[str, str, str], None]
P = ParamSpec("P")
T = TypeVar("T")
log = structlog.stdlib.get_logger(__name__)


class _CallFailed(Exception):
    """Stands for the failure when pybreaker is told of it, so that the caller's exception stays untouched."""


class _Listener(pybreaker.CircuitBreakerListener):
    def __init__(self, notice: Callable[[str, str], None]) -> None:
        self._notice = notice

    def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:
        self._notice(old_state.name, new_state.name)


class Breaker:
    """One dependency's breaker; `on_transition(name, old, new)` hears of `closed`, `open` and `half-open`. It opens
    after `fail_max` failures in a row, and for `reset_timeout_s`; then one call at a time goes through, each for at
    most `probe_s`, and `success_threshold` good ones in a row close it. Per worker: nodes do not tell each other. One
    event loop."""

    def __init__(
        self,
        name: str,
        *,
        on_transition: Transition,
        fail_max: int = 5,
        reset_timeout_s: float = 10.0,
        success_threshold: int = 1,
        probe_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._on_transition = on_transition
        self._reset_timeout_s = reset_timeout_s
        self._probe_s = probe_s
        self._clock = clock
        self._opened_at = -math.inf
        self._epoch = 0
        self._is_probing = False
        self._circuit = pybreaker.CircuitBreaker(
            fail_max=fail_max,
            success_threshold=success_threshold,
            listeners=[_Listener(self._notice)],
            name=name,
            throw_new_error_on_trip=False,
        )

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open`. It stays `open` after its time until the next call, which is the probe."""
        return str(self._circuit.current_state)

    async def call(self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `calling`, around one function."""
        async with self.calling():
            return await function(*args, **kwargs)

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[None]:
        """Raises Unavailable at once while open, or while another call is the probe; and in a probe that hangs. What
        the body raises goes on as it is."""
        self._admit()
        epoch, is_probe = self._epoch, self._is_probing
        limit = asyncio.timeout(self._probe_s if is_probe else None)
        try:
            async with limit:
                yield
        except Exception as error:
            self._settle(epoch, is_failure(error))
            if limit.expired():
                raise Unavailable(retry_after_s=math.ceil(self._reset_timeout_s)) from error
            raise
        else:
            self._settle(epoch, False)
        finally:
            if is_probe and epoch == self._epoch:
                self._is_probing = False

    def _admit(self) -> None:
        if self.state == pybreaker.STATE_OPEN:
            left_s = self._opened_at + self._reset_timeout_s - self._clock()
            if left_s > 0:
                raise Unavailable(retry_after_s=max(1, math.ceil(left_s)))
            self._circuit.half_open()
        if self.state == pybreaker.STATE_HALF_OPEN:
            if self._is_probing:
                raise Unavailable(retry_after_s=1)
            self._is_probing = True

    def _settle(self, epoch: int, failed: bool) -> None:
        """Tell pybreaker how a call of this epoch ended; the state may change here."""
        if epoch != self._epoch:
            return
        with suppress(_CallFailed):
            self._circuit.call(_fail if failed else _succeed)

    def _notice(self, old: str, new: str) -> None:
        self._epoch += 1
        self._is_probing = False
        if new == pybreaker.STATE_OPEN:
            self._opened_at = self._clock()
        log.warning("breaker.transition", breaker=self.name, old=old, new=new)
        self._on_transition(self.name, old, new)


def is_failure(error: Exception) -> bool:
    """Whether the dependency failed, rather than answered no: anything but an ApiError under 500."""
    return not isinstance(error, ApiError) or error.status >= 500


def _fail() -> None:
    raise _CallFailed


def _succeed() -> None:
    return None

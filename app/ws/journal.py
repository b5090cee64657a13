"""What is told of one socket to who keeps the audit log: that it opened, went on with another token and closed, and what was refused on it.

Promises: the end of a socket is told once, as a refusal where it was one; a token that is shown again is no news.
"""

from __future__ import annotations

from collections.abc import Callable

from app.auth.principal import Principal
from app.ws.refusals import Attempt, OnPassage, OnRefusal


class Journal:
    """`clock` is a monotonic one; `trace_id` is the handshake's, so that what is told of one socket is found together."""

    __slots__ = (
        "_agent", "_clock", "_ip", "_is_ended", "_on_passage", "_on_refusal", "_opened_at", "_principal", "_trace_id",
    )  # fmt: skip

    def __init__(
        self,
        on_refusal: OnRefusal,
        on_passage: OnPassage,
        ip: str,
        user_agent: str,
        trace_id: str,
        clock: Callable[[], float],
    ) -> None:
        self._on_refusal = on_refusal
        self._on_passage = on_passage
        self._ip = ip
        self._agent = user_agent
        self._trace_id = trace_id
        self._clock = clock
        self._principal: Principal | None = None
        self._opened_at = 0.0
        self._is_ended = False

    def refused(self, attempt: Attempt, code: str, reason: str, principal: Principal | None, trace_id: str) -> None:
        self._is_ended |= attempt is Attempt.CLOSE
        self._on_refusal(attempt, code, reason, self._ip, self._agent, principal, trace_id)

    def accepted(self, principal: Principal) -> None:
        """The first token opens the socket, another one renews it."""
        if self._is_ended or principal == self._principal:
            return
        attempt = Attempt.CONNECT if self._principal is None else Attempt.REFRESH
        if self._principal is None:
            self._opened_at = self._clock()
        self._principal = principal
        self._on_passage(attempt, principal, self._ip, self._agent, self._trace_id, None, 0.0)

    def closed(self, code: int) -> None:
        """Of a socket that had opened; `code` is the one of its close (RFC 6455 §7.4)."""
        if self._principal is not None and not self._is_ended:
            lasted_s = self._clock() - self._opened_at
            self._on_passage(Attempt.CLOSE, self._principal, self._ip, self._agent, self._trace_id, str(code), lasted_s)
        self._is_ended = True

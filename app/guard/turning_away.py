"""The 503 of a node that is full: there are many of them, and little time. The bytes of the answer are made once a second, and a request
that was turned away is known when it comes again.

Promises: the answer is that which `problems.answer` makes, byte for byte. Of a request is kept what `Known` has, and no credential.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from app.admission.gate import Gate
from app.guard.problems import Field, answer
from app.telemetry.correlation import new_trace_id
from generated.errors import Unavailable

STAND_IN = "0" * 32
"""As long as a trace that is made here; what a caller says himself may be shorter or longer."""

FULL_RETRY_S = 2
"""What is told where nobody has said another time."""
MAX_UNREAD_BODY = 16_384
"""What stands behind such a head is passed over, if it is no more: to end the connection would cost both more (RFC 9112 §9.3)."""
MAX_KNOWN = 4096
"""Beyond it all are forgotten, and known again when they come."""


class Known(NamedTuple):
    """What the same bytes from the same peer ask for each time."""

    path: bytes
    method: bytes
    address: str
    trace: str | None
    """The one that the caller says; None for one that is to be made."""
    body_bytes: int = 0
    """Of what stands behind the head, and is read by nobody."""


class TurningAway:
    """One per worker."""

    def __init__(self) -> None:
        self._known: dict[int, Known] = {}
        """By what they hash to, which is by chance of this process: the heads have credentials in them."""
        self._server_fields: Iterable[Field] = ()
        self._made: dict[tuple[int, bool, bool], list[bytes]] = {}

    def again(self, gate: Gate | None, peer: str, head: bytes) -> tuple[Known, int] | None:
        """What a head asks for that was judged and turned away before, and after how many seconds to ask again, where there is still no room; None
        for another."""
        known = self._known.get(hash((peer, head)))
        retry_after_s = gate.refuses(known.path, known.method, known.address) if known and gate else None
        return (known, retry_after_s) if known and retry_after_s is not None else None

    def remember(self, peer: str, head: bytes, known: Known) -> None:
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[hash((peer, head))] = known

    def answer(self, known: Known, retry_after_s: int, *, server_fields: Iterable[Field], is_last: bool) -> bytes:
        """`server_fields` are the server's own, another object as soon as they change."""
        trace, is_head = known.trace or new_trace_id(), known.method == b"HEAD"
        if len(trace) != len(STAND_IN):
            return _answer(retry_after_s, trace, server_fields, is_last, is_head)
        if server_fields is not self._server_fields:
            self._server_fields = server_fields
            self._made.clear()
        key = retry_after_s, is_last, is_head
        pieces = self._made.get(key)
        if pieces is None:
            made = _answer(retry_after_s, STAND_IN, server_fields, is_last, is_head)
            pieces = self._made[key] = made.split(STAND_IN.encode())
        return trace.encode().join(pieces)


def _answer(retry_after_s: int, trace: str, server_fields: Iterable[Field], is_last: bool, is_head: bool) -> bytes:
    error = Unavailable(retry_after_s=retry_after_s)
    return answer(error, trace, server_fields=server_fields, is_last=is_last, is_head=is_head)

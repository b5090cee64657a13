"""The 503 of a node that is full, whose bytes are made once a second: there are many of them, and little time.

Promises: it is the answer that `problems.answer` makes, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.guard.problems import Field, answer
from generated.errors import Unavailable

STAND_IN = "0" * 32
"""As long as a trace that is made here; what a caller says himself may be shorter or longer."""


class TurningAway:
    """One per worker."""

    def __init__(self) -> None:
        self._server_fields: Iterable[Field] = ()
        self._made: dict[tuple[int, bool, bool], list[bytes]] = {}

    def answer(
        self, retry_after_s: int, trace: str, *, server_fields: Iterable[Field], is_last: bool, is_head: bool
    ) -> bytes:
        """`server_fields` are the server's own, another object as soon as they change."""
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

"""The 503 of a node that is full, as quickly as it can be given: its bytes are made once a second, and a plain GET gets it unparsed.

Promises: the answer is the one that `problems.answer` makes, byte for byte; what is not plain is read as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.guard.problems import Field, answer
from generated.errors import Unavailable

STAND_IN = "0" * 32
"""As long as a trace that is made here; what a caller says himself may be shorter or longer."""
SPECIAL = re.compile(
    rb"\r\n(?:connection|content-length|expect|forwarded|trace(?:parent|state)|transfer-encoding|upgrade|x-correlation-id|x-forwarded-for)[ \t]*:",
    re.IGNORECASE,
)
"""Fields by which a request may have a body, be the last one, be of somebody else, or have a trace already."""
METHOD, VERSION = b"GET ", b" HTTP/1.1"


def plain_target(head: bytes) -> bytes | None:
    """What a GET of HTTP/1.1 asks for, if nothing in its head says more than that; None where it has to be read."""
    end = head.find(b"\r\n")
    if not head.startswith(METHOD) or head[end - len(VERSION) : end] != VERSION or SPECIAL.search(head, end):
        return None
    return head[len(METHOD) : end - len(VERSION)]


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

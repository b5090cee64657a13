"""Counts what is refused before its operation begins: by whom, and why. Adding is one addition; the metrics read it when asked."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class Refused(Enum):
    """The closed set of who refuses, and why (D29)."""

    PLACES_FULL = ("places", "full")
    """A connection: every place of the worker is taken."""
    PLACES_ADDRESS = ("places", "address")
    """A connection: few places are left, and its address has its part of them."""
    PLACES_RATE = ("places", "rate")
    """A connection: others wait, and its address connects too often."""
    GUARD_HEAD = ("guard", "head")
    """A head that is too large, or no HTTP."""
    GUARD_BODY = ("guard", "body")
    """A body that is too large, or wrongly framed."""
    GUARD_TIME = ("guard", "time")
    """A head or body that did not come in time."""
    GUARD_HANDSHAKE = ("guard", "handshake")
    """No handshake of a socket, or one that was not answered in time."""
    GATE_FULL = ("gate", "full")
    """More has arrived than may be in progress."""
    GATE_ADDRESS = ("gate", "address")
    """Much has arrived, and its address has its part of that."""
    GATE_BACKLOG = ("gate", "backlog")
    """Work waits longer than it may."""
    SHARE_QUEUE = ("share", "queue")
    """As many wait for a place as may."""
    SHARE_CALLER = ("share", "caller")
    """As many of one caller's wait as may."""
    SHARE_WAIT = ("share", "wait")
    """No place came free in time."""

    TRANSFERS_FULL = ("transfers", "full")
    """As many bodies and answers of bytes are on their way as may."""
    TRANSFERS_CALLER = ("transfers", "caller")
    """As many of one caller's are on their way as may."""

    __hash__ = object.__hash__  # An enum's own asks its name for it, in Python, twice for each count.


class Tally:
    """One per worker; counts since its start, and is never set back."""

    def __init__(self) -> None:
        self._counts: Final = dict.fromkeys(Refused, 0)

    def add(self, refused: Refused) -> None:
        self._counts[refused] += 1

    def counts(self) -> Mapping[Refused, int]:
        """Of every member, also of what never happened. To be read, not to be kept: it goes on counting."""
        return self._counts

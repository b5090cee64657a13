"""The port of events between nodes: what is published on one node is delivered on every node, the sender's included.

Promises: per topic in one order, numbered without gaps within an epoch. A delivery may be repeated after a node restarts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as a node receives it. Offsets count from 1; another epoch means that the count began again."""

    topic: str
    offset: int
    epoch: str
    pkg_id: int
    event: Any


class NotPublished(Exception):
    """The event is not known to have reached the stream; its transaction is committed all the same."""


class Broker(Protocol):
    async def publish(self, topic: str, pkg_id: int, event: Any) -> None:
        """Returns once the event has its offset; raises NotPublished."""

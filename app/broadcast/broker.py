"""The port of events between nodes: what one publishes, all deliver, in one order and without gaps within an epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """Offsets count from 1; another epoch means that the count began again."""

    topic: str
    offset: int
    epoch: str
    pkg_id: int
    event: Any


class NotPublished(Exception):
    """It is not known whether the event reached the stream; its transaction is committed all the same."""


class Broker(Protocol):
    async def publish(self, topic: str, pkg_id: int, event: Any) -> None:
        """Returns once the event has its offset; raises NotPublished."""

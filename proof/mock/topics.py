"""Events on their way to sockets: who follows which topic, and the last events of each for who was away."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Protocol

from codegen.ir.operations import Contract, Event
from proof.callers import Roles
from proof.documents import Json

HISTORY = 1_000
"""Events of a topic that are remembered."""
PARAMETER = re.compile(r"\{([a-z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it stands in its topic."""

    event: Event
    topic: str
    offset: int
    epoch: str
    data: Json


class Follower(Protocol):
    """A socket. It is known by its identity."""

    def hear(self, told: Told) -> None:
        """Must neither wait nor raise."""


class Topics:
    """Of one contract. A follower that ends leaves all."""

    def __init__(self, contract: Contract, epoch: str) -> None:
        self._known = [(_pattern(one.topic), one) for one in contract.events if one.topic]
        self._epoch = epoch
        self._last: defaultdict[str, deque[Told]] = defaultdict(lambda: deque(maxlen=HISTORY))
        self._followers: defaultdict[str, dict[Follower, None]] = defaultdict(dict)

    def event_of(self, topic: str) -> Event | None:
        """One that is told there: all of a topic have the same roles."""
        return next((one for pattern, one in self._known if pattern.fullmatch(topic)), None)

    def end(self, topic: str) -> Json:
        """After which event the next one comes; offsets count from 1."""
        last = self._last[topic]
        return {"topic": topic, "epoch": self._epoch, "offset": last[-1].offset if last else 0}

    def after(self, topic: str, position: Json) -> list[Told] | None:
        """What came after it; None where that is not remembered, or the position was never one of the topic."""
        last, offset = self._last[topic], position["offset"]
        count = (last[-1].offset if last else 0) - offset
        if position["epoch"] != self._epoch or not 0 <= count <= len(last):
            return None
        return [told for told in last if told.offset > offset]

    def follow(self, topic: str, follower: Follower) -> None:
        """Twice is once."""
        self._followers[topic][follower] = None

    def leave(self, topic: str, follower: Follower) -> None:
        followers = self._followers.get(topic, {})
        followers.pop(follower, None)
        if not followers:
            self._followers.pop(topic, None)

    def leave_all(self, follower: Follower) -> None:
        for topic in [name for name, one in self._followers.items() if follower in one]:
            self.leave(topic, follower)

    def tell(self, event: Event, data: Json) -> tuple[Told, int]:
        """What was told, and how many heard it."""
        topic = PARAMETER.sub(lambda one: str(data.get(one[1], "")), event.topic)
        told = Told(event, topic, self.end(topic)["offset"] + 1, self._epoch, data)
        self._last[topic].append(told)
        followers = list(self._followers.get(topic, ()))
        for one in followers:
            one.hear(told)
        return told, len(followers)


def _pattern(topic: str) -> re.Pattern[str]:
    parts = [re.escape(one) for one in PARAMETER.split(topic)[::2]]
    return re.compile("[^/]+".join(parts))


def admits(event: Event, roles: Roles) -> bool:
    return event.roles is None or any(group <= roles for group in event.roles)

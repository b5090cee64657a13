"""Events on their way to sockets: who follows which topic, and the last events of each for who was away."""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass
from typing import Protocol

from codegen.ir.operations import Contract, Event
from proof.callers import Roles
from proof.documents import Json

HISTORY = 1_000
"""Events of a topic that are remembered."""
MAX_TOPICS = 10_000
"""A parameter of a topic is what a caller says."""
PARAMETER = re.compile(r"\{([a-z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it stands in its topic."""

    event: Event
    topic: str
    offset: int
    epoch: str
    data: Json


class _Log:
    """What is known of one topic."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.offset = 0
        self.last: deque[Told] = deque(maxlen=HISTORY)


class Follower(Protocol):
    """A socket. It is known by its identity."""

    def hear(self, told: Told) -> None:
        """Must neither wait nor raise."""


class Topics:
    """Of one contract. A follower that ends leaves all. The offsets of MAX_TOPICS topics are known; of more, the one that was told
    longest ago is forgotten, and begins anew in another epoch, as a service does that has lost its history."""

    def __init__(self, contract: Contract, epoch: str) -> None:
        self._known = [(_pattern(one.topic), one) for one in contract.events if one.topic]
        self._epoch = epoch
        self._logs: OrderedDict[str, _Log] = OrderedDict()
        self._forgotten = 0
        self._followers: defaultdict[str, dict[Follower, None]] = defaultdict(dict)

    def event_of(self, topic: str) -> Event | None:
        """One that is told there: all of a topic have the same roles."""
        return next((one for pattern, one in self._known if pattern.fullmatch(topic)), None)

    def end(self, topic: str) -> Json:
        """After which event the next one comes; offsets count from 1."""
        log = self._logs.get(topic) or _Log(self._begins)
        return {"topic": topic, "epoch": log.epoch, "offset": log.offset}

    def after(self, topic: str, position: Json) -> list[Told] | None:
        """What came after it; None where that is not remembered, or the position was never one of the topic."""
        log, offset = self._logs.get(topic) or _Log(self._begins), position["offset"]
        if position["epoch"] != log.epoch or not 0 <= log.offset - offset <= len(log.last):
            return None
        return [told for told in log.last if told.offset > offset]

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
        log = self._log(topic)
        log.offset += 1
        told = Told(event, topic, log.offset, log.epoch, data)
        log.last.append(told)
        followers = list(self._followers.get(topic, ()))
        for one in followers:
            one.hear(told)
        return told, len(followers)

    def _log(self, topic: str) -> _Log:
        log = self._logs.pop(topic, None) or _Log(self._begins)
        self._logs[topic] = log
        if len(self._logs) > MAX_TOPICS:
            self._logs.popitem(last=False)
            self._forgotten += 1
        return log

    @property
    def _begins(self) -> str:
        return f"{self._epoch}.{self._forgotten}" if self._forgotten else self._epoch


def _pattern(topic: str) -> re.Pattern[str]:
    parts = [re.escape(one) for one in PARAMETER.split(topic)[::2]]
    return re.compile("[^/]+".join(parts))


def admits(event: Event, roles: Roles) -> bool:
    return event.roles is None or any(group <= roles for group in event.roles)

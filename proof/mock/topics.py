"""Events on their way to sockets: who follows which topic, and the last events of each for who was away."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import quote

from codegen.ir.operations import Contract, Event
from codegen.ir.topics import PARAMETER, has_presence, parameter_type
from codegen.ir.types import Enum, Int, Named, Text, Type
from proof.callers import Roles
from proof.documents import Json
from proof.mock.filters import Filters, value_at

HISTORY = 1_000
"""Events of a topic that are remembered, under whatever names they went out."""
MAX_TOLD = 1_000
"""Users that one frame names."""
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ENCODED = r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*"


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it stands in its topic; `topic` is the name that clients follow."""

    event: Event
    topic: str
    offset: int
    epoch: str
    data: Json


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is `present` under a name, or has `joined` or `left`; `count` is of all who are present now."""

    change: str
    topic: str
    users: tuple[str, ...]
    count: int


class _Log:
    """What is known of one topic of the contract. Its offsets are of all names."""

    def __init__(self, contract: Contract, topic: str, epoch: str) -> None:
        self.event = next(one for one in contract.events if topic in one.topics)
        self.topic = topic
        self.pattern = _pattern(contract, topic)
        self.filters = Filters(contract, topic)
        self.epoch = epoch
        self.offset = 0
        self.last: deque[Told] = deque(maxlen=HISTORY)


class Follower(Protocol):
    """A socket. It is known by its identity, and its user does not change while it follows. Neither method may wait or raise."""

    @property
    def user(self) -> str: ...
    def hear(self, told: Told) -> None: ...
    def attend(self, told: Attendance) -> None: ...


class Topics:
    """Of one contract. A follower that ends leaves all. There is no handler to ask who may follow: the roles decide."""

    def __init__(self, contract: Contract, epoch: str) -> None:
        self._contract = contract
        names = dict.fromkeys(topic for one in contract.events for topic in one.topics)
        self._logs = {topic: _Log(contract, topic, epoch) for topic in names}
        self._followers: defaultdict[str, dict[Follower, None]] = defaultdict(dict)
        self._watchers: defaultdict[str, dict[Follower, None]] = defaultdict(dict)

    def event_of(self, name: str) -> Event | None:
        """One that is told there: all of a topic have the same roles."""
        log = self._log(name)
        return log.event if log else None

    def fault(self, name: str) -> str:
        """Why it cannot be followed, or nothing."""
        log, (_, mark, query) = self._log(name), name.partition("?")
        try:
            if log and mark:
                log.filters.read(query)
        except ValueError as error:
            return str(error)
        return "" if log else "There is no such topic."

    def _log(self, name: str) -> _Log | None:
        plain = name.partition("?")[0]
        return next((one for one in self._logs.values() if one.pattern.fullmatch(plain)), None)

    def end(self, name: str) -> Json:
        """After which event the next one comes; offsets count from 1. KeyError for no topic."""
        log = self._log(name)
        if log is None:
            raise KeyError(name)
        return {"topic": name, "epoch": log.epoch, "offset": log.offset}

    def after(self, name: str, position: Json) -> list[Told] | None:
        """What came after it under this name; None where that is not remembered, or the position was never one of the topic."""
        log, offset = self._log(name), position["offset"]
        if log is None or position["epoch"] != log.epoch or not 0 <= log.offset - offset <= len(log.last):
            return None
        return [replace(told, topic=name) for told in log.last if told.offset > offset and _hears(log, name, told)]

    def tells_presence(self, name: str) -> bool:
        """Whether who follows the name may be asked for: not of a part of it."""
        log = self._log(name)
        return log is not None and "?" not in name and has_presence(self._contract, log.topic)

    def follow(self, name: str, follower: Follower) -> None:
        """Twice is once."""
        before = self._present(name)
        self._followers[name][follower] = None
        self._tell_change("joined", name, self._present(name), before)

    def watch(self, name: str, follower: Follower) -> None:
        """The follower hears who follows the name, and from then on each change."""
        present = tuple(self._present(name))
        self._watchers[name][follower] = None
        follower.attend(Attendance("present", name, present[:MAX_TOLD], len(present)))

    def leave(self, name: str, follower: Follower) -> None:
        before = self._present(name)
        for kept in (self._followers, self._watchers):
            followers = kept.get(name, {})
            followers.pop(follower, None)
            if not followers:
                kept.pop(name, None)
        self._tell_change("left", name, before, self._present(name))

    def _present(self, name: str) -> dict[str, None]:
        """The users who follow it, or a part of it, in the order in which they came."""
        plain = name.partition("?")[0]
        found = [one for other, one in self._followers.items() if other.partition("?")[0] == plain]
        return {follower.user: None for followers in found for follower in followers}

    def _tell_change(self, change: str, name: str, more: dict[str, None], less: dict[str, None]) -> None:
        users, plain = tuple(user for user in more if user not in less), name.partition("?")[0]
        count = len(more if change == "joined" else less)
        for watcher in list(self._watchers.get(plain, ())) if users else ():
            watcher.attend(Attendance(change, plain, users, count))

    def leave_all(self, follower: Follower) -> None:
        for name in [name for name, one in self._followers.items() if follower in one]:
            self.leave(name, follower)

    def tell(self, event: Event, data: Json) -> tuple[list[Told], int]:
        """What was told, on each topic of the event, and how often it was heard."""
        told = [self._add(self._logs[topic], event, data) for topic in event.topics]
        heard = [
            (replace(one, topic=name), follower)
            for topic, one in zip(event.topics, told, strict=True)
            for name, followers in self._followers.items()
            if _hears(self._logs[topic], name, one)
            for follower in followers
        ]
        for one, follower in heard:
            follower.hear(one)
        return told, len(heard)

    def _add(self, log: _Log, event: Event, data: Json) -> Told:
        log.offset += 1
        name = PARAMETER.sub(lambda one: quote(value_at(self._contract, event, data, one[1]), safe=""), log.topic)
        told = Told(event, name, log.offset, log.epoch, data)
        log.last.append(told)
        return told


def _hears(log: _Log, name: str, told: Told) -> bool:
    """Whether who follows the name, which has no fault, hears it."""
    plain, mark, query = name.partition("?")
    return plain == told.topic and (not mark or log.filters.admits(log.filters.read(query), told.event, told.data))


def _pattern(contract: Contract, topic: str) -> re.Pattern[str]:
    """Of the topic's names. A text is matched by its spelling; whether it is too long is not asked."""
    parts = PARAMETER.split(topic)
    spelled = [
        _spelling(contract, parameter_type(contract, topic, part)) if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    ]
    return re.compile("".join(spelled))


def _spelling(contract: Contract, kind: Type) -> str:
    match kind:
        case Int():
            return "(?:0|-?[1-9][0-9]*)"
        case Text():
            return UUID
        case Named():
            found = contract.definitions[kind.name]
            members = found.members if isinstance(found, Enum) else ()
            return f"(?:{'|'.join(re.escape(quote(str(value), safe='')) for _, value in members)})"
    return ENCODED


def admits(event: Event, roles: Roles) -> bool:
    return event.roles is None or any(group <= roles for group in event.roles)

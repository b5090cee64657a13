"""What the compiler declares of a contract for the terminal: its commands with their fields, and where they are sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from typing import Any, Literal

from ..client_async import AsyncBaseClient
from ..client_sync import BaseClient
from ..operation import Contract
from ..topic import Topic

Kind = Literal["text", "integer", "number", "boolean", "bytes", "file", "json"]


class Exit(IntEnum):
    """What a script is told."""

    DONE = 0
    REFUSED = 1
    """By the service, whose code is on stderr."""
    USAGE = 2
    """The words are wrong; nothing was sent."""
    AWAY = 3
    """Nothing answers, or not in time, or what answers is not the service."""
    NO_LOGIN = 4
    UNKNOWN = 5
    """It was sent, and it is not known whether it took effect."""


class UsageError(Exception):
    """The words are wrong; the message says how they would be right."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A field of a request. `member` is its name in JSON; `help` has its bounds and examples."""

    member: str
    kind: Kind
    is_many: bool = False
    is_required: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """`pager` is the client's method that walks all pages, where there is one."""

    operation: str
    feature: str
    pager: str
    summary: str
    arguments: tuple[Argument, ...]

    def argument(self, member: str) -> Argument:
        """Raises UsageError with what is near."""
        known = {one.member: one for one in self.arguments}
        if member in known:
            return known[member]
        raise UsageError(f"{self.operation} has no field {member!r}{near(member, known)}")


@dataclass(frozen=True, slots=True)
class Program:
    """`name` is what is typed, `product` names its folder and, in capitals, its variables; `commands` are by `feature.method`."""

    name: str
    product: str
    contract: Contract
    client: type[BaseClient]
    async_client: type[AsyncBaseClient]
    commands: Mapping[str, Command]

    @property
    def version(self) -> str:
        return f"{self.name} {self.contract.version} (contract {self.contract.hash})"

    def variable(self, name: str) -> str:
        """Of the environment: the product in capitals, and `_URL`."""
        return f"{self.product.upper()}_{name}"

    def command(self, name: str) -> Command:
        """By `feature.method` or by the operation's name; raises UsageError with what is near."""
        by_operation = {one.operation: one for one in self.commands.values()}
        found = self.commands.get(name) or by_operation.get(name)
        if found is None:
            raise UsageError(f"there is no operation {name!r}{near(name, [*self.commands, *by_operation])}")
        return found

    def topics(self, names: Iterable[str]) -> list[Topic[Any]]:
        """Each topic once, with the events that are asked for: by the topic's name, all of them, or by their own. Raises UsageError with what there
        is. Which names a topic with parameters has, `authors/7`, and which filters, `books?author.id=7`, only the service can say."""
        wanted: dict[str, set[str]] = {}
        for name in names:
            for topic, event in self._asked(name):
                wanted.setdefault(topic, set()).add(event)
        kinds = {one.name: one for one in self.contract.events.values()}
        return [
            Topic(topic, chosen, is_dense=not {"/", "?"} & set(topic) and all(one.is_dense for one in chosen))
            for topic, events in wanted.items()
            for chosen in (tuple(kinds[event] for event in sorted(events)),)
        ]

    def _asked(self, name: str) -> list[tuple[str, str]]:
        every = self.contract.events.values()
        plain, mark, query = name.partition("?")
        if "/" in plain:
            return [(name, one.name) for one in every]
        found = [(one.topic + mark + query, one.name) for one in every if plain in (one.topic, one.name)]
        if not found:
            known = sorted({word for one in every for word in (one.topic, one.name) if word})
            raise UsageError(f"there is no topic and no event {name!r}; there are {', '.join(known) or 'none'}")
        if any(topic == mark + query for topic, _ in found):
            raise UsageError(f"{name} is told on topics with parameters alone: name one of those, like `things/7`")
        return found


def near(name: str, known: object) -> str:
    """`: did you mean …?`, or what there is where that is little."""
    names = [str(one) for one in known] if isinstance(known, list | dict) else []
    close = get_close_matches(name, names, 3)
    if close:
        return f": did you mean {' or '.join(close)}?"
    return f"; there are {', '.join(names)}" if 0 < len(names) <= 12 else ""

"""Who is present under one name, as this node has told it: what each read of the store changes in it, and nothing twice.

Promises: what is told one after the other leads from one state to the next, whatever was read in between; a store that has forgotten makes nobody leave
who is said to be there again within `grace_s`. Asks nobody, and knows no clock but the one handed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from app.broadcast.presence_store import Answer, Read

MAX_TOLD = 1_000
"""Users of one frame. Of more that are present the first are named, and all are counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """None is in both."""

    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.joined or self.left)


class View:
    """Of one name, at one node. `read` is where the next read begins."""

    def __init__(self, grace_s: float) -> None:
        self._grace_s = grace_s
        self.read = Read()
        self.is_loaded = False
        """Whether all was read once."""
        self._shown: dict[str, None] = {}
        self._other: dict[str, None] | None = {}
        """What is read from the beginning, while that differs from what is shown."""
        self._trusted_at = float("-inf")

    @property
    def count(self) -> int:
        return len(self._shown)

    def first(self) -> list[str]:
        """At most MAX_TOLD, who came first before the others."""
        return list(islice(self._shown, MAX_TOLD))

    def take(self, answer: Answer, now_s: float) -> Change:
        """What is to be told; nothing until all was read once."""
        whole_at = answer.revision if answer.begins_anew else self.read.whole_at
        if answer.begins_anew:
            if answer.epoch != self.read.epoch or answer.revision < self.read.revision:
                self._trusted_at = now_s + self._grace_s if self.is_loaded else self._trusted_at
            self._other = {}
        self.read = Read(answer.epoch, answer.upto, answer.revision if answer.is_whole else whole_at)
        if self._other is None:
            return _apply(answer.changes, self._shown)
        _apply(answer.changes, self._other)
        return self._settle(self._other, now_s) if answer.is_whole else Change()

    def _settle(self, other: dict[str, None], now_s: float) -> Change:
        """Who is missing has left, unless the store has only just begun to know anybody."""
        joined = tuple(user for user in other if user not in self._shown)
        if now_s < self._trusted_at:
            self._shown |= dict.fromkeys(joined)
            return Change(joined)
        left = tuple(user for user in self._shown if user not in other)
        self._shown, self._other = other, None
        was_loaded, self.is_loaded = self.is_loaded, True
        return Change(joined, left) if was_loaded else Change()


def _apply(changes: Iterable[tuple[str, bool]], users: dict[str, None]) -> Change:
    joined: dict[str, None] = {}
    left: dict[str, None] = {}
    for user, is_present in changes:
        if is_present and user not in users:
            users[user] = joined[user] = None
        elif not is_present and user in users:
            del users[user]
            left[user] = None
    return Change(tuple(joined), tuple(left))

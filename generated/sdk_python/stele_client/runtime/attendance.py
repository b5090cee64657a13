"""Who follows a topic, made of the frames that tell of it: each state once, with what it changes in the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .codec import Presence


@dataclass(frozen=True, slots=True)
class Attendance:
    """`users` by the `sub` of their tokens, who came first before the others; of more than a frame names they are the first ones, while
    `count` is of all."""

    topic: str
    users: tuple[str, ...]
    count: int
    joined: tuple[str, ...] = ()
    """Since the state that was taken before; nobody in the first one."""
    left: tuple[str, ...] = ()


class Roll:
    """Of one reader. What comes while he is away is one state for him, so that never more than one waits. One thread may apply while another
    takes."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._now: Attendance | None = None
        self._taken: Attendance | None = None

    def apply(self, told: Presence) -> None:
        """Until all have been told once, a change says nothing."""
        if told.change == "present":
            users = told.users
        elif self._now is None:
            return
        elif told.change == "joined":
            users = tuple(dict.fromkeys((*self._now.users, *told.users)))
        else:
            gone = frozenset(told.users)
            users = tuple(user for user in self._now.users if user not in gone)
        self._now = Attendance(self._topic, users, told.count)

    def take(self) -> Attendance | None:
        """The state as it is now; None where it is not known yet, or has been taken."""
        now, before = self._now, self._taken
        if now is None or before is None:
            self._taken = now
            return now
        known, present = frozenset(before.users), frozenset(now.users)
        joined = tuple(user for user in now.users if user not in known)
        left = tuple(user for user in before.users if user not in present)
        if not joined and not left and now.count == before.count:
            return None
        self._taken = replace(now, joined=joined, left=left)
        return self._taken

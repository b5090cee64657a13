"""How many of each class it is worth to let wait on a node that stays full, where the more urgent go first: others may find no place at all, and have
cost what comes before the wait.

The number follows what became of those who waited, as a congestion window does (RFC 5681 §3.1): one more for each who was served, half
for each who waited in vain, never below one. So about as many of a class wait in vain as are served, whatever share of the work is left for it.
"""

from __future__ import annotations

from generated.operations import Priority

MOST = 256
"""More than can be served in the time that anybody waits then; also where nothing is known."""


class Prospects:
    def __init__(self) -> None:
        self._most = [MOST] * len(Priority)

    def forget(self) -> None:
        """The node is full no more."""
        self._most = [MOST] * len(Priority)

    def was_served(self, priority: Priority) -> None:
        if self._most[priority] < MOST:
            self._most[priority] += 1

    def waited_in_vain(self, priority: Priority) -> None:
        self._most[priority] = max(1, self._most[priority] // 2)

    def are_bad_for(self, priority: Priority, waiting: int) -> bool:
        """Whether one more would wait for nothing, where so many of the class wait."""
        return waiting >= self._most[priority]

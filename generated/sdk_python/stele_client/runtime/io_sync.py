"""The few things that cannot be replaced word by word between the two clients; `io_async` has the same names."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
sleep = time.sleep


def resolve(value: Any) -> Any:
    """What a user's function answered."""
    return value


class SingleFlight:
    """One piece of work at a time; the caller who comes meanwhile waits, and then looks again whether it is needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(self, work: Callable[[], T]) -> T:
        with self._lock:
            return work()

    def close(self) -> None:
        """Nothing runs on its own."""

"""The first minutes of a node: it is alive and not ready, says every few seconds for what it waits, and gives up in the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import structlog

SAY_EACH_S = 5.0
log = structlog.get_logger(__name__)


class Start:
    """`wait_s` from the first question on; None waits for ever. Once the node was ready the start is over, for good."""

    def __init__(self, wait_s: float | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._wait_s = wait_s
        self._clock = clock
        self._begun: float | None = None
        self._say_at = 0.0
        self._is_over = False

    def wait_on(self, *, was_ready: bool, reasons: Mapping[str, str]) -> bool:
        """Whether there is still hope; to be asked each second. `reasons` say for what is waited, if that is known here."""
        self._is_over |= was_ready
        if self._is_over:
            return True
        now = self._clock()
        if self._begun is None:
            self._begun, self._say_at = now, now + SAY_EACH_S
        waited_s = round(now - self._begun)
        if self._wait_s is not None and now - self._begun >= self._wait_s:
            log.critical("start.gives_up", waited_s=waited_s, **_told(reasons))
            return False
        if now >= self._say_at and reasons:
            self._say_at = now + SAY_EACH_S
            log.warning("start.waits", waited_s=waited_s, **_told(reasons))
        return True


def _told(reasons: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    return {"waits_for": dict(reasons)} if reasons else {}

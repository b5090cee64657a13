"""Whether the node can serve, asked in the background once a second, so that a probe costs nothing and waits for nobody.

Promises: an answer is at most 5 s old, else it is no (ACCEPTANCE D25); each change is logged with the parts that fail, and why.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

import structlog

EVERY_S = 1.0
CHECK_S = 2.0
"""For one part; all are asked at once."""
MAX_AGE_S = 5.0
"""What is older is no answer (D25)."""

Check = Callable[[], Awaitable[bool | str]]
"""A text is a no, and says why."""
log = structlog.get_logger(__name__)


class Readiness:
    """`checks` are by the name of the part; `watch` is supervised. `is_ready` asks nobody. A check may raise, which is
    a no, and must not need longer than 2 s. `remarks` say what an operator should mend although the node serves; an
    empty one says nothing."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        remarks: Mapping[str, Callable[[], str]] = MappingProxyType({}),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = checks
        self._remarks = remarks
        self._clock = clock
        self._checked_at = float("-inf")
        self.reasons: dict[str, str] = dict.fromkeys(checks, "not asked yet")
        """By the part that fails; it has no secret, and is for who runs the node."""
        self.was_ready = False
        """Once, since the node began."""
        self._withdrawn: dict[str, str] = {}

    @property
    def parts(self) -> tuple[str, ...]:
        return (*self._checks, *self._withdrawn)

    def withdraw(self, reason: str) -> None:
        """The node is about to end: from now on, in this turn of the loop, and for good, it is not ready."""
        self._withdrawn = {"node": reason}
        self._take(self.reasons)

    @property
    def is_withdrawn(self) -> bool:
        """The node was told to end."""
        return bool(self._withdrawn)

    @property
    def failing(self) -> tuple[str, ...]:
        return tuple(self.reasons)

    @property
    def is_ready(self) -> bool:
        """No before the first look, and where the last one is older than 5 s: then the loop or the supervisor stands
        still."""
        return not self.failing and self._clock() - self._checked_at <= MAX_AGE_S

    def remarks(self) -> dict[str, str]:
        """By the name of the part, for the detail of readiness: no caller of the public port is to see them."""
        return {name: said for name, remark in self._remarks.items() if (said := remark())}

    async def watch(self) -> None:
        """For the life of the node, once a second after the last answer."""
        while True:
            await self.check()
            await asyncio.sleep(EVERY_S)

    async def check(self) -> None:
        """All parts at once; one that is silent for 2 s fails."""
        answers = await asyncio.gather(*(_ask(check) for check in self._checks.values()))
        reasons = {name: reason for name, reason in zip(self._checks, answers, strict=True) if reason}
        self.was_ready |= not reasons
        self._take(reasons)
        self._checked_at = self._clock()

    def _take(self, reasons: Mapping[str, str]) -> None:
        reasons = {**reasons, **self._withdrawn}
        if tuple(reasons) != self.failing:
            log.warning("readiness.changed", failing=tuple(reasons), reasons=reasons)
        self.reasons = reasons


async def _ask(check: Check) -> str:
    """Why not; nothing where all is well."""
    try:
        async with asyncio.timeout(CHECK_S):
            answer = await check()
    except TimeoutError:
        return "it is silent"
    except Exception as error:
        log.warning("readiness.check_failed", reason=type(error).__name__)
        return type(error).__name__
    return answer if isinstance(answer, str) else "" if answer else "it says no"

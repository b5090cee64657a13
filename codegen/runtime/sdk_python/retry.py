"""Whether a failed attempt may be made again, when, and how often: the one place that decides it.

The rules are those of RFC 9110 §9.2.2, and of the contract's `x-idempotent`: replies UNAUTHENTICATED, RATE_LIMITED and
UNAVAILABLE promise that nothing ran.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .errors import ApiError, ClientError, DeadlineExceeded, OutcomeUnknown
from .operation import Operation

BASE_S = 0.25
CAP_S = 8.0
IN_PROGRESS_S = 0.2
MAX_BUDGET = 200.0
REFUND = 0.1
"""A success gives back a tenth of what a retry costs, so that retries are at most that share of lasting traffic."""
MOVED = frozenset({"NOT_FOUND", "CONFLICT"})
"""What a repeated command answers that has been done already and keeps no answers."""


class Outcome(Enum):
    """How an attempt failed."""

    NOT_SENT = "not_sent"
    LOST = "lost"
    UNAUTHENTICATED = "unauthenticated"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    IN_PROGRESS = "in_progress"
    OUTCOME_UNKNOWN = "outcome_unknown"
    REFUSED = "refused"
    INVALID = "invalid"


class Verdict(Enum):
    REPEAT = "repeat"
    REFRESH_THEN_REPEAT = "refresh_then_repeat"
    RAISE = "raise"
    RAISE_UNKNOWN = "outcome_unknown"


class AttemptFailed(Exception):
    """Inside of this package only: how an attempt ended, and the error that a caller would see."""

    def __init__(self, outcome: Outcome, error: ClientError) -> None:
        super().__init__(str(error))
        self.outcome = outcome
        self.error = error


NOTHING_RAN = frozenset({Outcome.NOT_SENT, Outcome.RATE_LIMITED, Outcome.UNAVAILABLE, Outcome.IN_PROGRESS})
MAYBE_RAN = frozenset({Outcome.LOST, Outcome.TIMEOUT, Outcome.OUTCOME_UNKNOWN})
OF_KIND = {
    "UNAUTHENTICATED": Outcome.UNAUTHENTICATED,
    "RATE_LIMITED": Outcome.RATE_LIMITED,
    "UNAVAILABLE": Outcome.UNAVAILABLE,
    "TIMEOUT": Outcome.TIMEOUT,
}
OF_CODE = {"outcome_unknown": Outcome.OUTCOME_UNKNOWN, "request_in_progress": Outcome.IN_PROGRESS}


def outcome_of(error: ApiError) -> Outcome:
    """A refusal without a code is not the service's own: a proxy's 503, or its 520, promises nothing."""
    if not error.code:
        return Outcome.LOST if error.status >= 502 else OF_KIND.get(error.kind, Outcome.REFUSED)
    return OF_CODE.get(error.code) or OF_KIND.get(error.kind, Outcome.REFUSED)


def may_repeat(operation: Operation[Any], outcome: Outcome, *, can_refresh: bool) -> Verdict:
    """`can_refresh` says that a new token can be had and none was in this call."""
    if outcome is Outcome.UNAUTHENTICATED:
        return Verdict.REFRESH_THEN_REPEAT if can_refresh else Verdict.RAISE
    if outcome in NOTHING_RAN:
        return Verdict.REPEAT
    if outcome in MAYBE_RAN:
        return Verdict.REPEAT if _is_safe(operation) else Verdict.RAISE_UNKNOWN
    return Verdict.RAISE


def _is_safe(operation: Operation[Any]) -> bool:
    return operation.is_query or operation.idempotency != "none"


def is_echo(operation: Operation[Any], error: ApiError) -> bool:
    """Whether a refusal, after an attempt whose outcome is unknown, may be the echo of that attempt's success."""
    return not operation.is_query and operation.idempotency == "natural" and error.kind in MOVED


def unknown(cause: ClientError) -> OutcomeUnknown:
    error = OutcomeUnknown(f"it is not known whether this took effect: {cause}", cause.request_id)
    error.__cause__ = cause
    return error


def backoff_s(number: int, retry_after_s: float | None = None) -> float:
    """The pause before retry `number` (from 1): half of a doubling time, and a random part of the other half.

    `retry_after_s` is the least; a tenth of it spreads those who were told the same.
    """
    if retry_after_s is not None:
        return retry_after_s * random.uniform(1.0, 1.1)
    full: float = min(CAP_S, BASE_S * 2 ** (number - 1))
    return random.uniform(full / 2, full)


class Deadline:
    """One call's time, on the monotonic clock."""

    def __init__(self, timeout_s: float) -> None:
        self._ends = time.monotonic() + timeout_s
        self._timeout_s = timeout_s

    @property
    def left_s(self) -> float:
        return max(0.0, self._ends - time.monotonic())

    def check(self, request_id: str) -> None:
        if self.left_s <= 0:
            raise self.exceeded(request_id)

    def exceeded(self, request_id: str) -> DeadlineExceeded:
        return DeadlineExceeded(f"no answer within {self._timeout_s:g} s", request_id)


@dataclass(slots=True)
class RetryBudget:
    """Shared by all calls of a client, so that a failing server is not met with a storm."""

    left: float = MAX_BUDGET

    def take(self) -> bool:
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True

    def refund(self) -> None:
        self.left = min(MAX_BUDGET, self.left + REFUND)

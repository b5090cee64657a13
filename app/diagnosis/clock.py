"""Whether a server's clock and this machine's agree: tokens, tickets and answers of idempotency are judged by both."""

from __future__ import annotations

import time
from collections.abc import Iterator

from app.diagnosis.findings import Finding, State

LEEWAY_S = 10.0
"""As tokens have it (ACCEPTANCE D5): beyond it good ones are refused."""
NOTABLE_S = 2.0


def skew(server: str, clock: float, passed_s: float, *, resolution_s: float = 0.0) -> Iterator[Finding]:
    """`clock` is the server's in seconds since 1970, asked for a moment ago, `passed_s` for how long it was asked. Half of that
    and what the clock does not show (`resolution_s`) count for it."""
    off_s = abs(time.time() - passed_s / 2 - clock - resolution_s / 2)
    off_s = max(0.0, off_s - passed_s / 2 - resolution_s / 2)
    said = f"{server}'s clock is {off_s:.1f} s off this machine's"
    advice = "let both follow NTP"
    if off_s >= LEEWAY_S:
        yield Finding("clock", State.FAULT, said, advice)
    elif off_s >= NOTABLE_S:
        yield Finding("clock", State.WARNING, said, advice)
    else:
        yield Finding("clock", State.OK, f"{server}'s clock and this machine's agree")

"""What a feature may be given besides the context of a call: the platform's parts, made by wiring, one of each per worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.auth.identity import Identity
from app.auth.tickets import Tickets
from app.execution.cursor import CursorSeal


@dataclass(frozen=True, slots=True)
class Platform:
    """One of each per worker, for all features; wiring closes what has to be closed."""

    identity: Identity
    tickets: Tickets
    cursors: CursorSeal
    """For all features, so that what a scope does not name, a cursor of another listing may pass by."""
    is_ready: Callable[[], bool]
    """Whether this worker should be sent requests (`/readyz`). Asks nobody: the answer is at most 5 s old."""

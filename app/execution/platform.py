"""What a feature may be given besides the context of a call: the platform's parts, made by wiring, one of each per worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.auth.identity import Identity
from app.auth.tickets import Tickets
from app.execution.cursor import CursorSeal


@dataclass(frozen=True, slots=True)
class Platform:
    """`is_ready` says whether this worker should be sent requests (`/readyz`)."""

    identity: Identity
    tickets: Tickets
    cursors: CursorSeal
    is_ready: Callable[[], bool]

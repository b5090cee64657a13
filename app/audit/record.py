"""One audit row before it is stored, made harmless at construction: no NUL, no lone surrogate, bounded lengths (D3)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

LIMITS = {
    "username": 255, "subject": 1024, "action": 128, "code": 64, "object_id": 255,
    "ip": 64, "user_agent": 1024, "trace_id": 128, "sid": 255, "reason": 128,
}  # fmt: skip
MAX_ROLES = 256
MAX_DURATION_MS = 2**31 - 1


class Outcome(StrEnum):
    """The contract's AuditOutcome; the pipeline needs it whether or not the contract shows the log."""

    SUCCESS = "success"
    DENIED = "denied"
    ERROR = "error"


def clean(text: str, limit: int) -> str:
    """Escapes what PostgreSQL cannot hold, and cuts."""
    if text.isascii() and "\x00" not in text:
        return text[:limit]
    if "\x00" in text:
        text = text.replace("\x00", "\\u0000")
    return text.encode("utf-8", "backslashreplace").decode()[:limit]


@dataclass(slots=True)
class AuditRecord:
    """The columns of `audit_log` without its id; lengths are those of the contract's AuditLog."""

    at: datetime
    username: str | None
    subject: str | None
    roles: list[str]
    action: str
    outcome: Outcome
    code: str | None
    door: str
    object_id: str | None
    ip: str | None
    user_agent: str | None
    trace_id: str
    duration_ms: int
    sid: str | None = None
    reason: str | None = None
    key: UUID = field(default_factory=uuid4)
    """Which call this is; a row is stored once for each."""

    def __post_init__(self) -> None:
        for name, limit in LIMITS.items():
            value = getattr(self, name)
            if value is not None:
                setattr(self, name, clean(value, limit))
        self.roles = [clean(role, 255) for role in self.roles[:MAX_ROLES]]
        self.duration_ms = max(0, min(self.duration_ms, MAX_DURATION_MS))

    def parameters(self) -> dict[str, object]:
        """By the names of the columns, as a statement takes them."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(one.name for one in fields(AuditRecord))

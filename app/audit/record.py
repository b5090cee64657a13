"""One audit row before it is stored, made harmless at construction: no NUL, no lone surrogate, bounded lengths (D3)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

LIMITS = {
    "username": 255, "subject": 1024, "action": 128, "code": 64, "object_id": 255,
    "ip": 64, "user_agent": 1024, "trace_id": 128, "sid": 255, "reason": 128,
}  # fmt: skip
"""In characters; what is longer is cut."""
MAX_ROLES = 256
MAX_VALUE_CHARS = 1_024
"""Of one field that is kept of a request."""
MAX_DATA_BYTES = 8_192
"""Of all of them, as JSON in UTF-8; those that come then are left out."""
COMMAND = "command"
"""The door of who runs a command at the machine, beside the callers' doors."""
MAX_DURATION_MS = 2**31 - 1


class Outcome(StrEnum):
    """The contract's AuditOutcome; the pipeline needs it whether or not the contract shows the log."""

    SUCCESS = "success"
    DENIED = "denied"
    """No valid credential, no role, or no budget left; `app.execution.audit_rows` has the codes."""
    ERROR = "error"
    """Every other refusal, the caller's faults and ours alike."""


def clean(text: str, limit: int) -> str:
    """Escapes what PostgreSQL cannot hold, NUL and half of a surrogate pair, and cuts to `limit` characters. Never
    raises."""
    if text.isascii() and "\x00" not in text:
        return text[:limit]
    if "\x00" in text:
        text = text.replace("\x00", "\\u0000")
    return text.encode("utf-8", "backslashreplace").decode()[:limit]


@dataclass(slots=True)
class AuditRecord:
    """The columns of `audit_log` without its id; lengths are those of the contract's AuditLog. Texts are cleaned and
    cut when it is made, and so are roles beyond the 256th; `altered` says whether anything was."""

    at: datetime
    """When the call ended, by the node's clock, with its zone."""
    username: str | None
    subject: str | None
    """`iss` and `sub`: who it was. The username is for people to read and may change hands."""
    roles: list[str]
    action: str
    outcome: Outcome
    code: str | None
    """The error's code of the catalogue; None for a success."""
    door: str
    object_id: str | None
    """What the call was about: the path's last parameter, or what the handler named."""
    ip: str | None
    user_agent: str | None
    trace_id: str
    duration_ms: int
    sid: str | None = None
    """The session of the token, as its issuer names it."""
    reason: str | None = None
    """Why a credential or a socket was refused, the code with which a socket closed, or the method where a path is unknown; nothing
    that is secret."""
    data: dict[str, str] = field(default_factory=dict)
    """What the contract keeps of the request (`x-audit-fields`), by the names of its fields."""
    altered: bool = False
    """Set when it is made: something in it was escaped, cut, clamped or left out."""
    key: UUID | None = None
    """Of a row that may be tried again; it is stored once. What a transaction writes has none, and costs no index."""

    def __post_init__(self) -> None:
        for name, limit in LIMITS.items():
            value = getattr(self, name)
            if value is not None:
                self._settle(name, value, clean(value, limit))
        self._settle("roles", self.roles, [clean(role, 255) for role in self.roles[:MAX_ROLES]])
        self._settle("duration_ms", self.duration_ms, max(0, min(self.duration_ms, MAX_DURATION_MS)))
        if self.data:
            self._settle("data", self.data, _bounded(self.data))

    def _settle(self, name: str, given: object, harmless: object) -> None:
        setattr(self, name, harmless)
        self.altered |= harmless != given

    def identify(self) -> None:
        """Before a try that may not be the only one."""
        if self.key is None:
            self.key = uuid4()

    def parameters(self) -> dict[str, object]:
        """By the names of the columns, as a statement takes them."""
        values: dict[str, object] = {name: getattr(self, name) for name in COLUMNS}
        values["data"] = json.dumps(self.data) if self.data else None
        return values


def _bounded(data: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    left = MAX_DATA_BYTES - len("{}")
    for name, value in data.items():
        text = clean(value, MAX_VALUE_CHARS)
        left -= len(f"{json.dumps(name)}: {json.dumps(text, ensure_ascii=False)}, ".encode())
        if left < 0:
            break
        kept[name] = text
    return kept


COLUMNS = tuple(one.name for one in fields(AuditRecord))

"""What the contract's operations take and answer. Generated; do not edit."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from .runtime.model import Model


class AuditDoor(StrEnum):
    HTTP = "http"
    WEBSOCKET = "websocket"


class AuditOutcome(StrEnum):
    """`denied` is a refused caller (no token, no role, over the limit); `error` is any other failure."""

    SUCCESS = "success"
    DENIED = "denied"
    ERROR = "error"


class HealthStatus(StrEnum):
    """`degraded`: requests are served, but something the node relies on is down."""

    OK = "ok"
    DEGRADED = "degraded"


class AuditLog(Model):
    """`action` is the operation, or `http.` and the code for a request that named none; `code` is the error, if it ended in one, and `reason` why a credential was refused. `object_id` is what was read or changed, or would have been; `sid` is the caller's session at the issuer."""

    id: int
    at: datetime
    username: str | None
    subject: str | None
    roles: list[str]
    action: str
    outcome: Annotated[AuditOutcome | str, Field(union_mode="left_to_right")]
    code: str | None
    door: Annotated[AuditDoor | str, Field(union_mode="left_to_right")]
    object_id: str | None
    ip: str | None
    user_agent: str | None
    trace_id: str
    duration_ms: int
    sid: str | None
    reason: str | None


class AuditLogPage(Model):
    items: list[AuditLog]
    meta: PageMeta


class Author(Model):
    id: int
    name: str
    bio: str | None
    born_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int


class AuthorCreated(Model):
    author: Author


class AuthorList(Model):
    items: list[Author]
    meta: PageMeta


class AuthorPage(Model):
    items: list[Author]
    meta: PageMeta


class FieldError(Model):
    pointer: str
    message: str


class Health(Model):
    """`version` and `contract` are the two halves of the header Stele-Contract."""

    status: Annotated[HealthStatus | str, Field(union_mode="left_to_right")]
    version: str
    contract: str


class PageMeta(Model):
    page: int
    per_page: int
    total: int
    pages: int
    next_cursor: str | None
    has_more: bool


class Problem(Model):
    type: str
    title: str
    status: int
    detail: str | None = None
    code: str
    errors: list[FieldError] = Field(default_factory=list)
    trace_id: str
    retry_after: int | None = None
    msg: str | None = None


class Tokens(Model):
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int
    refresh_expires_in: int


class WsTicket(Model):
    ticket: str
    expires_in: int

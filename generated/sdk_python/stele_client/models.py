"""What the contract's operations take and answer. Generated; do not edit."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from .runtime.model import Model


class AuditDoor(StrEnum):
    """`command` is a person at the machine: an export, or months that were dropped."""

    HTTP = "http"
    WEBSOCKET = "websocket"
    COMMAND = "command"


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
    """`action` is the operation, `http.` and the code for a request that named none, or `ws.` and what a socket did between its calls (connect, refresh, close, with how long it was open); `code` is the error, if it ended in one, and `reason` why a credential was refused or the code of a close. `object_id` is what was read or changed, or would have been; `sid` is the caller's session at the issuer. `data` is what the contract keeps of the request (`x-audit-fields`), values that are no texts as JSON; `altered` says that something in the row was escaped, cut or left out, so that it could be stored."""

    id: int
    """1 to 9007199254740991."""

    at: datetime
    username: str | None
    """At most 255 characters."""

    subject: str | None
    """At most 1024 characters."""

    roles: list[str]
    """At most 256 items."""

    action: str
    """1 to 128 characters."""

    outcome: Annotated[AuditOutcome | str, Field(union_mode="left_to_right")]
    code: str | None
    """At most 64 characters."""

    door: Annotated[AuditDoor | str, Field(union_mode="left_to_right")]
    object_id: str | None
    """At most 255 characters."""

    ip: str | None
    """At most 64 characters."""

    user_agent: str | None
    """At most 1024 characters."""

    trace_id: str
    """At most 128 characters."""

    duration_ms: int
    """At least 0."""

    sid: str | None
    """At most 255 characters."""

    reason: str | None
    """At most 128 characters."""

    data: dict[str, str]
    altered: bool


class AuditLogPage(Model):
    items: list[AuditLog]
    """At most 100 items."""

    meta: PageMeta


class Author(Model):
    id: int
    """1 to 9007199254740991."""

    name: str
    """1 to 200 characters."""

    bio: str | None
    """At most 2000 characters."""

    born_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int
    """1 to 9007199254740991."""


class AuthorCreated(Model):
    author: Author


class AuthorDeleted(Model):
    author: Author


class AuthorList(Model):
    items: list[Author]
    """At most 1000 items."""

    meta: PageMeta


class AuthorPage(Model):
    items: list[Author]
    """At most 100 items."""

    meta: PageMeta


class AuthorSummary(Model):
    """What an answer about something else shows of its author."""

    id: int
    """1 to 9007199254740991."""

    name: str
    """1 to 200 characters."""


class AuthorUpdated(Model):
    author: Author


class Book(Model):
    id: int
    """1 to 9007199254740991."""

    title: str
    """1 to 200 characters."""

    author: AuthorSummary
    published_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int
    """1 to 9007199254740991."""


class BookCreated(Model):
    book: Book


class BookDeleted(Model):
    book: Book


class BookPage(Model):
    items: list[Book]
    """At most 100 items."""

    meta: PageMeta


class BookUpdated(Model):
    book: Book


class FieldError(Model):
    pointer: str
    """At most 1024 characters."""

    message: str
    """At most 1024 characters."""


class Health(Model):
    """`version` and `contract` are the two halves of the header Stele-Contract."""

    status: Annotated[HealthStatus | str, Field(union_mode="left_to_right")]
    version: str
    """1 to 64 characters."""

    contract: str
    """1 to 128 characters."""


class PageMeta(Model):
    page: int
    """1 to 1000000."""

    per_page: int
    """1 to 1000."""

    total: int
    """0 to 9007199254740991."""

    pages: int
    """At least 0."""

    next_cursor: str | None
    """At most 512 characters."""

    has_more: bool


class Problem(Model):
    type: str
    """At most 255 characters."""

    title: str
    """At most 255 characters."""

    status: int
    """400 to 599."""

    detail: str | None = None
    """At most 2000 characters."""

    code: str
    """At most 64 characters."""

    errors: list[FieldError] = Field(default_factory=list)
    """At most 100 items."""

    trace_id: str
    """At most 128 characters."""

    retry_after: int | None = None
    """0 to 86400."""

    msg: str | None = None
    """At most 2000 characters."""


class Tokens(Model):
    access_token: str = Field(repr=False)
    """1 to 16384 characters."""

    refresh_token: str = Field(repr=False)
    """1 to 16384 characters."""

    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int
    """At least 0."""

    refresh_expires_in: int
    """At least 0."""


class WsTicket(Model):
    ticket: str = Field(repr=False)
    """1 to 128 characters."""

    expires_in: int
    """0 to 3600."""

"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import AuditDoor as AuditDoor
from generated.enums import AuditOutcome as AuditOutcome
from generated.enums import HealthStatus as HealthStatus


class AuditLog(Struct, kw_only=True, gc=False):
    """`action` is the operation, `http.` and the code for a request that named none, or `ws.` and what a socket did between its calls (connect, refresh, close, with how long it was open); `code` is the error, if it ended in one, and `reason` why a credential was refused or the code of a close. `object_id` is what was read or changed, or would have been; `sid` is the caller's session at the issuer. `data` is what the contract keeps of the request (`x-audit-fields`), values that are no texts as JSON; `altered` says that something in the row was escaped, cut or left out, so that it could be stored."""

    id: int
    at: datetime
    username: str | None
    subject: str | None
    roles: list[str]
    action: str
    outcome: AuditOutcome
    code: str | None
    door: AuditDoor
    object_id: str | None
    ip: str | None
    user_agent: str | None
    trace_id: str
    duration_ms: int
    sid: str | None
    reason: str | None
    data: dict[str, str]
    altered: bool


class AuditLogPage(Struct, kw_only=True, gc=False):
    items: list[AuditLog]
    meta: PageMeta


class Author(Struct, kw_only=True, gc=False):
    id: int
    name: str
    bio: str | None
    born_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int


class AuthorCreated(Struct, kw_only=True, gc=False):
    author: Author


class AuthorDeleted(Struct, kw_only=True, gc=False):
    author: Author


class AuthorList(Struct, kw_only=True, gc=False):
    items: list[Author]
    meta: PageMeta


class AuthorPage(Struct, kw_only=True, gc=False):
    items: list[Author]
    meta: PageMeta


class AuthorSummary(Struct, kw_only=True, gc=False):
    """What an answer about something else shows of its author."""

    id: int
    name: str


class AuthorUpdated(Struct, kw_only=True, gc=False):
    author: Author


class Book(Struct, kw_only=True, gc=False):
    id: int
    title: str
    author: AuthorSummary
    published_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int


class BookCreated(Struct, kw_only=True, gc=False):
    book: Book


class BookDeleted(Struct, kw_only=True, gc=False):
    book: Book


class BookPage(Struct, kw_only=True, gc=False):
    items: list[Book]
    meta: PageMeta


class BookUpdated(Struct, kw_only=True, gc=False):
    book: Book


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Health(Struct, kw_only=True, gc=False):
    """`version` and `contract` are the two halves of the header Stele-Contract."""

    status: HealthStatus
    version: str
    contract: str


class PageMeta(Struct, kw_only=True, gc=False):
    page: int
    per_page: int
    total: int
    pages: int
    next_cursor: str | None
    has_more: bool


class Problem(Struct, kw_only=True, gc=False):
    type: str
    title: str
    status: int
    detail: str | UnsetType = UNSET
    code: str
    errors: list[FieldError] = field(default_factory=list)
    trace_id: str
    retry_after: int | UnsetType = UNSET
    msg: str | UnsetType = UNSET


class Tokens(Struct, kw_only=True, gc=False):
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int
    refresh_expires_in: int


class WsTicket(Struct, kw_only=True, gc=False):
    ticket: str
    expires_in: int

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import AuditOutcome
from generated.scalars import Day, Moment, NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class CreateAuthorRequest(Request):
    """Create an author."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")]
    bio: Annotated[str, Field(max_length=2000, pattern="^[^\\x00]*$")] | None = None
    born_on: Day | None = None


class CreateBookRequest(Request):
    """Create a book."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")]
    author_id: Annotated[int, Field(ge=1, le=9007199254740991)]
    published_on: Day | None = None


class CreateWsTicketRequest(Request):
    """Get a ticket that opens one WebSocket."""


class DeleteAuthorRequest(Request):
    """Delete an author."""

    author_id: Annotated[int, Field(ge=1, le=9007199254740991)]
    expected_version: Annotated[Annotated[int, Field(ge=1, le=9007199254740991)] | None, NotNull()] = None


class DeleteBookRequest(Request):
    """Delete a book."""

    book_id: Annotated[int, Field(ge=1, le=9007199254740991)]
    expected_version: Annotated[Annotated[int, Field(ge=1, le=9007199254740991)] | None, NotNull()] = None


class EndSessionsRequest(Request):
    """End all sessions of a user here."""

    subject: Annotated[str, Field(min_length=1, max_length=255, pattern="^[^\\x00]*$")]
    """The `sub` of a user's tokens."""


class GetAuditLogRequest(Request):
    """Read one audit row."""

    audit_log_id: Annotated[int, Field(ge=1, le=9007199254740991)]


class GetAuditLogsRequest(Request):
    """Read audit rows page by page, newest first."""

    user: Annotated[Annotated[str, Field(min_length=1, max_length=1024, pattern="^[^\\x00]*$")] | None, NotNull()] = (
        None
    )
    action: Annotated[Annotated[str, Field(min_length=1, max_length=128, pattern="^[^\\x00]*$")] | None, NotNull()] = (
        None
    )
    object_id: Annotated[
        Annotated[str, Field(min_length=1, max_length=255, pattern="^[^\\x00]*$")] | None, NotNull()
    ] = None
    outcome: Annotated[Annotated[AuditOutcome, Field(strict=False)] | None, NotNull()] = None
    since: Annotated[Moment | None, NotNull()] = None
    until: Annotated[Moment | None, NotNull()] = None
    page: Annotated[int, Field(ge=1, le=1000000)] = 1
    per_page: Annotated[int, Field(ge=1, le=100)] = 20


class GetAuthorRequest(Request):
    """Read one author."""

    author_id: Annotated[int, Field(ge=1, le=9007199254740991)]


class GetAuthorsRequest(Request):
    """Find authors by id, name or text."""

    id: Annotated[Annotated[int, Field(ge=1, le=9007199254740991)] | None, NotNull()] = None
    name: Annotated[Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")] | None, NotNull()] = None
    search_term: Annotated[
        Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")] | None, NotNull()
    ] = None


class GetBookRequest(Request):
    """Read one book."""

    book_id: Annotated[int, Field(ge=1, le=9007199254740991)]


class GetBooksRequest(Request):
    """Read books page by page."""

    page: Annotated[int, Field(ge=1, le=1000000)] = 1
    per_page: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[Annotated[str, Field(min_length=1, max_length=512, pattern="^[^\\x00]*$")] | None, NotNull()] = (
        None
    )
    author_id: Annotated[Annotated[int, Field(ge=1, le=9007199254740991)] | None, NotNull()] = None


class GetPaginatedAuthorsRequest(Request):
    """Read authors page by page."""

    page: Annotated[int, Field(ge=1, le=1000000)] = 1
    per_page: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[Annotated[str, Field(min_length=1, max_length=512, pattern="^[^\\x00]*$")] | None, NotNull()] = (
        None
    )
    id: Annotated[Annotated[int, Field(ge=1, le=9007199254740991)] | None, NotNull()] = None
    name: Annotated[Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")] | None, NotNull()] = None
    search_term: Annotated[
        Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")] | None, NotNull()
    ] = None


class HealthRequest(Request):
    """Say how the node is and which contract it speaks."""


class LivezRequest(Request):
    """Say that the process runs."""


class LoginRequest(Request):
    """Exchange a name and a password for tokens."""

    username: Annotated[str, Field(min_length=1, max_length=255, pattern="^[^\\x00]*$")]
    password: Annotated[str, Field(min_length=1, max_length=1024, pattern="^[^\\x00]*$")]


class LogoutRequest(Request):
    """End the session of a refresh token."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=16384, pattern="^[^\\x00]*$")]


class ReadyzRequest(Request):
    """Say that the node takes requests."""


class RefreshRequest(Request):
    """Exchange a refresh token for new tokens."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=16384, pattern="^[^\\x00]*$")]


class UpdateAuthorRequest(Request):
    """Replace an author."""

    author_id: Annotated[int, Field(ge=1, le=9007199254740991)]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")]
    expected_version: Annotated[Annotated[int, Field(ge=1, le=9007199254740991)] | None, NotNull()] = None
    bio: Annotated[str, Field(max_length=2000, pattern="^[^\\x00]*$")] | None = None
    born_on: Day | None = None


class UpdateBookRequest(Request):
    """Replace a book."""

    book_id: Annotated[int, Field(ge=1, le=9007199254740991)]
    title: Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")]
    author_id: Annotated[int, Field(ge=1, le=9007199254740991)]
    expected_version: Annotated[Annotated[int, Field(ge=1, le=9007199254740991)] | None, NotNull()] = None
    published_on: Day | None = None

"""What is left to write by hand: one method per operation, and who may follow. Generated; do not edit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from generated.models import (
    CreateAuthorRequest,
    CreateBookRequest,
    CreateWsTicketRequest,
    DeleteAuthorRequest,
    DeleteBookRequest,
    EndSessionsRequest,
    GetAuditLogRequest,
    GetAuditLogsRequest,
    GetAuthorRequest,
    GetAuthorsRequest,
    GetBookRequest,
    GetBooksRequest,
    GetPaginatedAuthorsRequest,
    HealthRequest,
    LivezRequest,
    LoginRequest,
    LogoutRequest,
    ReadyzRequest,
    RefreshRequest,
    UpdateAuthorRequest,
    UpdateBookRequest,
)
from generated.results import (
    AuditLog,
    AuditLogPage,
    Author,
    AuthorList,
    AuthorPage,
    Book,
    BookPage,
    Health,
    Tokens,
    WsTicket,
)

ContextT = TypeVar("ContextT")


class AuditLogHandler(ABC, Generic[ContextT]):
    @abstractmethod
    async def get_audit_log(self, context: ContextT, request: GetAuditLogRequest) -> AuditLog:
        """Read one audit row."""

    @abstractmethod
    async def get_audit_logs(self, context: ContextT, request: GetAuditLogsRequest) -> AuditLogPage:
        """Read audit rows page by page, newest first."""


class AuthHandler(ABC, Generic[ContextT]):
    @abstractmethod
    async def create_ws_ticket(self, context: ContextT, request: CreateWsTicketRequest) -> WsTicket:
        """Get a ticket that opens one WebSocket."""

    @abstractmethod
    async def end_sessions(self, context: ContextT, request: EndSessionsRequest) -> None:
        """End all sessions of a user here."""

    @abstractmethod
    async def login(self, context: ContextT, request: LoginRequest) -> Tokens:
        """Exchange a name and a password for tokens."""

    @abstractmethod
    async def logout(self, context: ContextT, request: LogoutRequest) -> None:
        """End the session of a refresh token."""

    @abstractmethod
    async def refresh(self, context: ContextT, request: RefreshRequest) -> Tokens:
        """Exchange a refresh token for new tokens."""


class AuthorsHandler(ABC, Generic[ContextT]):
    @abstractmethod
    async def create_author(self, context: ContextT, request: CreateAuthorRequest) -> Author:
        """Create an author."""

    @abstractmethod
    async def delete_author(self, context: ContextT, request: DeleteAuthorRequest) -> None:
        """Delete an author."""

    @abstractmethod
    async def get_author(self, context: ContextT, request: GetAuthorRequest) -> Author:
        """Read one author."""

    @abstractmethod
    async def get_authors(self, context: ContextT, request: GetAuthorsRequest) -> AuthorList:
        """Find authors by id, name or text."""

    @abstractmethod
    async def get_paginated_authors(self, context: ContextT, request: GetPaginatedAuthorsRequest) -> AuthorPage:
        """Read authors page by page."""

    @abstractmethod
    async def update_author(self, context: ContextT, request: UpdateAuthorRequest) -> Author:
        """Replace an author."""


class BooksHandler(ABC, Generic[ContextT]):
    @abstractmethod
    async def create_book(self, context: ContextT, request: CreateBookRequest) -> Book:
        """Create a book."""

    @abstractmethod
    async def delete_book(self, context: ContextT, request: DeleteBookRequest) -> None:
        """Delete a book."""

    @abstractmethod
    async def get_book(self, context: ContextT, request: GetBookRequest) -> Book:
        """Read one book."""

    @abstractmethod
    async def get_books(self, context: ContextT, request: GetBooksRequest) -> BookPage:
        """Read books page by page."""

    @abstractmethod
    async def update_book(self, context: ContextT, request: UpdateBookRequest) -> Book:
        """Replace a book."""


class SystemHandler(ABC, Generic[ContextT]):
    @abstractmethod
    async def health(self, context: ContextT, request: HealthRequest) -> Health:
        """Say how the node is and which contract it speaks."""

    @abstractmethod
    async def livez(self, context: ContextT, request: LivezRequest) -> None:
        """Say that the process runs."""

    @abstractmethod
    async def readyz(self, context: ContextT, request: ReadyzRequest) -> None:
        """Say that the node takes requests."""


@dataclass(frozen=True, slots=True)
class Handlers(Generic[ContextT]):
    """Every feature's handler; start-up fails without one."""

    audit_log: AuditLogHandler[ContextT]
    auth: AuthHandler[ContextT]
    authors: AuthorsHandler[ContextT]
    books: BooksHandler[ContextT]
    system: SystemHandler[ContextT]

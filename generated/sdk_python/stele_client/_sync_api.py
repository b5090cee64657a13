"""The operations of each feature as methods. Generated; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from . import _operations, models
from ._contract import CONTRACT
from .runtime.calls_sync import Calls
from .runtime.client_sync import BaseClient
from .runtime.paging_sync import Pager


class AuditLogApi:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(self, *, audit_log_id: int, timeout_s: float | None = None) -> models.AuditLog:
        """Read one audit row.

        Args:
            audit_log_id: 1 to 9007199254740991.

        Raises:
            AuditLogNotFound
        """
        return self._calls.call(_operations.GET_AUDIT_LOG, {"audit_log_id": audit_log_id}, timeout_s=timeout_s)

    def get_page(
        self,
        *,
        user: str | None = None,
        action: str | None = None,
        object_id: str | None = None,
        outcome: models.AuditOutcome | Literal["success", "denied", "error"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page: int | None = None,
        per_page: int | None = None,
        timeout_s: float | None = None,
    ) -> models.AuditLogPage:
        """Read audit rows page by page, newest first.

        Args:
            user: 1 to 1024 characters.
            action: 1 to 128 characters.
            object_id: 1 to 255 characters.
            page: 1 to 1000000.
            per_page: 1 to 100.
        """
        return self._calls.call(
            _operations.GET_AUDIT_LOGS,
            {
                "user": user,
                "action": action,
                "object_id": object_id,
                "outcome": outcome,
                "since": since,
                "until": until,
                "page": page,
                "per_page": per_page,
            },
            timeout_s=timeout_s,
        )


class AuthApi:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create_ws_ticket(self, *, timeout_s: float | None = None) -> models.WsTicket:
        """Get a ticket that opens one WebSocket."""
        return self._calls.call(_operations.CREATE_WS_TICKET, {}, timeout_s=timeout_s)

    def end_sessions(self, *, subject: str, timeout_s: float | None = None) -> None:
        """End all sessions of a user here.

        Tokens issued by now, and refresh tokens of before, open nothing any more, on every node within seconds; open
        sockets are closed (4504). The user may log in again. At the issuer nothing ends.

        Args:
            subject: The `sub` of a user's tokens. 1 to 255 characters.
        """
        return self._calls.call(_operations.END_SESSIONS, {"subject": subject}, timeout_s=timeout_s)

    def login(self, *, username: str, password: str, timeout_s: float | None = None) -> models.Tokens:
        """Exchange a name and a password for tokens.

        Args:
            username: 1 to 255 characters.
            password: 1 to 1024 characters.

        Raises:
            CredentialsInvalid
        """
        return self._calls.call(_operations.LOGIN, {"username": username, "password": password}, timeout_s=timeout_s)

    def logout(self, *, refresh_token: str, timeout_s: float | None = None) -> None:
        """End the session of a refresh token.

        A session that is unknown or has ended is answered like one that ends now.

        Args:
            refresh_token: 1 to 16384 characters.
        """
        return self._calls.call(_operations.LOGOUT, {"refresh_token": refresh_token}, timeout_s=timeout_s)

    def refresh(self, *, refresh_token: str, timeout_s: float | None = None) -> models.Tokens:
        """Exchange a refresh token for new tokens.

        Args:
            refresh_token: 1 to 16384 characters.

        Raises:
            CredentialsInvalid
        """
        return self._calls.call(_operations.REFRESH, {"refresh_token": refresh_token}, timeout_s=timeout_s)


class AuthorsApi:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        *,
        name: str,
        bio: str | None = None,
        born_on: date | None = None,
        timeout_s: float | None = None,
        idempotency_key: str | UUID | None = None,
    ) -> models.Author:
        """Create an author.

        Args:
            name: 1 to 200 characters.
            bio: At most 2000 characters.

        Raises:
            AuthorNameTaken
        """
        return self._calls.call(
            _operations.CREATE_AUTHOR,
            {"name": name, "bio": bio, "born_on": born_on},
            timeout_s=timeout_s,
            idempotency_key=idempotency_key,
        )

    def delete(self, *, author_id: int, expected_version: int | None = None, timeout_s: float | None = None) -> None:
        """Delete an author.

        Args:
            author_id: 1 to 9007199254740991.
            expected_version: 1 to 9007199254740991.

        Raises:
            AuthorNotFound, VersionMismatch, AuthorInUse
        """
        return self._calls.call(
            _operations.DELETE_AUTHOR,
            {"author_id": author_id, "expected_version": expected_version},
            timeout_s=timeout_s,
        )

    def get(self, *, author_id: int, timeout_s: float | None = None) -> models.Author:
        """Read one author.

        Args:
            author_id: 1 to 9007199254740991.

        Raises:
            AuthorNotFound
        """
        return self._calls.call(_operations.GET_AUTHOR, {"author_id": author_id}, timeout_s=timeout_s)

    def find(
        self,
        *,
        id: int | None = None,
        name: str | None = None,
        search_term: str | None = None,
        timeout_s: float | None = None,
    ) -> models.AuthorList:
        """Find authors by id, name or text.

        At most 1,000 are returned, and `meta.per_page` is that limit. `meta.has_more` says that there are others;
        `meta.total` counts no further than 1,001, and which of the matches of a `search_term` are returned is then
        not defined.

        Args:
            id: 1 to 9007199254740991.
            name: 1 to 200 characters.
            search_term: 1 to 200 characters.
        """
        return self._calls.call(
            _operations.GET_AUTHORS, {"id": id, "name": name, "search_term": search_term}, timeout_s=timeout_s
        )

    def get_page(
        self,
        *,
        page: int | None = None,
        per_page: int | None = None,
        cursor: str | None = None,
        id: int | None = None,
        name: str | None = None,
        search_term: str | None = None,
        timeout_s: float | None = None,
    ) -> models.AuthorPage:
        """Read authors page by page.

        Args:
            page: 1 to 1000000.
            per_page: 1 to 100.
            cursor: 1 to 512 characters.
            id: 1 to 9007199254740991.
            name: 1 to 200 characters.
            search_term: 1 to 200 characters.

        Raises:
            CursorInvalid
        """
        return self._calls.call(
            _operations.GET_PAGINATED_AUTHORS,
            {"page": page, "per_page": per_page, "cursor": cursor, "id": id, "name": name, "search_term": search_term},
            timeout_s=timeout_s,
        )

    def paginate(
        self,
        *,
        page: int | None = None,
        per_page: int | None = None,
        cursor: str | None = None,
        id: int | None = None,
        name: str | None = None,
        search_term: str | None = None,
        timeout_s: float | None = None,
    ) -> Pager[models.AuthorPage, models.Author]:
        """Read authors page by page.

        Iterate for the items of all pages, or over `.pages()`.

        Args:
            page: 1 to 1000000.
            per_page: 1 to 100.
            cursor: 1 to 512 characters.
            id: 1 to 9007199254740991.
            name: 1 to 200 characters.
            search_term: 1 to 200 characters.

        Raises:
            CursorInvalid
        """

        def fetch(values: Mapping[str, Any]) -> models.AuthorPage:
            return self._calls.call(_operations.GET_PAGINATED_AUTHORS, values, timeout_s=timeout_s)

        return Pager(
            fetch,
            {"page": page, "per_page": per_page, "cursor": cursor, "id": id, "name": name, "search_term": search_term},
        )

    def update(
        self,
        *,
        author_id: int,
        name: str,
        expected_version: int | None = None,
        bio: str | None = None,
        born_on: date | None = None,
        timeout_s: float | None = None,
    ) -> models.Author:
        """Replace an author.

        Args:
            author_id: 1 to 9007199254740991.
            expected_version: 1 to 9007199254740991.
            name: 1 to 200 characters.
            bio: At most 2000 characters.

        Raises:
            AuthorNotFound, AuthorNameTaken, VersionMismatch
        """
        return self._calls.call(
            _operations.UPDATE_AUTHOR,
            {
                "author_id": author_id,
                "expected_version": expected_version,
                "name": name,
                "bio": bio,
                "born_on": born_on,
            },
            timeout_s=timeout_s,
        )


class BooksApi:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        *,
        title: str,
        author_id: int,
        published_on: date | None = None,
        timeout_s: float | None = None,
        idempotency_key: str | UUID | None = None,
    ) -> models.Book:
        """Create a book.

        Args:
            title: 1 to 200 characters.
            author_id: 1 to 9007199254740991.

        Raises:
            AuthorNotFound
        """
        return self._calls.call(
            _operations.CREATE_BOOK,
            {"title": title, "author_id": author_id, "published_on": published_on},
            timeout_s=timeout_s,
            idempotency_key=idempotency_key,
        )

    def delete(self, *, book_id: int, expected_version: int | None = None, timeout_s: float | None = None) -> None:
        """Delete a book.

        Args:
            book_id: 1 to 9007199254740991.
            expected_version: 1 to 9007199254740991.

        Raises:
            BookNotFound, VersionMismatch
        """
        return self._calls.call(
            _operations.DELETE_BOOK, {"book_id": book_id, "expected_version": expected_version}, timeout_s=timeout_s
        )

    def get(self, *, book_id: int, timeout_s: float | None = None) -> models.Book:
        """Read one book.

        Args:
            book_id: 1 to 9007199254740991.

        Raises:
            BookNotFound
        """
        return self._calls.call(_operations.GET_BOOK, {"book_id": book_id}, timeout_s=timeout_s)

    def get_page(
        self,
        *,
        page: int | None = None,
        per_page: int | None = None,
        cursor: str | None = None,
        author_id: int | None = None,
        timeout_s: float | None = None,
    ) -> models.BookPage:
        """Read books page by page.

        Args:
            page: 1 to 1000000.
            per_page: 1 to 100.
            cursor: 1 to 512 characters.
            author_id: 1 to 9007199254740991.

        Raises:
            CursorInvalid
        """
        return self._calls.call(
            _operations.GET_BOOKS,
            {"page": page, "per_page": per_page, "cursor": cursor, "author_id": author_id},
            timeout_s=timeout_s,
        )

    def paginate(
        self,
        *,
        page: int | None = None,
        per_page: int | None = None,
        cursor: str | None = None,
        author_id: int | None = None,
        timeout_s: float | None = None,
    ) -> Pager[models.BookPage, models.Book]:
        """Read books page by page.

        Iterate for the items of all pages, or over `.pages()`.

        Args:
            page: 1 to 1000000.
            per_page: 1 to 100.
            cursor: 1 to 512 characters.
            author_id: 1 to 9007199254740991.

        Raises:
            CursorInvalid
        """

        def fetch(values: Mapping[str, Any]) -> models.BookPage:
            return self._calls.call(_operations.GET_BOOKS, values, timeout_s=timeout_s)

        return Pager(fetch, {"page": page, "per_page": per_page, "cursor": cursor, "author_id": author_id})

    def update(
        self,
        *,
        book_id: int,
        title: str,
        author_id: int,
        expected_version: int | None = None,
        published_on: date | None = None,
        timeout_s: float | None = None,
    ) -> models.Book:
        """Replace a book.

        Args:
            book_id: 1 to 9007199254740991.
            expected_version: 1 to 9007199254740991.
            title: 1 to 200 characters.
            author_id: 1 to 9007199254740991.

        Raises:
            BookNotFound, VersionMismatch, AuthorNotFound
        """
        return self._calls.call(
            _operations.UPDATE_BOOK,
            {
                "book_id": book_id,
                "expected_version": expected_version,
                "title": title,
                "author_id": author_id,
                "published_on": published_on,
            },
            timeout_s=timeout_s,
        )


class SystemApi:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def health(self, *, timeout_s: float | None = None) -> models.Health:
        """Say how the node is and which contract it speaks."""
        return self._calls.call(_operations.HEALTH, {}, timeout_s=timeout_s)

    def livez(self, *, timeout_s: float | None = None) -> None:
        """Say that the process runs."""
        return self._calls.call(_operations.LIVEZ, {}, timeout_s=timeout_s)

    def readyz(self, *, timeout_s: float | None = None) -> None:
        """Say that the node takes requests.

        Answers `unavailable` while the node cannot serve or is draining.
        """
        return self._calls.call(_operations.READYZ, {}, timeout_s=timeout_s)


class Features(BaseClient):
    _contract = CONTRACT

    @property
    def audit_log(self) -> AuditLogApi:
        return AuditLogApi(self._calls)

    @property
    def auth(self) -> AuthApi:
        return AuthApi(self._calls)

    @property
    def authors(self) -> AuthorsApi:
        return AuthorsApi(self._calls)

    @property
    def books(self) -> BooksApi:
        return BooksApi(self._calls)

    @property
    def system(self) -> SystemApi:
        return SystemApi(self._calls)

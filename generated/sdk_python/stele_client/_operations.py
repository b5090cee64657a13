"""Every operation and event, as the doors need it. Generated; do not edit."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from . import models
from .runtime.operation import EventType, HttpBinding, Operation, Parameter

CREATE_AUTHOR: Operation[models.Author] = Operation(
    name="create_author",
    feature="authors",
    result=cache(lambda: TypeAdapter(models.Author)),
    pkg_id=3,
    idempotency="key",
    timeout_s=5.0,
    http=HttpBinding("POST", "/api/authors", has_body=True),
    request_message="stele.v1.CreateAuthorRequest",
    result_message="stele.v1.Author",
)

CREATE_BOOK: Operation[models.Book] = Operation(
    name="create_book",
    feature="books",
    result=cache(lambda: TypeAdapter(models.Book)),
    pkg_id=10,
    idempotency="key",
    timeout_s=5.0,
    http=HttpBinding("POST", "/api/books", has_body=True),
    request_message="stele.v1.CreateBookRequest",
    result_message="stele.v1.Book",
)

CREATE_WS_TICKET: Operation[models.WsTicket] = Operation(
    name="create_ws_ticket",
    feature="auth",
    result=cache(lambda: TypeAdapter(models.WsTicket)),
    idempotency="none",
    timeout_s=5.0,
    http=HttpBinding("POST", "/auth/ws-ticket"),
    request_message="stele.v1.CreateWsTicketRequest",
    result_message="stele.v1.WsTicket",
    session="ticket",
)

DELETE_AUTHOR: Operation[None] = Operation(
    name="delete_author",
    feature="authors",
    result=cache(lambda: TypeAdapter(None)),
    pkg_id=6,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "DELETE",
        "/api/authors/{author_id}",
        parameters=(
            Parameter("author_id", "author_id", "path"),
            Parameter("expected_version", "If-Match", "header", is_etag=True),
        ),
    ),
    request_message="stele.v1.DeleteAuthorRequest",
)

DELETE_BOOK: Operation[None] = Operation(
    name="delete_book",
    feature="books",
    result=cache(lambda: TypeAdapter(None)),
    pkg_id=13,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "DELETE",
        "/api/books/{book_id}",
        parameters=(
            Parameter("book_id", "book_id", "path"),
            Parameter("expected_version", "If-Match", "header", is_etag=True),
        ),
    ),
    request_message="stele.v1.DeleteBookRequest",
)

END_SESSIONS: Operation[None] = Operation(
    name="end_sessions",
    feature="auth",
    result=cache(lambda: TypeAdapter(None)),
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding("DELETE", "/auth/sessions/{subject}", parameters=(Parameter("subject", "subject", "path"),)),
)

GET_AUDIT_LOG: Operation[models.AuditLog] = Operation(
    name="get_audit_log",
    feature="audit_log",
    result=cache(lambda: TypeAdapter(models.AuditLog)),
    pkg_id=8,
    is_query=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "GET", "/api/audit-logs/{audit_log_id}", parameters=(Parameter("audit_log_id", "audit_log_id", "path"),)
    ),
    request_message="stele.v1.GetAuditLogRequest",
    result_message="stele.v1.AuditLog",
)

GET_AUDIT_LOGS: Operation[models.AuditLogPage] = Operation(
    name="get_audit_logs",
    feature="audit_log",
    result=cache(lambda: TypeAdapter(models.AuditLogPage)),
    pkg_id=7,
    is_query=True,
    is_list=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "GET",
        "/api/audit-logs",
        parameters=(
            Parameter("user", "user", "query"),
            Parameter("action", "action", "query"),
            Parameter("object_id", "object_id", "query"),
            Parameter("outcome", "outcome", "query"),
            Parameter("since", "since", "query"),
            Parameter("until", "until", "query"),
            Parameter("page", "page", "query"),
            Parameter("per_page", "per_page", "query"),
        ),
    ),
    request_message="stele.v1.GetAuditLogsRequest",
    result_message="stele.v1.AuditLogPage",
)

GET_AUTHOR: Operation[models.Author] = Operation(
    name="get_author",
    feature="authors",
    result=cache(lambda: TypeAdapter(models.Author)),
    pkg_id=4,
    is_query=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding("GET", "/api/authors/{author_id}", parameters=(Parameter("author_id", "author_id", "path"),)),
    request_message="stele.v1.GetAuthorRequest",
    result_message="stele.v1.Author",
)

GET_AUTHORS: Operation[models.AuthorList] = Operation(
    name="get_authors",
    feature="authors",
    result=cache(lambda: TypeAdapter(models.AuthorList)),
    pkg_id=1,
    is_query=True,
    is_list=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "GET",
        "/api/authors",
        parameters=(
            Parameter("id", "id", "query"),
            Parameter("name", "name", "query"),
            Parameter("search_term", "search_term", "query"),
        ),
    ),
    request_message="stele.v1.GetAuthorsRequest",
    result_message="stele.v1.AuthorList",
)

GET_BOOK: Operation[models.Book] = Operation(
    name="get_book",
    feature="books",
    result=cache(lambda: TypeAdapter(models.Book)),
    pkg_id=11,
    is_query=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding("GET", "/api/books/{book_id}", parameters=(Parameter("book_id", "book_id", "path"),)),
    request_message="stele.v1.GetBookRequest",
    result_message="stele.v1.Book",
)

GET_BOOKS: Operation[models.BookPage] = Operation(
    name="get_books",
    feature="books",
    result=cache(lambda: TypeAdapter(models.BookPage)),
    pkg_id=9,
    is_query=True,
    is_list=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "GET",
        "/api/books",
        parameters=(
            Parameter("page", "page", "query"),
            Parameter("per_page", "per_page", "query"),
            Parameter("cursor", "cursor", "query"),
            Parameter("author_id", "author_id", "query"),
        ),
    ),
    request_message="stele.v1.GetBooksRequest",
    result_message="stele.v1.BookPage",
)

GET_PAGINATED_AUTHORS: Operation[models.AuthorPage] = Operation(
    name="get_paginated_authors",
    feature="authors",
    result=cache(lambda: TypeAdapter(models.AuthorPage)),
    pkg_id=2,
    is_query=True,
    is_list=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "GET",
        "/api/authors/paginated",
        parameters=(
            Parameter("page", "page", "query"),
            Parameter("per_page", "per_page", "query"),
            Parameter("cursor", "cursor", "query"),
            Parameter("id", "id", "query"),
            Parameter("name", "name", "query"),
            Parameter("search_term", "search_term", "query"),
        ),
    ),
    request_message="stele.v1.GetPaginatedAuthorsRequest",
    result_message="stele.v1.AuthorPage",
)

HEALTH: Operation[models.Health] = Operation(
    name="health",
    feature="system",
    result=cache(lambda: TypeAdapter(models.Health)),
    is_query=True,
    is_public=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding("GET", "/health"),
    request_message="stele.v1.HealthRequest",
    result_message="stele.v1.Health",
)

LIVEZ: Operation[None] = Operation(
    name="livez",
    feature="system",
    result=cache(lambda: TypeAdapter(None)),
    is_query=True,
    is_public=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding("GET", "/livez"),
    request_message="stele.v1.LivezRequest",
)

LOGIN: Operation[models.Tokens] = Operation(
    name="login",
    feature="auth",
    result=cache(lambda: TypeAdapter(models.Tokens)),
    is_public=True,
    idempotency="none",
    timeout_s=5.0,
    http=HttpBinding("POST", "/auth/login", has_body=True),
    request_message="stele.v1.LoginRequest",
    result_message="stele.v1.Tokens",
    session="login",
)

LOGOUT: Operation[None] = Operation(
    name="logout",
    feature="auth",
    result=cache(lambda: TypeAdapter(None)),
    is_public=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding("POST", "/auth/logout", has_body=True),
    request_message="stele.v1.LogoutRequest",
    session="logout",
)

READYZ: Operation[None] = Operation(
    name="readyz",
    feature="system",
    result=cache(lambda: TypeAdapter(None)),
    is_query=True,
    is_public=True,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding("GET", "/readyz"),
    request_message="stele.v1.ReadyzRequest",
)

REFRESH: Operation[models.Tokens] = Operation(
    name="refresh",
    feature="auth",
    result=cache(lambda: TypeAdapter(models.Tokens)),
    is_public=True,
    idempotency="none",
    timeout_s=5.0,
    http=HttpBinding("POST", "/auth/refresh", has_body=True),
    request_message="stele.v1.RefreshRequest",
    result_message="stele.v1.Tokens",
    session="refresh",
)

UPDATE_AUTHOR: Operation[models.Author] = Operation(
    name="update_author",
    feature="authors",
    result=cache(lambda: TypeAdapter(models.Author)),
    pkg_id=5,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "PUT",
        "/api/authors/{author_id}",
        parameters=(
            Parameter("author_id", "author_id", "path"),
            Parameter("expected_version", "If-Match", "header", is_etag=True),
        ),
        has_body=True,
    ),
    request_message="stele.v1.UpdateAuthorRequest",
    result_message="stele.v1.Author",
)

UPDATE_BOOK: Operation[models.Book] = Operation(
    name="update_book",
    feature="books",
    result=cache(lambda: TypeAdapter(models.Book)),
    pkg_id=12,
    idempotency="natural",
    timeout_s=5.0,
    http=HttpBinding(
        "PUT",
        "/api/books/{book_id}",
        parameters=(
            Parameter("book_id", "book_id", "path"),
            Parameter("expected_version", "If-Match", "header", is_etag=True),
        ),
        has_body=True,
    ),
    request_message="stele.v1.UpdateBookRequest",
    result_message="stele.v1.Book",
)

AUTHOR_CREATED: EventType[models.AuthorCreated] = EventType(
    "author_created",
    1001,
    "authors",
    models.AuthorCreated,
    cache(lambda: TypeAdapter(models.AuthorCreated)),
    "stele.v1.AuthorCreated",
)

AUTHOR_DELETED: EventType[models.AuthorDeleted] = EventType(
    "author_deleted",
    1003,
    "authors",
    models.AuthorDeleted,
    cache(lambda: TypeAdapter(models.AuthorDeleted)),
    "stele.v1.AuthorDeleted",
)

AUTHOR_UPDATED: EventType[models.AuthorUpdated] = EventType(
    "author_updated",
    1002,
    "authors",
    models.AuthorUpdated,
    cache(lambda: TypeAdapter(models.AuthorUpdated)),
    "stele.v1.AuthorUpdated",
)

BOOK_CREATED: EventType[models.BookCreated] = EventType(
    "book_created",
    1004,
    "books",
    models.BookCreated,
    cache(lambda: TypeAdapter(models.BookCreated)),
    "stele.v1.BookCreated",
)

BOOK_DELETED: EventType[models.BookDeleted] = EventType(
    "book_deleted",
    1006,
    "books",
    models.BookDeleted,
    cache(lambda: TypeAdapter(models.BookDeleted)),
    "stele.v1.BookDeleted",
)

BOOK_UPDATED: EventType[models.BookUpdated] = EventType(
    "book_updated",
    1005,
    "books",
    models.BookUpdated,
    cache(lambda: TypeAdapter(models.BookUpdated)),
    "stele.v1.BookUpdated",
)

OPERATIONS: dict[str, Operation[Any]] = {
    "create_author": CREATE_AUTHOR,
    "create_book": CREATE_BOOK,
    "create_ws_ticket": CREATE_WS_TICKET,
    "delete_author": DELETE_AUTHOR,
    "delete_book": DELETE_BOOK,
    "end_sessions": END_SESSIONS,
    "get_audit_log": GET_AUDIT_LOG,
    "get_audit_logs": GET_AUDIT_LOGS,
    "get_author": GET_AUTHOR,
    "get_authors": GET_AUTHORS,
    "get_book": GET_BOOK,
    "get_books": GET_BOOKS,
    "get_paginated_authors": GET_PAGINATED_AUTHORS,
    "health": HEALTH,
    "livez": LIVEZ,
    "login": LOGIN,
    "logout": LOGOUT,
    "readyz": READYZ,
    "refresh": REFRESH,
    "update_author": UPDATE_AUTHOR,
    "update_book": UPDATE_BOOK,
}

EVENTS: dict[int, EventType[Any]] = {
    1001: AUTHOR_CREATED,
    1003: AUTHOR_DELETED,
    1002: AUTHOR_UPDATED,
    1004: BOOK_CREATED,
    1006: BOOK_DELETED,
    1005: BOOK_UPDATED,
}

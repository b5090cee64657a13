"""Every operation as a command of the terminal. Generated; do not edit."""

from __future__ import annotations

from ._clients import AsyncClient, Client
from ._contract import CONTRACT
from .runtime.terminal.program import Argument, Command, Program

COMMANDS: dict[str, Command] = {
    "authors.create": Command(
        operation="create_author",
        feature="authors",
        pager="",
        summary="Create an author.",
        arguments=(
            Argument("name", "text", is_required=True, help="1 to 200 characters."),
            Argument("bio", "text", help="At most 2000 characters."),
            Argument("born_on", "text"),
        ),
    ),
    "books.create": Command(
        operation="create_book",
        feature="books",
        pager="",
        summary="Create a book.",
        arguments=(
            Argument("title", "text", is_required=True, help="1 to 200 characters."),
            Argument("author_id", "integer", is_required=True, help="1 to 9007199254740991."),
            Argument("published_on", "text"),
        ),
    ),
    "auth.create_ws_ticket": Command(
        operation="create_ws_ticket",
        feature="auth",
        pager="",
        summary="Get a ticket that opens one WebSocket.",
        arguments=(),
    ),
    "authors.delete": Command(
        operation="delete_author",
        feature="authors",
        pager="",
        summary="Delete an author.",
        arguments=(
            Argument("author_id", "integer", is_required=True, help="1 to 9007199254740991."),
            Argument("expected_version", "integer", help="1 to 9007199254740991."),
        ),
    ),
    "books.delete": Command(
        operation="delete_book",
        feature="books",
        pager="",
        summary="Delete a book.",
        arguments=(
            Argument("book_id", "integer", is_required=True, help="1 to 9007199254740991."),
            Argument("expected_version", "integer", help="1 to 9007199254740991."),
        ),
    ),
    "auth.end_sessions": Command(
        operation="end_sessions",
        feature="auth",
        pager="",
        summary="End all sessions of a user here.",
        arguments=(
            Argument("subject", "text", is_required=True, help="The `sub` of a user's tokens. 1 to 255 characters."),
        ),
    ),
    "audit_log.get": Command(
        operation="get_audit_log",
        feature="audit_log",
        pager="",
        summary="Read one audit row.",
        arguments=(Argument("audit_log_id", "integer", is_required=True, help="1 to 9007199254740991."),),
    ),
    "audit_log.get_page": Command(
        operation="get_audit_logs",
        feature="audit_log",
        pager="",
        summary="Read audit rows page by page, newest first.",
        arguments=(
            Argument("user", "text", help="1 to 1024 characters."),
            Argument("action", "text", help="1 to 128 characters."),
            Argument("object_id", "text", help="1 to 255 characters."),
            Argument(
                "outcome",
                "text",
                choices=(
                    "success",
                    "denied",
                    "error",
                ),
            ),
            Argument("since", "text"),
            Argument("until", "text"),
            Argument("page", "integer", help="1 to 1000000."),
            Argument("per_page", "integer", help="1 to 100."),
        ),
    ),
    "authors.get": Command(
        operation="get_author",
        feature="authors",
        pager="",
        summary="Read one author.",
        arguments=(Argument("author_id", "integer", is_required=True, help="1 to 9007199254740991."),),
    ),
    "authors.find": Command(
        operation="get_authors",
        feature="authors",
        pager="",
        summary="Find authors by id, name or text.",
        arguments=(
            Argument("id", "integer", help="1 to 9007199254740991."),
            Argument("name", "text", help="1 to 200 characters."),
            Argument("search_term", "text", help="1 to 200 characters."),
        ),
    ),
    "books.get": Command(
        operation="get_book",
        feature="books",
        pager="",
        summary="Read one book.",
        arguments=(Argument("book_id", "integer", is_required=True, help="1 to 9007199254740991."),),
    ),
    "books.get_page": Command(
        operation="get_books",
        feature="books",
        pager="paginate",
        summary="Read books page by page.",
        arguments=(
            Argument("page", "integer", help="1 to 1000000."),
            Argument("per_page", "integer", help="1 to 100."),
            Argument("cursor", "text", help="1 to 512 characters."),
            Argument("author_id", "integer", help="1 to 9007199254740991."),
        ),
    ),
    "authors.get_page": Command(
        operation="get_paginated_authors",
        feature="authors",
        pager="paginate",
        summary="Read authors page by page.",
        arguments=(
            Argument("page", "integer", help="1 to 1000000."),
            Argument("per_page", "integer", help="1 to 100."),
            Argument("cursor", "text", help="1 to 512 characters."),
            Argument("id", "integer", help="1 to 9007199254740991."),
            Argument("name", "text", help="1 to 200 characters."),
            Argument("search_term", "text", help="1 to 200 characters."),
        ),
    ),
    "system.health": Command(
        operation="health",
        feature="system",
        pager="",
        summary="Say how the node is and which contract it speaks.",
        arguments=(),
    ),
    "system.livez": Command(
        operation="livez", feature="system", pager="", summary="Say that the process runs.", arguments=()
    ),
    "auth.login": Command(
        operation="login",
        feature="auth",
        pager="",
        summary="Exchange a name and a password for tokens.",
        arguments=(
            Argument("username", "text", is_required=True, help="1 to 255 characters."),
            Argument("password", "text", is_required=True, help="1 to 1024 characters."),
        ),
    ),
    "auth.logout": Command(
        operation="logout",
        feature="auth",
        pager="",
        summary="End the session of a refresh token.",
        arguments=(Argument("refresh_token", "text", is_required=True, help="1 to 16384 characters."),),
    ),
    "system.readyz": Command(
        operation="readyz", feature="system", pager="", summary="Say that the node takes requests.", arguments=()
    ),
    "auth.refresh": Command(
        operation="refresh",
        feature="auth",
        pager="",
        summary="Exchange a refresh token for new tokens.",
        arguments=(Argument("refresh_token", "text", is_required=True, help="1 to 16384 characters."),),
    ),
    "authors.update": Command(
        operation="update_author",
        feature="authors",
        pager="",
        summary="Replace an author.",
        arguments=(
            Argument("author_id", "integer", is_required=True, help="1 to 9007199254740991."),
            Argument("expected_version", "integer", help="1 to 9007199254740991."),
            Argument("name", "text", is_required=True, help="1 to 200 characters."),
            Argument("bio", "text", help="At most 2000 characters."),
            Argument("born_on", "text"),
        ),
    ),
    "books.update": Command(
        operation="update_book",
        feature="books",
        pager="",
        summary="Replace a book.",
        arguments=(
            Argument("book_id", "integer", is_required=True, help="1 to 9007199254740991."),
            Argument("expected_version", "integer", help="1 to 9007199254740991."),
            Argument("title", "text", is_required=True, help="1 to 200 characters."),
            Argument("author_id", "integer", is_required=True, help="1 to 9007199254740991."),
            Argument("published_on", "text"),
        ),
    ),
}

PROGRAM = Program(
    name="stele-call", product="stele", contract=CONTRACT, client=Client, async_client=AsyncClient, commands=COMMANDS
)

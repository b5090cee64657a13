"""Every operation with its policy, deny by default. Generated; do not edit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Audit(StrEnum):
    REQUIRED = "required"
    BEST_EFFORT = "best-effort"
    NONE = "none"


class Idempotency(StrEnum):
    KEY = "key"
    NATURAL = "natural"
    NONE = "none"


class Priority(IntEnum):
    """What goes first, and is refused last, when there is more than the node can do."""

    HEALTH = 0
    SESSION = 1
    READ = 2
    WRITE = 3
    BULK = 4


class WhenDown(StrEnum):
    """What a bucket does while the limiter's store is away."""

    LOCAL = "local"
    CLOSED = "closed"
    OPEN = "open"


class BucketKey(StrEnum):
    USER = "user"
    IP = "ip"


Roles = tuple[frozenset[str], ...] | None
"""OR of ANDs; None is public, one empty set is any authenticated caller."""


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    limit: int
    window_s: float
    key: BucketKey
    when_down: WhenDown


@dataclass(frozen=True, slots=True)
class Topic:
    """`parameters` are attributes of every event of the topic, `author.id`, in the order in which they stand in its name; those of `filter`
    are what its events may be filtered by."""

    name: str
    history: int
    keep_s: float
    must_deliver: bool
    parameters: tuple[str, ...] = ()
    filter: tuple[str, ...] = ()
    has_presence: bool = False
    """Followers may ask who else follows."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`errors` are the codes it may answer with, implied ones included; `audit_fields` of the request are kept in its audit row; `sensitive`
    fields, `login.password`, are never logged."""

    name: str
    feature: str
    pkg_id: int | None
    is_query: bool
    is_stream: bool
    """It answers any number of items, and its method is an asynchronous generator."""
    roles: Roles
    bucket: Bucket | None
    audit: Audit
    idempotency: Idempotency
    timeout_s: float
    priority: Priority
    errors: tuple[str, ...]
    publishes: tuple[str, ...]
    audit_fields: tuple[str, ...]
    sensitive: frozenset[str]


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    pkg_id: int
    topics: tuple[str, ...]
    roles: Roles


CONTRACT_VERSION = "1.0.0"
CONTRACT_HASH = "8d450143"
LATENCY_OBJECTIVES: tuple[float, ...] = (0.25, 0.5)
"""In seconds; each is a bound of the histogram of requests, so that what keeps it can be counted."""


class PkgId(IntEnum):
    GET_AUTHORS = 1
    GET_PAGINATED_AUTHORS = 2
    CREATE_AUTHOR = 3
    GET_AUTHOR = 4
    UPDATE_AUTHOR = 5
    DELETE_AUTHOR = 6
    GET_AUDIT_LOGS = 7
    GET_AUDIT_LOG = 8
    GET_BOOKS = 9
    CREATE_BOOK = 10
    GET_BOOK = 11
    UPDATE_BOOK = 12
    DELETE_BOOK = 13
    AUTHOR_CREATED = 1001
    AUTHOR_UPDATED = 1002
    AUTHOR_DELETED = 1003
    BOOK_CREATED = 1004
    BOOK_UPDATED = 1005
    BOOK_DELETED = 1006


ROLES: frozenset[str] = frozenset(
    {
        "admin",
        "create-author",
        "create-book",
        "delete-author",
        "delete-book",
        "get-authors",
        "get-books",
        "update-author",
        "update-book",
        "view-audit-logs",
    }
)

BUCKETS: dict[str, Bucket] = {
    "handshakes": Bucket("handshakes", 600, 60.0, BucketKey.IP, WhenDown.LOCAL),
    "login": Bucket("login", 60, 60.0, BucketKey.IP, WhenDown.CLOSED),
    "login-name": Bucket("login-name", 10, 60.0, BucketKey.USER, WhenDown.LOCAL),
    "reads": Bucket("reads", 600, 60.0, BucketKey.USER, WhenDown.LOCAL),
    "sessions": Bucket("sessions", 600, 60.0, BucketKey.IP, WhenDown.LOCAL),
    "unauthenticated": Bucket("unauthenticated", 1000, 60.0, BucketKey.IP, WhenDown.LOCAL),
    "writes": Bucket("writes", 120, 60.0, BucketKey.USER, WhenDown.LOCAL),
}

TOPICS: dict[str, Topic] = {
    "authors": Topic("authors", 1000, 3600.0, True),
    "authors/{author.id}": Topic("authors/{author.id}", 1000, 3600.0, True, ("author.id",)),
    "books": Topic("books", 1000, 3600.0, True, filter=("book.author.id",)),
    "books/{book.id}": Topic("books/{book.id}", 1000, 3600.0, True, ("book.id",)),
}

SOCKETS_PER_USER = 20
"""Open at once, over all nodes."""

OPERATIONS: dict[str, Operation] = {
    "create_author": Operation(
        name="create_author",
        feature="authors",
        pkg_id=3,
        is_query=False,
        is_stream=False,
        roles=(frozenset({"create-author"}),),
        bucket=BUCKETS["writes"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.KEY,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "author_name_taken",
            "changed_meanwhile",
            "forbidden",
            "idempotency_key_reused",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "outcome_unknown",
            "rate_limited",
            "request_in_progress",
            "timeout",
            "too_large",
            "unauthenticated",
            "unavailable",
            "unsupported_media_type",
        ),
        publishes=("author_created",),
        audit_fields=("name", "born_on"),
        sensitive=frozenset(),
    ),
    "create_book": Operation(
        name="create_book",
        feature="books",
        pkg_id=10,
        is_query=False,
        is_stream=False,
        roles=(frozenset({"create-book"}),),
        bucket=BUCKETS["writes"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.KEY,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "author_not_found",
            "changed_meanwhile",
            "forbidden",
            "idempotency_key_reused",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "outcome_unknown",
            "rate_limited",
            "request_in_progress",
            "timeout",
            "too_large",
            "unauthenticated",
            "unavailable",
            "unsupported_media_type",
        ),
        publishes=("book_created",),
        audit_fields=("title", "author_id"),
        sensitive=frozenset(),
    ),
    "create_ws_ticket": Operation(
        name="create_ws_ticket",
        feature="auth",
        pkg_id=None,
        is_query=False,
        is_stream=False,
        roles=(frozenset(),),
        bucket=BUCKETS["writes"],
        audit=Audit.BEST_EFFORT,
        idempotency=Idempotency.NONE,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "changed_meanwhile",
            "forbidden",
            "internal",
            "not_acceptable",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "delete_author": Operation(
        name="delete_author",
        feature="authors",
        pkg_id=6,
        is_query=False,
        is_stream=False,
        roles=(frozenset({"delete-author"}),),
        bucket=BUCKETS["writes"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "author_in_use",
            "author_not_found",
            "changed_meanwhile",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
            "version_mismatch",
        ),
        publishes=("author_deleted",),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "delete_book": Operation(
        name="delete_book",
        feature="books",
        pkg_id=13,
        is_query=False,
        is_stream=False,
        roles=(frozenset({"delete-book"}),),
        bucket=BUCKETS["writes"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "book_not_found",
            "changed_meanwhile",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
            "version_mismatch",
        ),
        publishes=("book_deleted",),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "end_sessions": Operation(
        name="end_sessions",
        feature="auth",
        pkg_id=None,
        is_query=False,
        is_stream=False,
        roles=(frozenset({"admin"}),),
        bucket=BUCKETS["writes"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "changed_meanwhile",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "get_audit_log": Operation(
        name="get_audit_log",
        feature="audit_log",
        pkg_id=8,
        is_query=True,
        is_stream=False,
        roles=(frozenset({"admin"}), frozenset({"view-audit-logs"})),
        bucket=BUCKETS["reads"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.READ,
        errors=(
            "audit_log_not_found",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "get_audit_logs": Operation(
        name="get_audit_logs",
        feature="audit_log",
        pkg_id=7,
        is_query=True,
        is_stream=False,
        roles=(frozenset({"admin"}), frozenset({"view-audit-logs"})),
        bucket=BUCKETS["reads"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.READ,
        errors=(
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "get_author": Operation(
        name="get_author",
        feature="authors",
        pkg_id=4,
        is_query=True,
        is_stream=False,
        roles=(frozenset({"get-authors"}),),
        bucket=BUCKETS["reads"],
        audit=Audit.BEST_EFFORT,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.READ,
        errors=(
            "author_not_found",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "get_authors": Operation(
        name="get_authors",
        feature="authors",
        pkg_id=1,
        is_query=True,
        is_stream=False,
        roles=(frozenset({"get-authors"}),),
        bucket=BUCKETS["reads"],
        audit=Audit.BEST_EFFORT,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.READ,
        errors=(
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "get_book": Operation(
        name="get_book",
        feature="books",
        pkg_id=11,
        is_query=True,
        is_stream=False,
        roles=(frozenset({"get-books"}),),
        bucket=BUCKETS["reads"],
        audit=Audit.BEST_EFFORT,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.READ,
        errors=(
            "book_not_found",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "get_books": Operation(
        name="get_books",
        feature="books",
        pkg_id=9,
        is_query=True,
        is_stream=False,
        roles=(frozenset({"get-books"}),),
        bucket=BUCKETS["reads"],
        audit=Audit.BEST_EFFORT,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.READ,
        errors=(
            "cursor_invalid",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "get_paginated_authors": Operation(
        name="get_paginated_authors",
        feature="authors",
        pkg_id=2,
        is_query=True,
        is_stream=False,
        roles=(frozenset({"get-authors"}),),
        bucket=BUCKETS["reads"],
        audit=Audit.BEST_EFFORT,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.READ,
        errors=(
            "cursor_invalid",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "rate_limited",
            "timeout",
            "unauthenticated",
            "unavailable",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "health": Operation(
        name="health",
        feature="system",
        pkg_id=None,
        is_query=True,
        is_stream=False,
        roles=None,
        bucket=None,
        audit=Audit.NONE,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.HEALTH,
        errors=("internal", "not_acceptable", "timeout", "unavailable"),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "livez": Operation(
        name="livez",
        feature="system",
        pkg_id=None,
        is_query=True,
        is_stream=False,
        roles=None,
        bucket=None,
        audit=Audit.NONE,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.HEALTH,
        errors=("internal", "timeout", "unavailable"),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "login": Operation(
        name="login",
        feature="auth",
        pkg_id=None,
        is_query=False,
        is_stream=False,
        roles=None,
        bucket=BUCKETS["login"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NONE,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "changed_meanwhile",
            "credentials_invalid",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "too_large",
            "unavailable",
            "unsupported_media_type",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset({"password"}),
    ),
    "logout": Operation(
        name="logout",
        feature="auth",
        pkg_id=None,
        is_query=False,
        is_stream=False,
        roles=None,
        bucket=BUCKETS["sessions"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "changed_meanwhile",
            "internal",
            "invalid_data",
            "malformed",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "too_large",
            "unavailable",
            "unsupported_media_type",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset({"refresh_token"}),
    ),
    "readyz": Operation(
        name="readyz",
        feature="system",
        pkg_id=None,
        is_query=True,
        is_stream=False,
        roles=None,
        bucket=None,
        audit=Audit.NONE,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.HEALTH,
        errors=("internal", "timeout", "unavailable"),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset(),
    ),
    "refresh": Operation(
        name="refresh",
        feature="auth",
        pkg_id=None,
        is_query=False,
        is_stream=False,
        roles=None,
        bucket=BUCKETS["sessions"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NONE,
        timeout_s=5.0,
        priority=Priority.SESSION,
        errors=(
            "changed_meanwhile",
            "credentials_invalid",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "too_large",
            "unavailable",
            "unsupported_media_type",
        ),
        publishes=(),
        audit_fields=(),
        sensitive=frozenset({"refresh_token"}),
    ),
    "update_author": Operation(
        name="update_author",
        feature="authors",
        pkg_id=5,
        is_query=False,
        is_stream=False,
        roles=(frozenset({"update-author"}),),
        bucket=BUCKETS["writes"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "author_name_taken",
            "author_not_found",
            "changed_meanwhile",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "too_large",
            "unauthenticated",
            "unavailable",
            "unsupported_media_type",
            "version_mismatch",
        ),
        publishes=("author_updated",),
        audit_fields=("name", "born_on"),
        sensitive=frozenset(),
    ),
    "update_book": Operation(
        name="update_book",
        feature="books",
        pkg_id=12,
        is_query=False,
        is_stream=False,
        roles=(frozenset({"update-book"}),),
        bucket=BUCKETS["writes"],
        audit=Audit.REQUIRED,
        idempotency=Idempotency.NATURAL,
        timeout_s=5.0,
        priority=Priority.WRITE,
        errors=(
            "author_not_found",
            "book_not_found",
            "changed_meanwhile",
            "forbidden",
            "internal",
            "invalid_data",
            "malformed",
            "not_acceptable",
            "outcome_unknown",
            "rate_limited",
            "timeout",
            "too_large",
            "unauthenticated",
            "unavailable",
            "unsupported_media_type",
            "version_mismatch",
        ),
        publishes=("book_updated",),
        audit_fields=("title", "author_id"),
        sensitive=frozenset(),
    ),
}

EVENTS: dict[str, Event] = {
    "author_created": Event(
        name="author_created",
        pkg_id=1001,
        topics=("authors", "authors/{author.id}"),
        roles=(frozenset({"get-authors"}),),
    ),
    "author_deleted": Event(
        name="author_deleted",
        pkg_id=1003,
        topics=("authors", "authors/{author.id}"),
        roles=(frozenset({"get-authors"}),),
    ),
    "author_updated": Event(
        name="author_updated",
        pkg_id=1002,
        topics=("authors", "authors/{author.id}"),
        roles=(frozenset({"get-authors"}),),
    ),
    "book_created": Event(
        name="book_created", pkg_id=1004, topics=("books", "books/{book.id}"), roles=(frozenset({"get-books"}),)
    ),
    "book_deleted": Event(
        name="book_deleted", pkg_id=1006, topics=("books", "books/{book.id}"), roles=(frozenset({"get-books"}),)
    ),
    "book_updated": Event(
        name="book_updated", pkg_id=1005, topics=("books", "books/{book.id}"), roles=(frozenset({"get-books"}),)
    ),
}

QUESTIONS: dict[str, Operation] = {}
"""By topic: whether a caller may follow it, where a handler says so."""

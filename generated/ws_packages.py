"""What answers each PkgID of the socket. Generated; do not edit."""

from __future__ import annotations

from generated.bindings import Guard, Package
from generated.operations import OPERATIONS
from generated.wire import CODECS

PACKAGES: dict[int, Package] = {
    1: Package(OPERATIONS["get_authors"], CODECS["get_authors"], lambda handlers: handlers.authors.get_authors),
    2: Package(
        OPERATIONS["get_paginated_authors"],
        CODECS["get_paginated_authors"],
        lambda handlers: handlers.authors.get_paginated_authors,
    ),
    3: Package(OPERATIONS["create_author"], CODECS["create_author"], lambda handlers: handlers.authors.create_author),
    4: Package(OPERATIONS["get_author"], CODECS["get_author"], lambda handlers: handlers.authors.get_author),
    5: Package(OPERATIONS["update_author"], CODECS["update_author"], lambda handlers: handlers.authors.update_author),
    6: Package(OPERATIONS["delete_author"], CODECS["delete_author"], lambda handlers: handlers.authors.delete_author),
    7: Package(
        OPERATIONS["get_audit_logs"], CODECS["get_audit_logs"], lambda handlers: handlers.audit_log.get_audit_logs
    ),
    8: Package(OPERATIONS["get_audit_log"], CODECS["get_audit_log"], lambda handlers: handlers.audit_log.get_audit_log),
    9: Package(OPERATIONS["get_books"], CODECS["get_books"], lambda handlers: handlers.books.get_books),
    10: Package(OPERATIONS["create_book"], CODECS["create_book"], lambda handlers: handlers.books.create_book),
    11: Package(OPERATIONS["get_book"], CODECS["get_book"], lambda handlers: handlers.books.get_book),
    12: Package(OPERATIONS["update_book"], CODECS["update_book"], lambda handlers: handlers.books.update_book),
    13: Package(OPERATIONS["delete_book"], CODECS["delete_book"], lambda handlers: handlers.books.delete_book),
}

GUARDS: dict[str, Guard] = {}
"""By topic: who says who may follow it."""

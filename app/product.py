"""The features that this service has: how each is made, and its tables. Wiring and migrations ask here and name none.

A new feature is its imports, one entry of `handlers`, and its tables; `make new` and `make remove` write these lines.
"""

from __future__ import annotations

from types import ModuleType

from app.execution.context import Context
from app.execution.platform import Platform
from app.features.audit_log.handler import AuditLogs
from app.features.audit_log.repository import AuditLogRepository
from app.features.auth.handler import Auth
from app.features.authors import tables as authors_tables
from app.features.authors.handler import Authors
from app.features.authors.repository import AuthorRepository
from app.features.books import tables as books_tables
from app.features.books.handler import Books
from app.features.books.repository import BookRepository
from app.features.system.handler import System
from generated.handlers import Handlers

TABLES: tuple[ModuleType, ...] = (
    authors_tables,
    books_tables,
)
"""Importing a module is what puts its tables into the schema."""


def handlers(platform: Platform) -> Handlers[Context]:
    """Every feature's handler; a missing one, or a missing method of one, is a TypeError here."""
    return Handlers(
        audit_log=AuditLogs(AuditLogRepository()),
        auth=Auth(platform.identity, platform.tickets),
        authors=Authors(AuthorRepository(), platform.cursors),
        system=System(platform.is_ready),
        books=Books(BookRepository(), platform.cursors),
    )

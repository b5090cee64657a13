"""The features that this service has: how each is made, and its tables. Wiring and migrations ask here and name none.

A new feature is its imports, one entry of `handlers`, and its tables; `make new` and `make remove` write these lines.
"""

from __future__ import annotations

from types import ModuleType

from app.execution.context import Context
from app.execution.platform import Platform
from app.features.artists import tables as artists_tables
from app.features.artists.handler import Artists
from app.features.artists.repository import ArtistRepository
from app.features.audit_log.handler import AuditLogs
from app.features.audit_log.repository import AuditLogRepository
from app.features.auth.handler import Auth
from app.features.system.handler import System
from generated.handlers import Handlers

TABLES: tuple[ModuleType, ...] = (artists_tables,)
"""Importing a module is what puts its tables into the schema."""


def handlers(platform: Platform) -> Handlers[Context]:
    """Every feature's handler; a missing one, or a missing method of one, is a TypeError here."""
    return Handlers(
        audit_log=AuditLogs(AuditLogRepository()),
        auth=Auth(platform.identity, platform.tickets),
        artists=Artists(ArtistRepository(), platform.cursors),
        system=System(platform.is_ready),
    )

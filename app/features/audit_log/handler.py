"""What the audit log operations do."""

from __future__ import annotations

from typing_extensions import override

from app.execution.context import Context
from app.features.audit_log.repository import FILTERS, AuditLogRepository
from generated.handlers import AuditLogHandler
from generated.models import GetAuditLogRequest, GetAuditLogsRequest
from generated.results import AuditLog, AuditLogPage, PageMeta


class AuditLogs(AuditLogHandler[Context]):
    """Reads only: rows are written by the pipeline, for these operations too."""

    def __init__(self, repository: AuditLogRepository) -> None:
        self._repository = repository

    @override
    async def get_audit_log(self, context: Context, request: GetAuditLogRequest) -> AuditLog:
        """Raises AuditLogNotFound."""
        context.object_id = str(request.audit_log_id)
        return await self._repository.get(context.db, request.audit_log_id)

    @override
    async def get_audit_logs(self, context: Context, request: GetAuditLogsRequest) -> AuditLogPage:
        """By number of page: rows that come meanwhile move the later pages."""
        given = {name: getattr(request, name) for name in FILTERS}
        filters = {name: value for name, value in given.items() if value is not None}
        size = request.per_page
        offset = (request.page - 1) * size
        items, total = await self._repository.page(context.db, filters, limit=size, offset=offset)
        meta = PageMeta(
            page=request.page,
            per_page=size,
            total=total,
            pages=-(-total // size),
            next_cursor=None,
            has_more=offset + len(items) < total,
        )
        return AuditLogPage(items=items, meta=meta)

<%
reads = ", _caller(context)" if r.is_owned else ""
writes = ", _caller(context)" if r.needs_caller else ""
filters = ", ".join(f'"{one.name}": request.{one.name}' for one in r.filters)
%>\
"""What the ${r.words} operations do.${" A caller sees only what is theirs." if r.is_owned else ""}"""

from __future__ import annotations

from typing_extensions import override

from app.execution.context import Context
from app.execution.cursor import CursorSeal, Position
from app.features.${r.plural}.repository import ${r.pascal}Repository
from generated.handlers import ${r.pascals}Handler
from generated.models import Create${r.pascal}Request, Delete${r.pascal}Request, Get${r.pascal}Request, Get${r.pascals}Request, Update${r.pascal}Request
from generated.results import ${r.pascal}, ${r.pascal}Created, ${r.pascal}Deleted, ${r.pascal}Page, ${r.pascal}Updated, PageMeta


class ${r.pascals}(${r.pascals}Handler[Context]):
    def __init__(self, repository: ${r.pascal}Repository, cursors: CursorSeal) -> None:
        self._repository = repository
        self._cursors = cursors

    @override
    async def get_${r.plural}(self, context: Context, request: Get${r.pascals}Request) -> ${r.pascal}Page:
        """A cursor is good for its caller and its filters alone."""
% if r.filters:
        given: dict[str, object] = {${filters}}
        filters = {name: value for name, value in given.items() if value is not None}
% else:
        filters: dict[str, object] = {}
% endif
        scope = f"get_${r.plural}\n{_caller(context)}\n{sorted(filters.items())}"
        page, size, offset = request.page, request.per_page, (request.page - 1) * request.per_page
        walked = dict(filters)
        if request.cursor is not None:
            position = self._cursors.open(request.cursor, scope)
            walked["last_id"], page, offset = position.last_id, position.page, 0
        items, total = await self._repository.page(context.db${reads}, walked, limit=size + 1, offset=offset)
        has_more = len(items) > size
        items = items[:size]
        cursor = self._cursors.seal(Position(items[-1].id, page + 1), scope) if has_more else None
        meta = PageMeta(page=page, per_page=size, total=total, pages=-(-total // size), next_cursor=cursor, has_more=has_more)
        return ${r.pascal}Page(items=items, meta=meta)

    @override
    async def get_${r.name}(self, context: Context, request: Get${r.pascal}Request) -> ${r.pascal}:
        context.object_id = str(request.${r.id})
        return await self._repository.get(context.db${reads}, request.${r.id})

    @override
    async def create_${r.name}(self, context: Context, request: Create${r.pascal}Request) -> ${r.pascal}:
        ${r.name} = await self._repository.insert(context.db${writes}, request)
        context.object_id = str(${r.name}.id)
        context.publish(${r.pascal}Created(${r.name}=${r.name}))
        return ${r.name}

    @override
    async def update_${r.name}(self, context: Context, request: Update${r.pascal}Request) -> ${r.pascal}:
        context.object_id = str(request.${r.id})
        ${r.name} = await self._repository.update(context.db${writes}, request)
        context.publish(${r.pascal}Updated(${r.name}=${r.name}))
        return ${r.name}

    @override
    async def delete_${r.name}(self, context: Context, request: Delete${r.pascal}Request) -> None:
        context.object_id = str(request.${r.id})
        ${r.name} = await self._repository.delete(context.db${reads}, request.${r.id}, request.expected_version)
        context.publish(${r.pascal}Deleted(${r.name}=${r.name}))


def _caller(context: Context) -> str:
    """The subject. Every operation asks for a role, so there is one."""
    assert context.principal is not None
    return context.principal.subject

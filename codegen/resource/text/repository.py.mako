<%
T = r.constant
asks = ", caller: str" if r.is_owned else ""
writes = ", caller: str" if r.needs_caller else ""
gives = ", caller" if r.needs_caller else ""
reads = ", caller" if r.is_owned else ""
bound = ", caller=caller" if r.is_owned else ""
owner = f', bindparam("caller") == {T}.c.owner' if r.is_owned else ""
names = ", ".join(f'"{one.name}"' for one in r.columns)
%>\
"""${r.many_words.capitalize()} in PostgreSQL. A page and its total are one round trip.
% if r.is_owned:

Every statement asks for the owner beside the id, so that what is another's is not there.
% endif
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, column, delete, func, insert, or_, select, table, true, update

from app.db.database import Executor, Record
from app.db.statements import Statement, compile_statement
from app.features.${r.plural}.tables import ${T}
from generated.errors import ${"".join(f"{one.pascal}NotFound, " for one in r.targets)}${r.pascal}NotFound, VersionMismatch
% if r.enums:
from generated.enums import ${", ".join(r.enums)}
% endif
from generated.models import Create${r.pascal}Request, Update${r.pascal}Request
from generated.results import ${r.pascal}

GIVEN = (${names}${"," if len(r.columns) == 1 else ""})
"""What a request says of ${r.a}."""


def ${r.name}_of(row: Record) -> ${r.pascal}:
    return ${r.pascal}(
        id=row["id"],
% for one in r.columns:
        ${one.name}=${one.from_row},
% endfor
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


class ${r.pascal}Repository:
% if r.is_owned:
    """`caller` is a subject. Filters are given by name, absent ones not at all; each combination has its own statement."""
% else:
    """Filters are given by name, absent ones not at all; each combination has its own statement."""
% endif

    def __init__(self) -> None:
        row = ${T}.c
        same = (bindparam("id") == row.id,${f' bindparam("caller") == row.owner' if r.is_owned else ""})
        unchanged = or_(bindparam("expected", type_=BigInteger).is_(None), row.version == bindparam("expected"))
        values: dict[str, Any] = {name: bindparam(name) for name in GIVEN}
        fresh = values | {"updated_at": func.now(), "version": row.version + 1}
% if r.is_owned:
        owned = values | {"owner": bindparam("caller")}
        self._insert = compile_statement(insert(${T}).values(**owned).returning(${T}))
% else:
        self._insert = compile_statement(insert(${T}).values(**values).returning(${T}))
% endif
        self._one = compile_statement(select(${T}).where(*same))
        self._update = compile_statement(update(${T}).where(*same, unchanged).values(**fresh).returning(${T}))
        self._delete = compile_statement(delete(${T}).where(*same, unchanged).returning(${T}))
        self._pages: dict[frozenset[str], Statement] = {}
% for one in r.targets:
        self._find_${one.name} = compile_statement(_existing_${one.name}())
% endfor

    async def page(self, db: Executor${asks}, filters: dict[str, object], *, limit: int, offset: int) -> tuple[list[${r.pascal}], int]:
        """One page by id, and how many there are in all pages; `last_id` among the filters goes on behind it."""
        names = frozenset(filters)
        if names not in self._pages:
            self._pages[names] = compile_statement(_paging(names))
        rows = await db.fetch(self._pages[names]${bound}, **filters, limit=limit, offset=offset)
        found = [${r.name}_of(row) for row in rows if row["id"] is not None]
        return found, int(rows[0]["total"]) if rows else 0

    async def get(self, db: Executor${asks}, ${r.id}: int) -> ${r.pascal}:
        row = await db.fetchrow(self._one, id=${r.id}${bound})
        if row is None:
            raise ${r.pascal}NotFound
        return ${r.name}_of(row)

    async def insert(self, db: Executor${writes}, request: Create${r.pascal}Request) -> ${r.pascal}:
% if r.targets:
        await self._check_references(db${gives}, request)
% endif
        row = await db.fetchrow(self._insert${bound}, **_values(request))
        assert row is not None
        return ${r.name}_of(row)

    async def update(self, db: Executor${writes}, request: Update${r.pascal}Request) -> ${r.pascal}:
% if r.targets:
        await self._check_references(db${gives}, request)
% endif
        expected = request.expected_version
        row = await db.fetchrow(self._update, id=request.${r.id}${bound}, expected=expected, **_values(request))
        if row is None:
            await self.get(db${reads}, request.${r.id})
            raise VersionMismatch
        return ${r.name}_of(row)

    async def delete(self, db: Executor${asks}, ${r.id}: int, expected_version: int | None) -> ${r.pascal}:
        row = await db.fetchrow(self._delete, id=${r.id}${bound}, expected=expected_version)
        if row is None:
            await self.get(db${reads}, ${r.id})
            raise VersionMismatch
        return ${r.name}_of(row)
% if r.targets:

    async def _check_references(self, db: Executor${writes}, request: Create${r.pascal}Request | Update${r.pascal}Request) -> None:
        """What is named must be there${" and the caller's" if r.needs_caller and any(one.is_owned for one in r.targets) else ""}; it cannot be deleted until the transaction ends."""
% for one in r.references:
<% call = f"await db.fetchrow(self._find_{one.target.name}, id=request.{one.name}{', caller=caller' if one.target.is_owned else ''}) is None" %>\
% if one.is_nullable:
        if request.${one.name} is not None and ${call}:
% else:
        if ${call}:
% endif
            raise ${one.target.pascal}NotFound
% endfor
% endif


def _values(request: Create${r.pascal}Request | Update${r.pascal}Request) -> dict[str, object]:
    return {${", ".join(f'"{one.name}": request.{one.name}' for one in r.columns)}}


def _conditions(names: frozenset[str]) -> list[ColumnElement[bool]]:
    row = ${T}.c
    every: dict[str, ColumnElement[bool]] = {
% for one in r.filters:
        "${one.name}": bindparam("${one.name}") == row.${one.name},
% endfor
        "last_id": bindparam("last_id") < row.id,
    }
% if r.is_owned:
    return [bindparam("caller") == row.owner, *(every[name] for name in sorted(names))]
% else:
    return [every[name] for name in sorted(names)]
% endif


def _paging(names: frozenset[str]) -> Any:
    """The total counts all pages of the filter; it comes with a row even where the page is empty."""
    every = select(func.count().label("total")).select_from(${T}).where(*_conditions(names - {"last_id"}))
    some = select(${T}).where(*_conditions(names)).order_by(${T}.c.id).limit(bindparam("limit")).offset(bindparam("offset"))
    count, rows = every.subquery("count"), some.subquery("page")
    return select(rows, count.c.total).select_from(count.outerjoin(rows, true())).order_by(rows.c.id)
% for one in r.targets:


def _existing_${one.name}() -> Any:
% if one.is_owned:
    row = table("${one.name}", column("id", BigInteger), column("owner", Text)).c
    found = select(row.id).where(bindparam("id") == row.id, bindparam("caller") == row.owner)
% else:
    row = table("${one.name}", column("id", BigInteger)).c
    found = select(row.id).where(bindparam("id") == row.id)
% endif
    return found.with_for_update(read=True, key_share=True)
% endfor

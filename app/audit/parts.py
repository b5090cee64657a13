"""What is asked of PostgreSQL about the parts of the audit log: to make those to come, to list them, to drop one.

The functions that make and drop are the migrations'; they run with the rights of who owns the tables, so that a role which may only add rows
keeps the log as well (docs/audit.md).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DateTime, Integer, Text, bindparam, column, func, select

from app.db.statements import compile_statement


class PartStatements:
    """Compiled once. `add` takes `ahead`, months from now, and answers a `name` for each part that it made; `old` takes `days` and answers
    `name`, `since` and `until` of parts whose every row is older; `drop` takes `part` and `who` and answers `rows`, None where there
    is no such part any more; `size` takes `part` and answers its `bytes` with all indexes."""

    def __init__(self) -> None:
        name = column("name", Text)
        ahead: Any = bindparam("ahead", type_=Integer)
        self.add = compile_statement(select(func.audit_log_add_parts(ahead).table_valued(name).c.name))
        times = (column(one, DateTime(timezone=True)) for one in ("since", "until"))
        part = func.audit_log_parts().table_valued(name, *times)
        days: Any = bindparam("days", type_=Integer)
        age = func.make_interval(0, 0, 0, days)
        old = select(part.c.name, part.c.since, part.c.until).where(part.c.until <= func.now() - age)
        self.old = compile_statement(old.order_by(part.c.until))
        given = (bindparam("part", type_=Text), bindparam("who", type_=Text))
        self.drop = compile_statement(select(func.audit_log_drop_part(*given).label("rows")))
        of_part = func.to_regclass(func.quote_ident(given[0]))
        self.size = compile_statement(select(func.pg_total_relation_size(of_part).label("bytes")))

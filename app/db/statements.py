"""SQLAlchemy Core statements, compiled once at start to the SQL and the argument order that asyncpg takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Delete, Insert, TableClause, Update
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.sql.visitors import iterate

PLACE = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """`names` are the parameters in the order of `$1`, `$2`, …; one name may stand more than once. Equal to itself alone."""

    sql: str
    """With PostgreSQL's `$1`, `$2`, …: values never stand in it."""
    names: tuple[str, ...]
    constants: dict[str, object]
    """Values for names that a caller may leave out."""
    name: str = "statement"
    """By which metrics and the log of slow statements call it."""

    def arguments(self, given: Mapping[str, object]) -> list[object]:
        """In the order of `$1`, `$2`, …; what is given goes before a constant. KeyError for a parameter that is neither
        given nor a constant of the statement; a name that it does not have is ignored."""
        constants = self.constants
        return [given[name] if name in given else constants[name] for name in self.names]


def compile_statement(statement: ClauseElement, *, name: str | None = None) -> Statement:
    """`bindparam("name")` becomes a named parameter; literal values become constants. Once at start, not for each call.
    `name` is what metrics and the log call it, such as `author page`; without one it is the verb and the first table,
    `select author`. It is a label: never made of a value.
    A list is one parameter, `any_(bindparam("ids", type_=ARRAY(…)))`: what `in_` makes of a Python list is filled in by
    SQLAlchemy when it executes, and it does not execute here. TypeError for what has no parameters, such as DDL."""
    dialect: Dialect = registry.load("postgresql.asyncpg")()
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("only statements with parameters are compiled")
    if any(bind.expanding for bind in compiled.binds.values()):
        raise TypeError(
            "`in_` is filled in by SQLAlchemy when it executes: write `= any_(bindparam(…, type_=ARRAY(…)))`"
        )
    required = {bind.key for bind in compiled.binds.values() if bind.required}
    constants = {name: value for name, value in compiled.params.items() if name not in required}
    return Statement(str(compiled), tuple(compiled.positiontup or ()), constants, name or _name(statement))


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that changes rows, with its parameters by name."""

    statement: Statement
    parameters: Mapping[str, object]

    def and_then(self, last: Write) -> Write:
        """Both at once, in one round trip: they take effect together also outside of a transaction, neither sees what the other
        does, and the answer is that of the last. ValueError where both have a parameter of one name."""
        return Write(_together(self.statement, last.statement), {**self.parameters, **last.parameters})


@lru_cache(maxsize=64)
def _together(first: Statement, last: Statement) -> Statement:
    """A change in WITH is always carried out, to its end (PostgreSQL, 7.8.4)."""
    if shared := {*first.names} & {*last.names}:
        raise ValueError(f"both have parameters of these names: {', '.join(sorted(shared))}")
    moved = PLACE.sub(lambda found: f"${int(found[1]) + len(first.names)}", last.sql)
    return Statement(
        f"WITH beside AS ({first.sql}) {moved}",
        (*first.names, *last.names),
        {**first.constants, **last.constants},
        f"{first.name}, {last.name}",
    )


def _name(statement: ClauseElement) -> str:
    """What changes a table names it, also from within a CTE; of what is read the first that stands in it."""
    parts = list(iterate(statement))
    changes = [one for one in parts if isinstance(one, Insert | Update | Delete)]
    tables = [one.table for one in changes] or parts
    named = [one.name for one in tables if isinstance(one, TableClause)]
    verb = (changes or parts)[0].__visit_name__.removesuffix("clause")
    return " ".join([verb, *named[:1]])

"""SQLAlchemy Core statements, compiled once at start to the SQL and the argument order that asyncpg takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Delete, Insert, TableClause, Update
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.sql.visitors import iterate


@dataclass(frozen=True, slots=True)
class Statement:
    """`names` are the parameters in the order of `$1`, `$2`, …; one name may stand more than once."""

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


def _name(statement: ClauseElement) -> str:
    """What changes a table names it, also from within a CTE; of what is read the first that stands in it."""
    parts = list(iterate(statement))
    changes = [one for one in parts if isinstance(one, Insert | Update | Delete)]
    tables = [one.table for one in changes] or parts
    named = [one.name for one in tables if isinstance(one, TableClause)]
    verb = (changes or parts)[0].__visit_name__.removesuffix("clause")
    return " ".join([verb, *named[:1]])

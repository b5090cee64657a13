"""SQLAlchemy Core statements, compiled once at start to the SQL and the argument order that asyncpg takes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.dialects import registry
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement


@dataclass(frozen=True, slots=True)
class Statement:
    """`names` are the parameters in the order of `$1`, `$2`, …; one name may stand more than once."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, object]

    def arguments(self, given: dict[str, object]) -> list[object]:
        """KeyError for a parameter that is neither given nor a constant of the statement."""
        constants = self.constants
        return [given[name] if name in given else constants[name] for name in self.names]


def compile_statement(statement: ClauseElement) -> Statement:
    """`bindparam("name")` becomes a named parameter; literal values become constants."""
    dialect: Dialect = registry.load("postgresql.asyncpg")()
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("only statements with parameters are compiled")
    required = {bind.key for bind in compiled.binds.values() if bind.required}
    constants = {name: value for name, value in compiled.params.items() if name not in required}
    return Statement(str(compiled), tuple(compiled.positiontup or ()), constants)

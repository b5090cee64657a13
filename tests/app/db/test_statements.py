"""A statement is compiled once; its parameters go by name."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    bindparam,
    column,
    delete,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy import table as sketched
from sqlalchemy.schema import CreateTable

from app.db.database import Database
from app.db.statements import Statement, Write, compile_statement


def test_arguments_come_in_the_order_of_the_sql() -> None:
    statement = compile_statement(select(bindparam("b", type_=Integer), bindparam("a", type_=Integer), literal(7)))
    assert statement.arguments({"a": 1, "b": 2}) == [2, 1, 7]
    assert "$1" in statement.sql


def test_a_parameter_that_is_not_given_is_an_error_here_and_not_in_postgresql() -> None:
    with pytest.raises(KeyError):
        compile_statement(select(bindparam("a", type_=Integer))).arguments({})


def test_a_parameter_that_is_not_given_does_not_become_a_constant() -> None:
    statement = compile_statement(select(bindparam("a", type_=Integer), literal("fixed")))
    assert list(statement.constants.values()) == ["fixed"]


async def test_a_name_that_stands_twice_is_given_once(database: Database) -> None:
    given = bindparam("a", type_=Integer)
    statement = compile_statement(select((given + given).label("sum"), (given * literal(3)).label("product")))
    row = await database.fetchrow(statement, a=7)
    assert row is not None
    assert (row["sum"], row["product"]) == (14, 21)


def test_a_list_that_sqlalchemy_would_fill_in_later_is_refused_with_what_to_write() -> None:
    column = Column("n", Integer)
    with pytest.raises(TypeError, match="any_"):
        compile_statement(select(column).where(column.in_([1, 2])))


async def test_two_changes_at_once_are_one_statement_whose_answer_is_the_last_s(database: Database) -> None:
    """Constants and parameters are each one's own, and what stands twice in one stands there twice."""
    table = Table("two_changes", MetaData(), Column("n", Integer), Column("m", Integer))
    await database.execute(Statement("CREATE TABLE IF NOT EXISTS two_changes (n int, m int)", (), {}))
    given = bindparam("a", type_=Integer)
    first = compile_statement(insert(table).values(n=given, m=given + given + literal(1)))
    last = compile_statement(insert(table).values(n=literal(7), m=bindparam("b", type_=Integer)).returning(table.c.m))
    both = Write(first, {"a": 3}).and_then(Write(last, {"b": 4}))
    try:
        rows = await database.fetch(both.statement, **both.parameters)
        found = await database.fetch(compile_statement(select(table.c.n, table.c.m).order_by(table.c.n)))
    finally:
        await database.execute(Statement("DROP TABLE two_changes", (), {}))
    assert [one["m"] for one in rows] == [4]
    assert [(one["n"], one["m"]) for one in found] == [(3, 7), (7, 4)]
    assert both.statement.name == "insert two_changes, insert two_changes"


def test_two_changes_with_parameters_of_one_name_are_not_put_together() -> None:
    table = Table("t", MetaData(), Column("n", Integer))
    one = compile_statement(insert(table).values(n=bindparam("n")))
    with pytest.raises(ValueError, match="n"):
        Write(one, {"n": 1}).and_then(Write(one, {"n": 2}))


def test_what_has_no_parameters_is_not_compiled() -> None:
    with pytest.raises(TypeError):
        compile_statement(CreateTable(Table("t", MetaData(), Column("n", Integer))))


def test_a_statement_is_named_by_its_verb_and_table_unless_it_has_a_name() -> None:
    table, other = Table("t", MetaData(), Column("n", Integer)), Table("u", MetaData(), Column("n", Integer))
    statements = [
        insert(table).from_select(["n"], select(other.c.n)), update(table).values(n=1), delete(table).where(table.c.n == 1),
        select(table), select(select(table.c.n).exists()), select(literal(1)), text("SELECT 1"),
    ]  # fmt: skip
    assert [compile_statement(one).name for one in statements] == [
        "insert t", "update t", "delete t", "select t", "select t", "select", "text",
    ]  # fmt: skip
    assert compile_statement(select(table), name="t page").name == "t page"


def test_a_statement_that_reads_what_it_writes_is_named_by_what_it_writes() -> None:
    """`other` is described in place, as a feature describes a table that is not its own."""
    table, other = Table("t", MetaData(), Column("n", Integer)), sketched("u", column("n", Integer))
    for statement, name in ((insert(table).values(n=1), "insert t"), (delete(table), "delete t")):
        written = statement.returning(table).cte("written")
        joined = select(other.c.n).join_from(other, written, written.c.n == other.c.n)
        assert compile_statement(joined).name == name
    assert compile_statement(select(other)).name == "select u"

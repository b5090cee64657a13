"""A statement is compiled once; its parameters go by name."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, bindparam, literal, select
from sqlalchemy.schema import CreateTable

from app.db.database import Database
from app.db.statements import compile_statement


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


def test_what_has_no_parameters_is_not_compiled() -> None:
    with pytest.raises(TypeError):
        compile_statement(CreateTable(Table("t", MetaData(), Column("n", Integer))))

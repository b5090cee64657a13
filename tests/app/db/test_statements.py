"""A statement is compiled once; its parameters go by name."""

from __future__ import annotations

import pytest
from sqlalchemy import Integer, bindparam, literal, select

from app.db.statements import compile_statement


def test_arguments_come_in_the_order_of_the_sql() -> None:
    statement = compile_statement(select(bindparam("b", type_=Integer), bindparam("a", type_=Integer), literal(7)))
    assert statement.arguments({"a": 1, "b": 2}) == [2, 1, 7]
    assert "$1" in statement.sql


def test_a_parameter_that_is_not_given_is_an_error_here_and_not_in_postgresql() -> None:
    with pytest.raises(KeyError):
        compile_statement(select(bindparam("a", type_=Integer))).arguments({})

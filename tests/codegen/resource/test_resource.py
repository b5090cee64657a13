"""The names of a resource follow from its own, and a column says what each place needs of it."""

from __future__ import annotations

import pytest

from codegen.resource.fields import Fields
from codegen.resource.resource import Column, Resource, Target, columns_of, plural_of

TICKET = Target("ticket", "tickets", "ticket.yaml", is_owned=True, says_in_use=True)


def column(words: str) -> Column:
    (one,) = columns_of("comment", Fields(words).found, {"ticket": TICKET})
    return one


@pytest.mark.parametrize(
    ("name", "plural"),
    [("ticket", "tickets"), ("category", "categories"), ("box", "boxes"), ("day", "days"), ("match", "matches")],
)
def test_plurals_follow_the_rules_of_english(name: str, plural: str) -> None:
    assert plural_of(name) == plural


@pytest.mark.parametrize(
    ("words", "stored", "given"),
    [
        ("a:text", "{$ref: '#/CommentA'}", "{$ref: '#/CommentA'}"),
        ("a:text?", "{oneOf: [{$ref: '#/CommentA'}, {type: 'null'}]}", "{oneOf: [{$ref: '#/CommentA'}, {type: 'null'}], default: null}"),
        ("a:date?", "{type: [string, 'null'], format: date}", "{type: [string, 'null'], format: date, default: null}"),
        ("a:ref(ticket)", "{$ref: 'ticket.yaml#/TicketId'}", "{$ref: 'ticket.yaml#/TicketId'}"),
        ("tags:list(date,3)?", "{type: array, maxItems: 3, items: {type: string, format: date}}",
         "{type: array, maxItems: 3, items: {type: string, format: date}, default: []}"),
        ("tags:list(text,3)", "{type: array, maxItems: 3, items: {$ref: '#/CommentTag'}}",
         "{type: array, maxItems: 3, items: {$ref: '#/CommentTag'}}"),
    ],
)  # fmt: skip
def test_what_is_optional_is_null_or_empty_and_never_both(words: str, stored: str, given: str) -> None:
    assert (column(words).stored_schema, column(words).given_schema) == (stored, given)


@pytest.mark.parametrize(
    ("words", "table", "step"),
    [
        ("a:text", "Text, nullable=False", "sa.Text(), nullable=False"),
        ("a:datetime?", "DateTime(timezone=True)", "sa.DateTime(timezone=True)"),
        ("a:list(datetime,2)?", "ARRAY(DateTime(timezone=True)), nullable=False", "sa.ARRAY(sa.DateTime(timezone=True)), nullable=False"),
        ("a:ref(ticket)?", 'BigInteger, ForeignKey("ticket.id")', 'sa.BigInteger(), sa.ForeignKey("ticket.id")'),
    ],
)  # fmt: skip
def test_a_column_is_the_same_in_the_table_and_in_its_step(words: str, table: str, step: str) -> None:
    assert (column(words).sql_column, column(words).migrated_column) == (table, step)


def test_what_happens_to_everybodys_is_heard_by_a_role_of_its_own() -> None:
    """A topic has no owner: with the role that reads one's own, a caller would hear of everybody's."""
    owned, open_to_all = (Resource("ticket", "tickets", (), is_owned, {}) for is_owned in (True, False))
    assert (owned.role["follow"], open_to_all.role["follow"]) == ("follow-tickets", "get-tickets")


def test_a_name_of_several_words_is_spelled_as_each_place_wants_it() -> None:
    order = Resource("open_order", "open_orders", (), False, {})
    assert (order.pascal, order.constant, order.path, order.a) == (
        "OpenOrder",
        "OPEN_ORDER",
        "/api/open-orders",
        "an open order",
    )
    assert order.role["create"] == "create-open-order"

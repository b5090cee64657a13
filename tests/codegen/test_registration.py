"""A feature comes into the product and goes out of it, and what stands beside it stays as it was."""

from __future__ import annotations

import ast
import difflib

import pytest

from codegen.diagnostics import Refused
from codegen.registration import registered, unregistered
from tests.codegen.contracts import ROOT

PRODUCT = (ROOT / "app" / "product.py").read_text()


def removed(old: str, new: str) -> list[str]:
    return [line[2:].strip() for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line.startswith("- ")]


def test_a_feature_is_registered_with_its_handler_and_its_tables() -> None:
    text = registered(PRODUCT, "billing")
    assert "billing=Billing(BillingRepository())" in text
    assert "billing_tables" in text.partition("TABLES")[2].partition(")")[0]
    assert registered(text, "shelves").count("Repository()") == PRODUCT.count("Repository()") + 2
    assert len(removed(PRODUCT, text)) <= 2, "the two lines that it is added to"


def test_a_handler_may_be_made_otherwise() -> None:
    text = registered(PRODUCT, "tickets", "TicketRepository", "Tickets(TicketRepository(), platform.cursors)")
    assert "tickets=Tickets(TicketRepository(), platform.cursors)" in text
    assert "from app.features.tickets.repository import TicketRepository\n" in text


def test_a_product_of_another_form_is_refused() -> None:
    with pytest.raises(Refused, match="has no `TABLES"):
        registered("x = 1\n", "billing")


@pytest.mark.parametrize("feature", ["audit_log", "artists", "system"])
def test_a_feature_goes_with_its_imports_its_handler_and_its_tables(feature: str) -> None:
    text = unregistered(PRODUCT, feature)
    assert f"{feature}=" not in text
    assert f"app.features.{feature}" not in text
    assert f"{feature}_tables" not in text
    assert len(removed(PRODUCT, text)) <= 5


def test_what_came_goes_again_and_the_last_may_go_and_another_come() -> None:
    text = PRODUCT
    for feature in ("audit_log", "auth", "artists", "system"):
        text = unregistered(text, feature)
    ast.parse(text)
    assert "Handlers(" in text
    again = registered(text, "billing")
    assert "billing=Billing(BillingRepository())" in again
    assert ast.dump(ast.parse(unregistered(again, "billing"))) == ast.dump(ast.parse(text))

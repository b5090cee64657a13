"""One spelling comes in, the others follow from it."""

from __future__ import annotations

import pytest

from codegen.ir.names import constant, is_identifier, is_product_name, is_type_name, pascal, product_name, snake


def test_the_cases() -> None:
    assert (pascal("create_artist"), constant("create_artist"), constant("get-artists")) == (
        "CreateArtist", "CREATE_ARTIST", "GET_ARTISTS",
    )  # fmt: skip
    assert (snake("AuditOutcome"), snake("HTTPError2"), snake("dark-blue")) == (
        "audit_outcome",
        "http_error2",
        "dark_blue",
    )


@pytest.mark.parametrize("name", ["a", "create_artist", "v2", "x1_y2"])
def test_identifiers(name: str) -> None:
    assert is_identifier(name)
    assert snake(pascal(name)).replace("_", "") == name.replace("_", "")


@pytest.mark.parametrize("name", ["", "A", "class", "_a", "a__b", "a-b", "a_", "1a", "ä", "a" * 65, "a\n"])
def test_what_is_none(name: str) -> None:
    assert not is_identifier(name)


def test_type_names_are_upper_camel_and_no_keyword() -> None:
    assert is_type_name("Artist")
    assert not any(is_type_name(name) for name in ("artist", "None", "True", "A_b", "A" * 65))


@pytest.mark.parametrize(
    ("title", "name"),
    [("Stele", "stele"), ("Shop of Things", "shop_of_things"), ("HTTPShop 2", "http_shop_2"), ("2nd", "api_2nd"), ("—", "api"),
     ("a" * 60, "a" * 48), ("9" * 60, "api_" + "9" * 44)],
)  # fmt: skip
def test_a_product_is_named_after_the_title(title: str, name: str) -> None:
    assert product_name(title) == name
    assert is_product_name(name)


@pytest.mark.parametrize(
    "name", ["", "Orders", "order-desk", "_orders", "orders_", "a__b", "1st", "a" * 49, "orders\n"]
)
def test_what_names_no_product(name: str) -> None:
    assert not is_product_name(name)

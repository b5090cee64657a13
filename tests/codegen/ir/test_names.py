"""One spelling comes in, the others follow from it."""

from __future__ import annotations

import pytest

from codegen.ir.names import constant, is_identifier, is_type_name, pascal, snake


def test_the_cases() -> None:
    assert (pascal("create_author"), constant("create_author"), constant("get-authors")) == (
        "CreateAuthor", "CREATE_AUTHOR", "GET_AUTHORS",
    )  # fmt: skip
    assert (snake("AuditOutcome"), snake("HTTPError2"), snake("dark-blue")) == (
        "audit_outcome",
        "http_error2",
        "dark_blue",
    )


@pytest.mark.parametrize("name", ["a", "create_author", "v2", "x1_y2"])
def test_identifiers(name: str) -> None:
    assert is_identifier(name)
    assert snake(pascal(name)).replace("_", "") == name.replace("_", "")


@pytest.mark.parametrize("name", ["", "A", "class", "_a", "a__b", "a-b", "a_", "1a", "ä", "a" * 65, "a\n"])
def test_what_is_none(name: str) -> None:
    assert not is_identifier(name)


def test_type_names_are_upper_camel_and_no_keyword() -> None:
    assert is_type_name("Author")
    assert not any(is_type_name(name) for name in ("author", "None", "True", "A_b", "A" * 65))

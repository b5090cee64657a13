"""Pages of this machine may call, and those that are named."""

from __future__ import annotations

import re

import pytest

from proof.mock.origins import pattern


@pytest.mark.parametrize(
    "origin", ["http://localhost:5173", "http://127.0.0.1", "https://localhost", "http://[::1]:80"]
)
def test_this_machine_may_call(origin: str) -> None:
    assert re.fullmatch(pattern([]), origin)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "null", "http://localhost:x"]
)
def test_others_may_not(origin: str) -> None:
    assert not re.fullmatch(pattern([]), origin)


def test_a_page_that_is_named_may_and_so_may_any_by_a_star() -> None:
    assert re.fullmatch(pattern(["https://app.example"]), "https://app.example")
    assert not re.fullmatch(pattern(["https://app.example"]), "https://appxexample")
    assert re.fullmatch(pattern(["*"]), "https://evil.example")

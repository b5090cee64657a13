"""Secrets on a command line are seen, and ordinary words are not taken for one."""

from __future__ import annotations

import pytest

from app.configuration.arguments import secrets_in


@pytest.mark.parametrize(
    ("argument", "is_secret"),
    [
        ("redis://:p@h", True), ("rediss://u:p@h/0", True), ("--redis-url=redis://h", True), ("--password=x", True),
        ("KEYCLOAK_CLIENT_SECRET=x", True), ("redis://h", False), ("postgres://u@h/d", False), ("add password", False),
        ("--signing-secret", False), ("upgrade", False), ("http://h:80/a@b", False),
    ],
)  # fmt: skip
def test_what_is_a_secret(argument: str, is_secret: bool) -> None:
    assert bool(secrets_in([argument])) is is_secret


@pytest.mark.parametrize("name", ["--signing-secret", "--DATABASE_URL", "-password"])
def test_the_word_after_an_option_of_a_secrets_name_is_one_and_is_not_repeated(name: str) -> None:
    (line,) = secrets_in(["serve", name, "hunter2"])
    assert line.startswith("argument 3: ")
    assert "hunter2" not in line


def test_a_word_that_is_no_option_asks_for_none() -> None:
    assert secrets_in(["revision", "password", "upgrade"]) == []

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
        ("redis+cluster://u:p@a:1,b:2", True), ("redis+sentinel://a:1,b:2/main/0", False),
        ("redis+sentinel://a/main?sentinel_password=x", True),
    ],
)  # fmt: skip
def test_what_is_a_secret(argument: str, is_secret: bool) -> None:
    assert bool(secrets_in([argument])) is is_secret


def test_a_secret_may_be_a_word_of_its_own() -> None:
    """argparse would repeat it in its complaint."""
    (line,) = secrets_in(["serve", "--signing-secret", "my own"])
    assert line.startswith("argument 3: ")
    assert "my own" not in line
    assert secrets_in(["migrate", "revision", "add password", "now"]) == []

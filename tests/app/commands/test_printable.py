"""Text of others is shown in a terminal, and commands nothing there."""

from __future__ import annotations

import pytest

from app.commands.printable import printable


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Zoë 東京 🙂", "Zoë 東京 🙂"), ("a\x1b[2Jb", "a\\x1b[2Jb"), ("a\r\nb", "a\\r\\nb"), ("\u202ecod", "\\u202ecod"), ("\x9b", "\\x9b"),
        (7, "7"),
    ],
)  # fmt: skip
def test_what_a_terminal_obeys_is_written_out(given: object, shown: str) -> None:
    assert printable(given) == shown

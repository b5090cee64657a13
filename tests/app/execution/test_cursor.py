"""A cursor is exactly one of ours: for its caller, its filter and an hour (D23)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis.strategies import text

from app.execution.cursor import TTL_S, CursorSeal, Position
from generated.errors import CursorInvalid

HERE = Position(2**53 - 1, 7)


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def test_what_was_sealed_is_opened_until_an_hour_later() -> None:
    clock = Clock()
    seal = CursorSeal(b"secret", clock)
    cursor = seal.seal(HERE, "ada")
    clock.now += TTL_S - 1
    assert seal.open(cursor, "ada") == HERE
    clock.now += 2
    with pytest.raises(CursorInvalid):
        seal.open(cursor, "ada")


def test_a_cursor_is_the_same_text_in_every_release_and_opens_to_the_last_second() -> None:
    """Nodes of two releases open each other's."""
    clock = Clock()
    seal = CursorSeal(b"secret", clock)
    cursor = "AQAf________AAAABwAAAABlU_8Q_e5DDUC9V97qwYbNl5ADPW6rsTCAG-GnGBfKzKPMXWk"  # pragma: allowlist secret
    assert seal.seal(HERE, "ada") == cursor
    clock.now += TTL_S
    assert seal.open(cursor, "ada") == HERE
    clock.now += 1
    with pytest.raises(CursorInvalid):
        seal.open(cursor, "ada")


def test_another_scope_and_another_secret_do_not_open_it() -> None:
    cursor = CursorSeal(b"secret").seal(HERE, "ada")
    for seal, scope in ((CursorSeal(b"secret"), "bob"), (CursorSeal(b"other"), "ada")):
        with pytest.raises(CursorInvalid):
            seal.open(cursor, scope)


def test_every_flipped_bit_is_noticed() -> None:
    seal = CursorSeal(b"secret")
    cursor = seal.seal(HERE, "ada")
    for index, char in enumerate(cursor):
        for bit in range(7):
            forged = cursor[:index] + chr(ord(char) ^ 1 << bit) + cursor[index + 1 :]
            with pytest.raises(CursorInvalid):
                seal.open(forged, "ada")


@settings(max_examples=300, deadline=None, database=None)
@given(text(max_size=100))
def test_no_text_is_more_than_invalid(forged: str) -> None:
    with pytest.raises(CursorInvalid):
        CursorSeal(b"secret").open(forged, "ada")

"""The caller's own id is kept where it can be shown, and replaced where it cannot."""

from __future__ import annotations

import re

import pytest

from app.telemetry.correlation import trace_id_of


@pytest.mark.parametrize("given", [b"a", b"A-9", b"x" * 64])
def test_what_can_be_shown_is_kept(given: bytes) -> None:
    assert trace_id_of(given) == given.decode()


@pytest.mark.parametrize("given", [b"", b"a b", b"a\n", b"x" * 65, b"\xff", b"a;b"])
def test_what_cannot_is_replaced(given: bytes) -> None:
    assert re.fullmatch("[0-9a-f]{16}", trace_id_of(given))

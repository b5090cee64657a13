"""What features are given cannot be exchanged by one of them for all."""

from __future__ import annotations

import dataclasses

import pytest

from app.auth.tickets import Tickets
from app.db.pipelined_redis import PipelinedConnection
from app.execution.cursor import CursorSeal
from app.execution.platform import Platform
from tests.app.test_product import NoIdentity, is_ready


def test_a_part_stays_what_wiring_gave() -> None:
    platform = Platform(
        NoIdentity(), Tickets(PipelinedConnection("redis://127.0.0.1:1")), CursorSeal(b"secret"), is_ready
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        platform.cursors = CursorSeal(b"other")  # type: ignore[misc]  # that it cannot be assigned is the point

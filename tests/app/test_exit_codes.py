"""The codes are those of sysexits.h, as Python has them where the system has it."""

from __future__ import annotations

import os

from app import exit_codes


def test_they_are_the_system_s() -> None:
    assert (exit_codes.UNAVAILABLE, exit_codes.SOFTWARE, exit_codes.OSERR, exit_codes.CONFIG) == (
        os.EX_UNAVAILABLE, os.EX_SOFTWARE, os.EX_OSERR, os.EX_CONFIG,
    )  # fmt: skip

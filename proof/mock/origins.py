"""Which pages may call the mock: those of this machine, whatever their port, and those that are named."""

from __future__ import annotations

import re

HERE = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"


def pattern(named: list[str]) -> str:
    """A regular expression of the origins; `*` is any."""
    if "*" in named:
        return ".*"
    return "|".join([HERE, *map(re.escape, named)])

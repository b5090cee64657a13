"""Other people's text in a terminal: names, addresses and events have whatever their callers sent."""

from __future__ import annotations


def printable(value: object) -> str:
    """As text, where what a terminal would obey is written as Python escapes it."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in str(value))

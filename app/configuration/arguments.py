"""Secrets on the command line: every user of the machine reads them in the list of processes, so nothing starts with one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

URL_WITH_PASSWORD = re.compile(r"[a-z+]+://[^\s/@]*:[^\s/@]+@", re.IGNORECASE)
NAMED_SECRET = re.compile(
    r"(-*)((?:database|redis)[_-]url|signing[_-]secret|keycloak[_-]client[_-]secret|[a-z_-]*password)(=.*)?",
    re.IGNORECASE | re.DOTALL,
)


def secrets_in(arguments: Sequence[str]) -> list[str]:
    """A line for each argument that has one; the argument itself is not repeated. What follows an option of a secret's name is
    one as well."""
    return [
        f"argument {number}: has a secret, which every user of the machine can read; "
        "say it in a variable, a .env file or a file that NAME_FILE names"
        for number, (before, one) in enumerate(pairwise(["", *arguments]), 1)
        if URL_WITH_PASSWORD.search(one) or _says(one) or _asks(before)
    ]


def _says(argument: str) -> bool:
    named = NAMED_SECRET.fullmatch(argument)
    return named is not None and len(named[3] or "") > 1


def _asks(argument: str) -> bool:
    """Whether the next argument is its value."""
    named = NAMED_SECRET.fullmatch(argument)
    return named is not None and bool(named[1]) and named[3] is None

"""Secrets on the command line: every user of the machine reads them in the list of processes, so nothing starts with one."""

from __future__ import annotations

import re
from collections.abc import Iterable

URL_WITH_PASSWORD = re.compile(r"[a-z+]+://[^\s/@]*:[^\s/@]+@", re.IGNORECASE)
NAMED_SECRET = re.compile(
    r"-*((?:database|redis)[_-]url|signing[_-]secret|keycloak[_-]client[_-]secret|[a-z_-]*password)=.", re.IGNORECASE
)


def secrets_in(arguments: Iterable[str]) -> list[str]:
    """A line for each argument that has one; the argument itself is not repeated."""
    return [
        f"argument {number}: has a secret, which every user of the machine can read; "
        "say it in a variable, a .env file or a file that NAME_FILE names"
        for number, one in enumerate(arguments, 1)
        if URL_WITH_PASSWORD.search(one) or NAMED_SECRET.match(one)
    ]

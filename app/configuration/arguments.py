"""Secrets on the command line: every user of the machine reads them in the list of processes, so nothing starts with one."""

from __future__ import annotations

import re
from collections.abc import Sequence

URL_WITH_PASSWORD = re.compile(r"[a-z+]+://([^\s/@]*:[^\s/@]+@|\S*[?&][a-z_]*password=.)", re.IGNORECASE)
NAMES = r"((?:database|redis)[_-]url|signing[_-]secret|keycloak[_-]client[_-]secret|[a-z_-]*password)"
WITH_VALUE = re.compile(f"-*{NAMES}=.", re.IGNORECASE)
BEFORE_VALUE = re.compile(f"-+{NAMES}", re.IGNORECASE)


def secrets_in(arguments: Sequence[str]) -> list[str]:
    """A line for each argument that has one, or is said as one by the argument before it; the argument itself is not repeated."""
    return [
        f"argument {number}: has a secret, which every user of the machine can read; "
        "say it in a variable, a .env file or a file that NAME_FILE names"
        for number, (before, one) in enumerate(zip(("", *arguments), arguments, strict=False), 1)
        if URL_WITH_PASSWORD.search(one) or WITH_VALUE.match(one) or BEFORE_VALUE.fullmatch(before)
    ]

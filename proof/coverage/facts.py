"""Facts: what was seen of a contract while somebody used it. Each is written down once, by as many processes as like to.

A fact is a few texts, the first of which is its kind; `goals.py` says which facts a contract has.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from proof.documents import DocumentError

Fact = tuple[str, ...]
ANSWER, CODE, STATUS, CALLER, KEYWORD, MESSAGE, EVENT, CLOSE = (
    "answer",
    "code",
    "status",
    "caller",
    "keyword",
    "message",
    "event",
    "close",
)
KEPT, BROKEN = "kept", "broken"
"""What an input did with a keyword of its schema."""
DOORS = ("REST-json", "REST-protobuf", "WS-json", "WS-protobuf")
ANONYMOUS, WITHOUT = "anonymous", "without a role"


def with_roles(group: frozenset[str]) -> str:
    """The caller who has just one of the groups that an operation lets in."""
    return " and ".join(sorted(group)) or "any caller"


class Notebook:
    """Appends to a file; a line is one write, so that processes share it (POSIX `O_APPEND`)."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._known: set[Fact] = set()

    def note(self, *fact: str) -> None:
        """At once, so that a process that is killed has lost nothing."""
        if fact not in self._known:
            self._known.add(fact)
            os.write(self._file, json.dumps(fact).encode() + b"\n")

    def close(self) -> None:
        os.close(self._file)


def read(file: Path) -> frozenset[Fact]:
    """DocumentError for what is no file of facts."""
    try:
        return frozenset(tuple(map(str, json.loads(line))) for line in file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError, TypeError) as error:
        raise DocumentError(f"{file}: {error}; facts are written while tests run: make coverage-contract") from None

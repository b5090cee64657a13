"""Writes a file of traffic: each line at once, covered, and no more of them than there is room for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from proof.traffic.lines import End, Line, written

ROOM_FOR_THE_END = 200
PRIVATE = 0o600


class TrafficFile:
    """`cover` is the last to see a line. When `max_bytes` are written, or the disk takes no more, it says so in one line by `tell`, and whatever
    comes then is not recorded. Others cannot read the file."""

    def __init__(self, path: Path, max_bytes: int, cover: Callable[[str], str], tell: Callable[[str], None]) -> None:
        """OSError where it cannot be made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        if path.is_file():  # One that was there keeps its mode otherwise.
            os.fchmod(opened, PRIVATE)
        self._file: TextIO | None = os.fdopen(opened, "w", encoding="ascii")
        self._room = max_bytes - ROOM_FOR_THE_END
        self._cover = cover
        self._tell = tell
        self.lines = 0

    def write(self, line: Line) -> None:
        if self._file is None:
            return
        text = self._cover(written(line)) + "\n"
        if len(text) > self._room:
            self.end(getattr(line, "at_s", 0.0), "the file is full")
            self._tell(f"{self._path}: is full after {self.lines} lines; what comes now is not recorded (--max-mib)")
            return
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            self._file = None
            self._tell(f"{self._path}: {error}; what comes now is not recorded")
            return
        self._room -= len(text)
        self.lines += 1

    def end(self, at_s: float, why: str) -> None:
        """Once; nothing follows."""
        if self._file is None:
            return
        file, self._file = self._file, None
        with file:
            file.write(written(End(round(at_s, 6), why)) + "\n")

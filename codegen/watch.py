"""Tells when a folder changed: by looking at its files' sizes and times, which every file system and editor keeps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

PAUSE_S = 0.1
Look = frozenset[tuple[Path, int, int]]


def changes(folder: Path, pause_s: float = PAUSE_S) -> Iterator[None]:
    """Once at the start, then after each change that has settled for a pause; never ends by itself."""
    seen: Look | None = None
    while True:
        now = _look(folder)
        while (later := _again(folder, pause_s)) != now:
            now = later
        if now != seen:
            seen = now
            yield


def _again(folder: Path, pause_s: float) -> Look:
    time.sleep(pause_s)
    return _look(folder)


def _look(folder: Path) -> Look:
    """Size and time of change of each file; one that goes while we look is not there."""
    found = set()
    for path in folder.rglob("*"):
        try:
            stat = path.stat()
        except OSError:
            continue
        if path.is_file():
            found.add((path, stat.st_size, stat.st_mtime_ns))
    return frozenset(found)

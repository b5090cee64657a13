"""Looks at the machine: open files, the kernel's queue of connections, and room for the bodies of requests."""

from __future__ import annotations

import resource
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.diagnosis.findings import Finding, State
from app.settings import Settings

FILES = 4096
"""Open files of a worker: fewer are fewer connections (docs/wire.md)."""
QUEUE = 1024
SOMAXCONN = Path("/proc/sys/net/core/somaxconn")
MIB = 1 << 20


def look(settings: Settings) -> list[Finding]:
    return [*_files(), *_queue(), *_room(settings)]


def _files() -> Iterator[Finding]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    said = f"a worker may open {soft} files"
    if 0 <= soft < FILES:
        yield Finding(
            "nofile", State.WARNING, said, f"raise the limit (ulimit -n) to {FILES} or more; {hard} are allowed"
        )
    else:
        yield Finding("nofile", State.OK, said)


def _queue() -> Iterator[Finding]:
    if not SOMAXCONN.is_file():
        return
    size = int(SOMAXCONN.read_text())
    said = f"the kernel queues {size} new connections"
    state, advice = (State.WARNING, f"set net.core.somaxconn to {QUEUE} or more") if size < QUEUE else (State.OK, "")
    yield Finding("somaxconn", state, said, advice)


def _room(settings: Settings) -> Iterator[Finding]:
    try:
        folder = tempfile.gettempdir()
        free = shutil.disk_usage(folder).free // MIB
    except OSError as error:
        said = f"there is no folder for the bodies of requests: {error.strerror}"
        yield Finding("UPLOAD_ROOM_MIB", State.FAULT, said, "set TMPDIR to a folder that can be written to")
        return
    needed = settings.upload_room_mib * settings.workers
    said = f"{free} MiB are free in {folder} for the bodies of requests, which may take {needed}"
    if free < needed:
        yield Finding("UPLOAD_ROOM_MIB", State.WARNING, said, "lower it, or set TMPDIR to a larger disk")
    else:
        yield Finding("UPLOAD_ROOM_MIB", State.OK, said)

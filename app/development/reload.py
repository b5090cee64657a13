"""`python -m app.development reload`: the service as `python -m app serve`, begun anew when its code has changed. The development image's command.

Promises: there is one node at a time, and the old one has ended when the next begins; one that has ended by itself is begun again at the
next change; SIGTERM and SIGINT end it too, with exit code 0. Files are asked for their sizes and times, which mounted folders keep as well.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.exit_codes import OK

WATCHED = ("app", "generated")
KINDS = frozenset({".py", ".json", ".lua"})
SERVE = (sys.executable, "-m", "app", "serve")
PAUSE_S = 0.5
STOP_S = 30.0
"""For a node that was told to end; then it is killed."""
Look = frozenset[tuple[Path, int, int]]


def reload(root: Path, command: Sequence[str] = SERVE) -> int:
    """Until a signal. `root` is the folder of the packages, where `command` runs."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    seen = _look(root)
    node = subprocess.Popen(command, cwd=root)
    try:
        while True:
            time.sleep(PAUSE_S)
            if (now := _look(root)) != seen:
                seen = now
                _end(node)
                print("the code has changed: begun anew", file=sys.stderr, flush=True)
                node = subprocess.Popen(command, cwd=root)
    except KeyboardInterrupt:
        _end(node)
        return OK


def _end(node: subprocess.Popen[bytes]) -> None:
    node.terminate()
    try:
        node.wait(STOP_S)
    except subprocess.TimeoutExpired:
        node.kill()
        node.wait()


def _look(root: Path) -> Look:
    """A file that goes while we look is not there."""
    found = set()
    for path in (one for name in WATCHED for one in (root / name).rglob("*") if one.suffix in KINDS):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.add((path, stat.st_size, stat.st_mtime_ns))
    return frozenset(found)

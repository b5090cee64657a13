"""A change of the code begins the node anew, and a signal ends both."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NODE = "import os, pathlib, signal; pathlib.Path('pids', str(os.getpid())).touch(); {rest}"
WAITS = NODE.format(rest="signal.pause()")
ENDS = NODE.format(rest="raise SystemExit(78)")
RELOAD = "import sys, pathlib; from app.development.reload import reload; sys.exit(reload(pathlib.Path(sys.argv[1]), sys.argv[2:]))"
WITHIN_S = 20.0


@contextmanager
def reloading(root: Path, program: str) -> Iterator[subprocess.Popen[bytes]]:
    (root / "app").mkdir()
    (root / "pids").mkdir()
    process = subprocess.Popen([sys.executable, "-c", RELOAD, str(root), sys.executable, "-c", program])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def begun(root: Path) -> list[int]:
    """Process ids of the nodes that have begun so far."""
    return sorted(int(path.name) for path in (root / "pids").iterdir())


def becomes(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_change_ends_the_node_and_begins_another_and_a_signal_ends_that(tmp_path: Path) -> None:
    with reloading(tmp_path, WAITS) as process:
        becomes(lambda: len(begun(tmp_path)) == 1)
        (first,) = begun(tmp_path)
        (tmp_path / "app" / "new.py").touch()
        becomes(lambda: len(begun(tmp_path)) == 2)
        (second,) = {*begun(tmp_path)} - {first}
        assert not Path(f"/proc/{first}").exists()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(WITHIN_S) == 0
        assert not Path(f"/proc/{second}").exists()


def test_a_node_that_has_ended_is_begun_again_at_the_next_change_and_not_before(tmp_path: Path) -> None:
    with reloading(tmp_path, ENDS) as process:
        becomes(lambda: len(begun(tmp_path)) == 1)
        (tmp_path / "app" / "notes.txt").touch()
        for count in (2, 3):
            (tmp_path / "app" / "changed.py").write_text("#" * count)
            becomes(lambda count=count: len(begun(tmp_path)) == count)  # type: ignore[misc]  # mypy takes no lambda with a default
        assert process.poll() is None

"""Both commands as processes, as their users run them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from app.development.servers import free_port

READY_S = 60.0


@contextmanager
def recording(url: str, file: Path, *options: str) -> Iterator[str]:
    """Where clients come; the file is whole afterwards."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "proof",
        "record",
        "--url",
        url,
        "--listen",
        f"127.0.0.1:{port}",
        "--out",
        str(file),
        *options,
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 0, told


def _wait(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()[1]
        try:
            httpx2.get(f"http://127.0.0.1:{port}/livez", trust_env=False)
            return
        except httpx2.ConnectError:
            time.sleep(0.1)
    raise AssertionError("nothing listens")


def replay(url: str, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "proof", "replay", "--url", url, str(file), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)

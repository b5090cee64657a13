"""To log never waits: not for a full pipe, not for a full disk; what is dropped is counted and told (D28)."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.telemetry.log_writer import CAPACITY, FLUSH_S, LogWriter

PIPE = 65_536
LINE = "x" * 999


def record(text: str) -> logging.LogRecord:
    return logging.makeLogRecord({"msg": text})


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    for one in (read, write):
        os.close(one)


def drain(read: int, writer: LogWriter) -> list[str]:
    """Reads until nothing waits in the writer and the pipe is empty."""
    os.set_blocking(read, False)
    text, deadline = b"", time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            text += os.read(read, PIPE)
        except BlockingIOError:
            if not writer._lines:
                break
            time.sleep(0.01)
    return text.decode().splitlines()


def test_a_line_that_is_logged_is_written(pipe: tuple[int, int]) -> None:
    writer = LogWriter(pipe[1])
    writer.handle(record("Grüße \ud800"))
    writer.flush()
    assert os.read(pipe[0], 100).decode() == "Grüße \\ud800\n"


def test_a_pipe_that_nobody_reads_holds_up_nobody_and_the_lines_that_are_missing_are_counted(
    pipe: tuple[int, int],
) -> None:
    """F12 (D28)."""
    read, write = pipe
    writer = LogWriter(write, capacity=100)
    began = time.monotonic()
    for number in range(1000):
        writer.handle(record(f"{number} {LINE}"))
    assert time.monotonic() - began < 1
    held = 1000 - writer.dropped
    assert 100 <= held <= 100 + PIPE // 1000 + 1
    lines = drain(read, writer)
    kept = [int(line.partition(" ")[0]) for line in lines if line != "log.lines_dropped"]
    assert (len(kept), kept) == (held, sorted(set(kept)))
    assert lines.count("log.lines_dropped") == 1
    writer.handle(record("again"))
    writer.flush()
    assert drain(read, writer) == ["again"]


def test_the_bytes_that_wait_are_bounded_too(pipe: tuple[int, int]) -> None:
    writer = LogWriter(pipe[1], max_bytes=10_000)
    for _ in range(200):
        writer.handle(record(LINE))
    time.sleep(0.1)
    assert writer.dropped >= 200 - PIPE // 1000 - 12
    assert writer._bytes <= 11_000
    drain(pipe[0], writer)


def test_a_full_disk_costs_lines_and_nothing_else() -> None:
    """F12: the log's disk is full; to log still takes no time, and what was not written is counted."""
    with Path("/dev/full").open("wb", buffering=0) as disk:
        writer = LogWriter(disk.fileno())
        began = time.monotonic()
        for _ in range(5):
            writer.handle(record("lost"))
        assert time.monotonic() - began < 0.5
        writer.flush()
        assert writer.dropped == 5


def test_a_line_that_was_cut_short_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    """A file may grow to 10 bytes, so that the first line fits in part; then the limit goes."""
    program = """
import logging, os, resource, signal, sys
from app.telemetry.log_writer import LogWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = LogWriter(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND))
resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))
writer.handle(logging.makeLogRecord({"msg": "a line of more than ten bytes"})); writer.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.handle(logging.makeLogRecord({"msg": "whole"})); writer.flush()
"""
    path = tmp_path / "log"
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, timeout=60)
    assert path.read_text().splitlines() == ["a line of ", "whole", "log.lines_dropped"]


def test_a_line_that_cannot_be_formatted_is_dropped_and_no_error_gets_out(
    pipe: tuple[int, int], capfd: pytest.CaptureFixture[str]
) -> None:
    writer = LogWriter(pipe[1])
    writer.handle(logging.makeLogRecord({"msg": "%d", "args": ("none",)}))
    assert writer.dropped == 1
    assert capfd.readouterr().err == ""


def test_a_pipe_that_does_not_block_loses_nothing(pipe: tuple[int, int]) -> None:
    """Whoever started us may have made it so; a write to a full one fails instead of waiting."""
    read, write = pipe
    os.set_blocking(write, False)
    writer = LogWriter(write)
    for number in range(200):
        writer.handle(record(f"{number} {LINE}"))
    time.sleep(0.2)
    assert len(drain(read, writer)) == 200
    assert writer.dropped == 0


def test_a_forked_child_writes_its_own_lines_and_not_its_parent_s_again() -> None:
    program = """
import logging, os
from app.telemetry.log_writer import LogWriter
writer = LogWriter(1)
writer.handle(logging.makeLogRecord({"msg": "parent"})); writer.flush()
if os.fork() == 0:
    writer.handle(logging.makeLogRecord({"msg": "child"})); writer.flush(); os._exit(0)
os.wait()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["parent", "child"]


@pytest.mark.parametrize("is_read", [True, False])
def test_a_process_ends_in_time_with_what_it_said_written_if_somebody_reads(is_read: bool) -> None:
    program = f"""
import structlog
from app.telemetry.logs import configure
configure('INFO', is_json=True)
for number in range({CAPACITY}): structlog.get_logger('a').info('said', number=number)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    if is_read:
        lines = process.stdout.read().splitlines()
        assert [json.loads(line)["number"] for line in lines] == list(range(CAPACITY))
        assert process.wait(10) == 0
        return
    assert process.wait(30) == 0
    assert 0 < len(process.stdout.read()) <= PIPE
    assert FLUSH_S <= 1

"""The machine's limits are looked at, and what is too small is told with what to do."""

from __future__ import annotations

import resource
import tempfile
from pathlib import Path

from app.diagnosis.findings import State
from app.diagnosis.machine import look
from tests.app.test_settings import settings


def test_limits_are_told() -> None:
    parts = {one.part for one in look(settings())}
    assert {"nofile", "UPLOAD_ROOM_MIB"} <= parts


def test_few_open_files_and_too_large_a_room_are_warnings_with_advice() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    try:
        found = {one.part: one for one in look(settings(upload_room_mib=10**9))}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert found["nofile"].state is found["UPLOAD_ROOM_MIB"].state is State.WARNING
    assert "ulimit -n" in found["nofile"].advice


def test_no_folder_for_bodies_is_a_fault_with_advice(tmp_path: Path) -> None:
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path / "gone")
    try:
        found = {one.part: one for one in look(settings())}["UPLOAD_ROOM_MIB"]
    finally:
        tempfile.tempdir = before
    assert found.state is State.FAULT
    assert "TMPDIR" in found.advice

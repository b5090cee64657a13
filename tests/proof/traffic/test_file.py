"""The file is written line by line, is no larger than it may be, and says once why it ends."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from proof.traffic.file import TrafficFile
from proof.traffic.lines import Caller, End, read


def line(number: int) -> Caller:
    return Caller(f"caller-{number}", ["x" * 100])


def test_each_line_is_there_at_once_and_covered(tmp_path: Path) -> None:
    file = TrafficFile(tmp_path / "new" / "traffic", 10_000, lambda text: text.replace("xxx", "y"), print)
    file.write(line(1))
    found = list(read(tmp_path / "new" / "traffic"))
    assert isinstance(found[0], Caller)
    assert "x" * 3 not in found[0].roles[0]
    assert stat.S_IMODE((tmp_path / "new" / "traffic").stat().st_mode) == 0o600


def test_a_file_that_was_open_to_others_is_not_any_more(tmp_path: Path) -> None:
    place = tmp_path / "traffic"
    place.touch(0o644)
    TrafficFile(place, 10_000, str, print).end(0.0, "done")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_full_file_says_so_once_and_takes_no_more(tmp_path: Path) -> None:
    told: list[str] = []
    file = TrafficFile(tmp_path / "traffic", 1_000, str, told.append)
    for number in range(50):
        file.write(line(number))
    file.end(9.0, "again")
    assert len(told) == 1
    assert "is full after" in told[0]
    assert (tmp_path / "traffic").stat().st_size <= 1_000
    found = list(read(tmp_path / "traffic"))
    assert isinstance(found[-1], End)
    assert found[-1].why == "the file is full"
    assert len(found) == file.lines + 1


def test_a_disk_that_takes_no_more_ends_the_recording(tmp_path: Path) -> None:
    told: list[str] = []
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    file = TrafficFile(full, 10_000, str, told.append)
    file.write(line(1))
    file.write(line(2))
    file.end(1.0, "over")
    assert len(told) == 1


def test_what_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        TrafficFile(tmp_path, 10_000, str, print)

"""Publishing changes what differs, deletes what nobody makes, and touches nothing else."""

from __future__ import annotations

from pathlib import Path

from codegen import output
from codegen.emit.printer import File


def test_only_what_differs_is_written_and_what_is_stale_goes(tmp_path: Path) -> None:
    assert output.publish(tmp_path, [File("a.py", b"1"), File("sub/b.py", b"2")]) == 2
    before = (tmp_path / "a.py").stat().st_mtime_ns
    assert output.publish(tmp_path, [File("a.py", b"1"), File("c.py", b"3")]) == 2
    assert (tmp_path / "a.py").stat().st_mtime_ns == before
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.py", "c.py"]


def test_byte_code_is_nobody_s_business(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert output.changes(tmp_path, []) == ([], [])


def test_no_draft_is_left_behind(tmp_path: Path) -> None:
    output.publish(tmp_path, [File("a.py", b"1")])
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]

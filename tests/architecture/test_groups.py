"""What shares a group shares a process; without it each process builds the image, and floods meet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUITE = """
import os
import pathlib
import time

import pytest

@pytest.mark.parametrize("number", range(12))
@pytest.mark.xdist_group("shared")
def test_of_the_group(number):
    time.sleep(0.02)
    with pathlib.Path(__file__).with_name("grouped").open("a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")

@pytest.mark.parametrize("number", range(60))
def test_alone(number):
    time.sleep(0.05)
    with pathlib.Path(__file__).with_name("alone").open("a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


def test_tests_of_one_group_run_in_one_process_and_the_others_are_spread(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = xdist_group: of pytest-xdist\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.groups", "-q", "-n", "2", "--dist", "loadgroup"]
    ended = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert len(set((tmp_path / "grouped").read_text().splitlines())) == 1
    assert len(set((tmp_path / "alone").read_text().splitlines())) == 2

"""`python -m app config` prints what is in force, masked, with its origins; what is wrong ends with 78 and a line each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.app.commands.test_serve import PRODUCTION, WRONG

ROOT = Path(__file__).parents[3]


def config(folder: Path, *arguments: str, **said: str) -> subprocess.CompletedProcess[str]:
    environment = (
        {name: value for name, value in os.environ.items() if name != "ENV"} | {"PYTHONPATH": str(ROOT)} | said
    )
    command = [sys.executable, "-m", "app", "config", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_table_says_where_each_value_came_from_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("postgresql://u:hunter2@db/d\n")
    (tmp_path / ".env").write_text(f"PORT=9000\nDATABASE_URL_FILE={tmp_path}/password\n")
    (tmp_path / ".env.production").write_text("PORT=9001\n")
    shown = config(tmp_path, **{name: value for name, value in PRODUCTION.items() if name != "DATABASE_URL"})
    assert (shown.returncode, "hunter2" in shown.stdout) == (0, False)
    rows = {line.split()[0]: line.split()[1:] for line in shown.stdout.splitlines() if line and line[0] != "#"}
    assert rows["PORT"] == ["9001", ".env.production"]
    assert rows["DATABASE_URL"] == ["postgresql://db/d", "file", f"{tmp_path}/password"]
    assert rows["ADMIN_PORT"] == ["8081", "default", "in", "production"]


def test_json_is_for_programs_faults_too(tmp_path: Path) -> None:
    good, bad = config(tmp_path, "--json", **PRODUCTION), config(tmp_path, "--json", **PRODUCTION | WRONG)
    assert json.loads(good.stdout)["settings"]["PORT"]["value"] == 8000
    assert (bad.returncode, len(json.loads(bad.stdout)["faults"])) == (78, len(WRONG))


def test_what_is_wrong_is_a_line_each(tmp_path: Path) -> None:
    bad = config(tmp_path, **PRODUCTION | WRONG)
    assert (bad.returncode, bad.stdout) == (78, "")
    assert {line.partition(":")[0] for line in bad.stderr.splitlines()} == set(WRONG)

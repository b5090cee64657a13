"""`python -m app doctor` looks at everything that a node needs, and its exit code says how bad it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from app.development.servers import free_port
from tests.running_service import RunningService


def doctor(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "doctor", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_good_surrounding_is_told_part_by_part(service: RunningService) -> None:
    ended = doctor(service.environment, "--json")
    found = json.loads(ended.stdout)
    assert ended.returncode == 0, ended.stdout
    assert {
        "settings",
        "nofile",
        "DATABASE_URL",
        "REDIS_URL",
        "KEYCLOAK_URL",
        "KEYCLOAK_CLIENT_ID",
        "clock",
        "roles",
    } <= {one["part"] for one in found}
    assert {one["state"] for one in found if one["part"] == "roles"} == {"not checked"}


def test_what_is_away_is_69_and_what_is_wrong_is_78_with_what_to_do(service: RunningService) -> None:
    away = doctor(service.environment | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}"})
    assert away.returncode == 69
    [line] = [line for line in away.stdout.splitlines() if line.startswith("away")]
    assert "REDIS_URL: " in line
    assert line.endswith("start it, or mend the URL")
    wrong = doctor(service.environment | {"KEYCLOAK_CLIENT_ID": "nobody"})
    assert wrong.returncode == 78
    assert doctor({**service.environment, "PORT": "x"}).returncode == 78


def test_a_file_of_a_token_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_bytes(b"\xff\xfe")
    ended = doctor({}, "--admin-token-file", str(token))
    assert ended.returncode == 2
    assert ended.stderr == "--admin-token-file: is no text\n"

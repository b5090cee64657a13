"""Bad settings end the process with exit code 78, a line each and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys


def test_bad_settings_are_named_and_the_exit_code_says_configuration() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    ended = subprocess.run(
        [sys.executable, "-m", "app.main"],
        env={**environment, "ENV": "production", "KEYCLOAK_URL": "http://k", "SIGNING_SECRET": "short"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 78
    assert {"DATABASE_URL: Field required", "REDIS_URL: Field required"} <= set(ended.stderr.splitlines())
    assert "Traceback" not in ended.stderr

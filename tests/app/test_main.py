"""`python -m app` says what there is; the application of one worker is made by whoever starts it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.__main__ import COMMANDS

WORKER = (sys.executable, "-m", "uvicorn", "app.main:create_application", "--factory", "--port", "0")
WRONG = {
    "ENV": "production",
    "DATABASE_URL": "mysql://u:hunter2@h/d",
    "REDIS_URL": "hunter2",
    "KEYCLOAK_URL": "http://k",
}


def test_bad_settings_are_named_where_uvicorn_starts_a_worker() -> None:
    ended = subprocess.run(WORKER, env=os.environ | WRONG, text=True, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 78
    assert {*WRONG, "TLS", "TRUSTED_HOSTS", "SIGNING_SECRET"} - {"ENV"} == {
        line.partition(":")[0] for line in ended.stderr.splitlines()
    }
    assert "Traceback" not in ended.stderr
    assert "hunter2" not in ended.stderr + ended.stdout


def app(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_help_lists_the_commands_and_the_exit_codes() -> None:
    shown = app("--help")
    assert shown.returncode == 0
    assert all(name in shown.stdout for name in COMMANDS)
    assert "78  settings that are wrong or unsafe" in shown.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_without_settings(name: str) -> None:
    shown = app(name, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f"usage: python -m app {name}" in shown.stdout


@pytest.mark.parametrize("arguments", [(), ("no-such-command",), ("config", "--no-such-option")])
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    assert app(*arguments).returncode == 2


def unread(stream: str, *arguments: str) -> int:
    """The exit code where nobody reads that stream any more; Python's own buffers are as they are for users."""
    reading, writing = os.pipe()
    os.close(reading)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | WRONG
    try:
        command = [sys.executable, "-m", "app", *arguments]
        out, err = (writing if one == stream else subprocess.DEVNULL for one in ("stdout", "stderr"))
        return subprocess.run(command, env=environment, stdout=out, stderr=err, timeout=60, check=False).returncode
    finally:
        os.close(writing)


@pytest.mark.parametrize(
    "arguments", [("serve",), ("config",), ("migrate",), ("serve", "--signing-secret=x"), ("tail",)]
)
def test_who_does_not_read_a_complaint_gets_its_exit_code_all_the_same(arguments: tuple[str, ...]) -> None:
    assert unread("stderr", *arguments) == 78


@pytest.mark.parametrize("arguments", [("--help",), ("config", "--reference"), ("serve", "--help")])
def test_who_has_read_enough_ends_it_well(arguments: tuple[str, ...]) -> None:
    assert unread("stdout", *arguments) == 0

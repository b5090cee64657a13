"""`python -m app.development call`: one frame over the socket, printed as it is."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.running_service import RunningService


def call(service: RunningService, operation: str, data: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.development", "call", service.url, "reader", operation, data]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_reply_is_printed(service: RunningService) -> None:
    reply = json.loads(call(service, "get_paginated_artists", '{"per_page": 1}').stdout)
    assert (reply["pkg_id"], reply["status_code"], reply["meta"]["per_page"]) == (2, 0, 1)


def test_a_refusal_is_printed_as_well(service: RunningService) -> None:
    reply = json.loads(call(service, "create_artist", '{"name": "x"}').stdout)
    assert (reply["status_code"], reply["data"]["code"]) == (3, "forbidden")


@pytest.mark.parametrize(
    ("operation", "data", "said"),
    [
        ("get_artsts", "{}", "there is no operation 'get_artsts': did you mean get_artists"),
        ("zzz", "{}", "there is no operation 'zzz': the socket has "),
        ("login", "{}", "login has no PkgID: it is called over HTTP"),
        ("get_artists", "{", "Expecting property name"),
    ],
)
def test_what_cannot_be_called_is_one_line(operation: str, data: str, said: str) -> None:
    command = [sys.executable, "-m", "app.development", "call", "http://127.0.0.1:9", "reader", operation, data]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(said)


def test_without_a_command_the_usage_is_printed() -> None:
    run = subprocess.run([sys.executable, "-m", "app.development"], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "usage: python -m app.development" in run.stderr

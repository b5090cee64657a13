"""What the contract says is true of the service: REST and the socket are fuzzed by their documents, as every kind of caller."""

from __future__ import annotations

from pathlib import Path

import pytest

from proof.callers import ANONYMOUS, USERS
from proof.http import command as http
from proof.ws import command as ws
from tests.running_service import RunningService

EVERYBODY = [word for caller in (*USERS, ANONYMOUS) for word in ("--as", caller)]

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(900)]


def test_rest_is_as_its_document_says(service: RunningService) -> None:
    assert http.main(["--url", service.url, "--specs", "specs", *EVERYBODY, "--examples", "3", "--seed", "1"]) == 0


def test_the_socket_is_as_its_document_says(service: RunningService, tmp_path: Path) -> None:
    words = ["--url", service.url, *EVERYBODY, "--seconds", "15", "--seed", "1", "--out", str(tmp_path)]
    assert ws.main(words) == 0

"""Small servers beside the service's own, each in its process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.development.launcher import Child
from app.development.servers import answers, free_port


class EchoServer(Child):
    """`tests.faults.echo_server`; its log must stay empty."""

    def __init__(self, folder: Path, *options: str) -> None:
        port = free_port()
        super().__init__(folder, "tests.faults.echo_server", (str(port), *options), os.environ)
        self.port = port

    def is_ready(self) -> bool:
        return answers(self.port)

    def text(self) -> str:
        return self.log.read_text(errors="replace")


@pytest.fixture(scope="session")
def echo(servers_folder: Path) -> Iterator[EchoServer]:
    server = EchoServer(servers_folder / "echo")
    server.start()
    try:
        yield server
    finally:
        server.stop()

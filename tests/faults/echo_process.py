"""`tests.faults.echo_server` in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

from app.development.launcher import Child
from app.development.servers import answers, free_port


class EchoServer(Child):
    """Its log must stay empty."""

    def __init__(self, folder: Path, *options: str) -> None:
        port = free_port()
        super().__init__(folder, "tests.faults.echo_server", (str(port), *options), os.environ)
        self.port = port

    def is_ready(self) -> bool:
        return answers(self.port)

    def text(self) -> str:
        return self.log.read_text(errors="replace")

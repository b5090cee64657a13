"""The development issuer as a real process on a free port, stopped at the end by its own id."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

CHECKOUT = Path(__file__).resolve().parents[3]


def run_issuer(*arguments: str, env: str = "development") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "app.development.issuer", *arguments]
    environment = os.environ | {"ENV": env}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=pipe, stderr=pipe, text=True)


class IssuerProcess:
    """`url` is the server's, `issuer` the realm's and so the `iss` of its tokens."""

    def __init__(self, *arguments: str, port: int = 0) -> None:
        self._arguments = ("--port", str(port), *arguments)

    def __enter__(self) -> Self:
        self.process = run_issuer(*self._arguments)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("development issuer at "), self.process.communicate()
        self.issuer = line.split()[-1]
        self.url = self.issuer.removesuffix("/realms/stele")
        self.port = int(self.url.rpartition(":")[2])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)

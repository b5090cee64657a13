"""Mocks that run for tests as users run them: `python -m proof mock` in its own process, on a free port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import httpx2

from codegen.ir.operations import Contract
from proof.mock.callers import Callers
from proof.mock.service import Mock
from tests.codegen.contracts import ROOT

START_S, END_S = 60.0, 20.0


@contextmanager
def serving(specs: Path, *options: str, log: Path | None = None) -> Iterator[str]:
    """Its URL. What it says beside its greeting goes to `log`."""
    command = [sys.executable, "-m", "proof", "mock", "--specs", str(specs), "--port", "0", *options]
    with (log or Path(os.devnull)).open("w") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            yield _url(process)
        finally:
            process.terminate()
            process.wait(END_S)
            if process.stdout:
                process.stdout.close()


def _url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    late = Timer(START_S, process.kill)
    late.start()
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
    finally:
        late.cancel()
    assert found, "the mock did not start"
    return found[0]


def token(url: str, user: str) -> str:
    """Of a mock that runs, whether its contract has a login or not."""
    answer = httpx2.post(f"{url}/_mock/tokens/{user}", trust_env=False)
    return str(answer.json()["access_token"])


def mock_of(contract: Contract, *, seed: int = 0, rows: int = 3) -> Mock:
    """In this process; anybody may log in."""
    return Mock(contract, Callers(frozenset(one.name for one in contract.roles), seed=seed), seed=seed, rows=rows)

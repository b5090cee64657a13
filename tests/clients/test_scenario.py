"""One day of a program, in both languages, over both doors and both encodings, with the server killed in its middle."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.development.servers import Postgres, Valkey
from tests.node import NODE, ROOT
from tests.running_service import RunningService

HERE = Path(__file__).parent
WAYS = (("http", "json"), ("http", "protobuf"), ("ws", "json"), ("ws", "protobuf"), ("auto", "json"))
TOKEN_LIFE_S = 8


@pytest.fixture
def mortal(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    """A service of its own, to be killed, whose tokens last 8 s."""
    with RunningService(servers_folder / "scenario", postgres.url, valkey.url, access_s=TOKEN_LIFE_S) as running:
        yield running


def command(language: str, *arguments: str) -> tuple[str, ...]:
    if language == "python":
        return (sys.executable, str(HERE / "scenario.py"), *arguments)
    package = (ROOT / "generated" / "sdk_typescript" / "src" / "index.ts").as_uri()
    return (
        str(NODE),
        "--disable-warning=ExperimentalWarning",
        str(HERE / "typescript" / "scenario.ts"),
        *arguments,
        package,
    )


@pytest.mark.timeout(240)
@pytest.mark.parametrize("language", ["python", "typescript"])
async def test_a_day_with_a_crash_loses_nothing_and_doubles_nothing(mortal: RunningService, language: str) -> None:
    run = uuid.uuid4().hex[:8]
    programs = {
        way: await asyncio.create_subprocess_exec(
            *command(language, mortal.url, *way, f"{run} {' '.join(way)}"),
            stdout=PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for way in WAYS
    }  # fmt: skip
    try:
        await asyncio.gather(*(until_kill(program) for program in programs.values()))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(mortal.process.kill)
        await asyncio.to_thread(mortal.process.start)
        for way, program in programs.items():
            assert await summary(program) == expected(way[0]), way
    finally:
        for program in programs.values():
            if program.returncode is None:
                program.kill()
            await program.wait()


def expected(transport: str) -> dict[str, Any]:
    """What every program has seen."""
    return {
        "conflict": ["artist_name_taken", True, True],
        "pointers": ["/name"],
        "stale": "version_mismatch",
        **({} if transport == "http" else {"event": True}),
        "paginated": [250, 250],
        "expiry": "survived",
        "read": [True, True, []],
        "written": [10, 10],
    }


async def until_kill(program: Process) -> None:
    assert program.stdout is not None
    assert await program.stdout.readline() == b"kill\n"


async def summary(program: Process) -> Any:
    assert program.stdout is not None
    text = await program.stdout.read()
    assert await program.wait() == 0
    return json.loads(text)

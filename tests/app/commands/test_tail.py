"""`python -m app tail` shows what another program does, audit rows and events, until it is told to end."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import uuid
from typing import cast

import httpx2
import pytest

from app.commands.tail import as_text, follow
from app.settings import Settings
from tests.running_service import RunningService


async def test_a_write_is_seen_as_its_audit_row_and_its_event(service: RunningService) -> None:
    command = (sys.executable, "-m", "app", "tail", "--json")
    tail = await asyncio.create_subprocess_exec(*command, env=service.environment, stdout=asyncio.subprocess.PIPE)
    assert tail.stdout is not None
    seen: dict[str, dict[str, object]] = {}
    try:
        headers = {"authorization": f"Bearer {await service.token('editor')}"}
        async with asyncio.timeout(90), httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
            reading = asyncio.create_task(tail.stdout.readline())
            while set(seen) != {"audit", "event"}:
                made = await client.post("/api/artists", json={"name": uuid.uuid4().hex}, headers=headers)
                assert made.status_code == 201
                await asyncio.wait([reading], timeout=1)
                while reading.done():
                    line = json.loads(reading.result())
                    if line.get("action") == "create_artist" or "event" in line:
                        seen["event" if "event" in line else "audit"] = line
                    reading = asyncio.create_task(tail.stdout.readline())
                    await asyncio.wait([reading], timeout=0.1)
            reading.cancel()
    finally:
        tail.terminate()
    assert (seen["audit"]["username"], seen["audit"]["outcome"]) == ("editor", "success")
    assert seen["event"]["event"] == "artists"
    assert await tail.wait() == 0


async def test_a_reader_that_has_enough_ends_it_well(service: RunningService) -> None:
    """`tail | head -1` is no fault, and no traceback stands under what was asked for."""
    command = (sys.executable, "-m", "app", "tail", "audit", "--json")
    reading, writing = os.pipe()
    os.close(reading)
    tail = await asyncio.create_subprocess_exec(
        *command, env=service.environment, stdout=writing, stderr=asyncio.subprocess.PIPE
    )
    os.close(writing)
    assert tail.stderr is not None
    async with asyncio.timeout(60), httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        while tail.returncode is None:
            await client.post("/auth/login", json={"username": "nobody", "password": uuid.uuid4().hex})
            await asyncio.sleep(1)
        assert (tail.returncode, await tail.stderr.read()) == (0, b"")


async def test_what_does_not_answer_ends_it_with_69(service: RunningService) -> None:
    away = service.environment | {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:9/d"}
    tail = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "tail", "audit", env=away, stderr=asyncio.subprocess.PIPE
    )
    _, err = await asyncio.wait_for(tail.communicate(), 60)
    assert (tail.returncode, b"hunter2" in err, err.count(b"\n")) == (69, False, 1)


async def test_a_contract_without_topics_has_no_events_to_follow(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = argparse.Namespace(what="events", user=None, action=None, json=False)
    assert await follow(cast("Settings", None), options, topics=()) == 1
    assert "no topic" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_shown_and_not_done() -> None:
    assert as_text({"username": "a\x1b[2J\n"}) == "username=a\\x1b[2J\\n"


def test_a_line_for_people_leaves_out_what_is_not_there() -> None:
    assert as_text({"audit": "2026", "id": 1, "code": None}) == "audit=2026  id=1"

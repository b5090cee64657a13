"""`python -m app tail` shows what another program does, audit rows and events, until it is told to end."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid

import httpx2

from app.commands.tail import as_text
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


async def test_what_does_not_answer_ends_it_with_69(service: RunningService) -> None:
    away = service.environment | {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:9/d"}
    tail = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "tail", "audit", env=away, stderr=asyncio.subprocess.PIPE
    )
    _, err = await asyncio.wait_for(tail.communicate(), 60)
    assert (tail.returncode, b"hunter2" in err, err.count(b"\n")) == (69, False, 1)


def test_a_line_for_people_leaves_out_what_is_not_there() -> None:
    assert as_text({"audit": "2026", "id": 1, "code": None}) == "audit=2026  id=1"

"""Run in a project whose answers are streams, against its real service: `python -m tests.contract.streams_attacks …`.

Arguments as of `tests.contract.streams`. Callers who want too much, too little or nothing any more, and a node that is told to end.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
import uuid
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from generated.proto import envelope_pb2
from tests.contract.streams import NDJSON, SEQ, SSE, Scene, ask, cut, events_of, hear, walked
from tests.running_service import RunningService

AT_ONCE_S = 1.0
"""docs/wire.md: within a second the handler's generator is closed."""
OF_A_CALLER = 32
END_S = 25.0


async def refused(line: ClientConnection, req_id: str) -> str:
    """How a stream ends whose items are not of interest."""
    _, end = await walked(line, req_id)
    code: str = end["data"]["code"]
    return code


async def closed_at_once(scene: Scene) -> None:
    began = time.monotonic()
    await scene.quiet()
    assert time.monotonic() - began < AT_ONCE_S


async def who_never_grants_keeps_a_stream_to_its_deadline(scene: Scene) -> None:
    """It stands still with its 33rd item made; the deadline ends it, and so do a cancel and the end of the socket."""
    async with scene.socket() as line:
        req_id = str(uuid.uuid4())
        await line.send(ask("count_up", req_id, {"timeout_ms": 500}, times=100))
        items, end = await walked(line, req_id)
        assert (len(items), end["data"]["code"]) == (32, "timeout")
        await closed_at_once(scene)
        for _ in range(2):
            await line.send(ask("count_up", req_id, times=100))
            assert [(await hear(line))["offset"] for _ in range(32)] == [*range(32)]
            await line.send(json.dumps({"type": "cancel", "req_id": req_id}))
            await closed_at_once(scene)
        await line.send(ask("count_up", req_id, times=100))
        await line.send(ask("count_up", req_id, times=100))
        assert await refused(line, req_id) == "request_in_progress"
    await closed_at_once(scene)


async def grants_that_nobody_pays_for_are_read_slowly(scene: Scene) -> None:
    async with scene.socket() as line:
        began = time.monotonic()
        for _ in range(140):
            await line.send(json.dumps({"type": "credit", "req_id": "none", "items": 1}))
        await line.send(ask("get_artist", artist_id=1))
        assert (await hear(line))["status_code"] == 0
        assert time.monotonic() - began > 1.5


async def one_callers_thousand_leaves_room_for_others(scene: Scene) -> None:
    """1,000 streams of one user at once: 32 run, the others are told so, and another user's calls and stream are answered."""
    async with AsyncExitStack() as opened:
        lines = [await opened.enter_async_context(scene.socket()) for _ in range(63)]
        told = sum(await asyncio.gather(*(_sixteen(one) for one in lines)), Counter[str]())
        assert told == {"item": OF_A_CALLER, "unavailable": 63 * 16 - OF_A_CALLER}
        began = time.monotonic()
        reader = await scene.headers("reader")
        assert (await scene.http.get("/api/artists/1", headers=reader)).status_code == 200
        assert (await scene.get(NDJSON, user="reader", times=2)).status_code == 200
        assert time.monotonic() - began < 2
    await scene.quiet()


async def _sixteen(line: ClientConnection) -> Counter[str]:
    """Streams that stand still once their credit is used up; how each of them began."""
    for _ in range(16):
        await line.send(ask("count_up", times=40))
    began: dict[str, str] = {}
    while len(began) < 16:
        frame = await hear(line)
        began.setdefault(frame["req_id"], "item" if "offset" in frame else frame["data"]["code"])
    return Counter(began.values())


async def a_node_that_ends_says_so_to_its_streams(scene: Scene) -> None:
    """After the time that requests have: over HTTP each form has its refusal and none looks whole, sockets are closed with 1012; the
    node ends well."""
    asked: dict[str, Any] = {"times": 100_000, "pause_ms": 100}
    process = scene.service.process
    async with (
        scene.opened(SSE, **asked) as events,
        scene.opened(SEQ, **asked) as messages,
        scene.opened(NDJSON, **asked) as lines,
        scene.socket() as line,
    ):
        await line.send(ask("count_up", **asked))
        await scene.until(lambda state: state["running"] == 4)
        os.kill(process.pid or 0, signal.SIGTERM)
        told, counted, code = await asyncio.gather(_read(events), _read(messages), _closed(line))
        assert events_of(told.decode())[-1][0] == "problem"
        assert events_of(told.decode())[-1][1]["code"] == "unavailable"
        assert envelope_pb2.Problem.FromString([*cut(counted)][-1].data).code == "unavailable"
        try:
            async for chunk in lines.aiter_bytes():
                told = chunk
            raise AssertionError("lines that were ended came to their end")
        except httpx2.RemoteProtocolError:
            assert json.loads(told.splitlines()[-1])["error"]["code"] == "unavailable"
        assert code == 1012
    log = scene.service.log()
    assert "Traceback" not in log, log[-3000:]


async def _read(response: httpx2.Response) -> bytes:
    return b"".join([chunk async for chunk in response.aiter_bytes()])


async def _closed(line: ClientConnection) -> int | None:
    """The code with which it ends; grants are given for as long as items come."""
    try:
        while True:
            frame = json.loads(await asyncio.wait_for(line.recv(), END_S))
            if "offset" in frame and frame["offset"] % 16 == 0:
                await line.send(json.dumps({"type": "credit", "req_id": frame["req_id"], "items": 16}))
    except ConnectionClosed:
        return line.close_code


SCENES = (
    who_never_grants_keeps_a_stream_to_its_deadline,
    grants_that_nobody_pays_for_are_read_slowly,
    one_callers_thousand_leaves_room_for_others,
    a_node_that_ends_says_so_to_its_streams,
)


async def main(folder: str, database_url: str, redis_url: str) -> None:
    with RunningService(Path(folder), database_url, redis_url, DRAIN_S="1") as service:
        database = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as http:
            scene = Scene(service, http, database)
            made = await http.post("/api/artists", json={"name": "One"}, headers=await scene.headers())
            assert made.json()["id"] == 1
            for one in SCENES:
                began = time.monotonic()
                await one(scene)
                print(one.__name__, f"{time.monotonic() - began:.2f}", flush=True)
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Fault 9: every event that is committed is heard once by every socket that follows its topic, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from websockets.asyncio.client import connect

from app.development.servers import Postgres
from generated.sdk_python.stele_client.errors import ClientError
from tests.doors import rest
from tests.faults.nodes import Listener, Nodes, named, two_nodes, write
from tests.faults.proxy import Proxy
from tests.running_service import RunningService

STREAM = "stele:{artists}:stream"
WRITERS = 4
SLOW_COMMIT = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON artist DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.name LIKE 'slow%') EXECUTE FUNCTION slow()
"""


@pytest.fixture(scope="module")
def nodes(postgres: Postgres, servers_folder: Path) -> Iterator[Nodes]:
    with two_nodes(servers_folder / "events", postgres, "events") as running:
        yield running


@pytest.mark.parametrize("fault", ["killed", "silent", "emptied"])
async def test_events_of_a_time_without_redis_arrive_when_it_is_back(nodes: Nodes, fault: str) -> None:
    """Fault 9: Redis is killed, stopped, or comes back empty while artists are created; each is answered 201, and its event is
    heard, in order and once, when Redis is back."""
    names = named(20)
    async with Listener(nodes.second) as listener:
        await write(nodes.first, names[:5])
        await listener.hears(names[0][:32], 5)
        if fault == "silent":
            os.kill(nodes.valkey.pid, signal.SIGSTOP)
        else:
            await asyncio.to_thread(nodes.valkey.kill)
        await write(nodes.first, names[5:])
        if fault == "silent":
            os.kill(nodes.valkey.pid, signal.SIGCONT)
        else:
            if fault == "emptied":
                shutil.rmtree(nodes.valkey.folder / "appendonlydir")
            nodes.valkey.start()  # Here, since it ends with the thread that starts it.
        await listener.hears(names[0][:32], len(names), within_s=30)
        assert listener.heard(names[0][:32]) == names
        assert listener.is_dense()


async def test_a_cancel_during_commit_takes_no_event_with_it(nodes: Nodes) -> None:
    """Fault 9: a request is cancelled over its socket while COMMIT takes 1 s; the artist is there, and its event is heard."""
    connection, name = await nodes.connect(), f"slow {uuid.uuid4()}"
    await connection.execute(SLOW_COMMIT)
    headers = {"authorization": f"Bearer {await nodes.first.token('editor')}"}
    url = f"{nodes.first.url.replace('http', 'ws')}/web"
    try:
        async with (
            Listener(nodes.second) as listener,
            connect(url, additional_headers=headers, proxy=None) as socket,
        ):
            req_id = str(uuid.uuid4())
            await socket.send(json.dumps({"pkg_id": 3, "req_id": req_id, "data": {"name": name}}))
            await asyncio.sleep(0.5)
            await socket.send(json.dumps({"type": "cancel", "req_id": req_id}))
            await listener.hears(name, 1)
            assert listener.heard(name) == await nodes.committed(name) == [name]
    finally:
        await connection.execute("DROP TRIGGER slow ON artist; DROP FUNCTION slow()")
        await connection.close()


async def test_an_unknown_outcome_that_is_asked_again_is_one_event(
    nodes: Nodes, postgres: Postgres, tmp_path: Path
) -> None:
    """Fault 9: the connection is cut when COMMIT was sent, ten times; the same Idempotency-Key resolves it, and each artist's
    event is heard once."""
    names = named(10)
    async with Proxy(postgres.port) as proxy, Listener(nodes.second) as listener:
        url = nodes.database.replace(str(postgres.port), str(proxy.port))
        node = RunningService(tmp_path / "proxied", url, nodes.valkey.url)
        await asyncio.to_thread(node.__enter__)
        try:
            async with rest(node.url, await node.token("editor")) as door:
                for name in names:
                    key, proxy.cut_on = str(uuid.uuid4()), b"COMMIT"
                    assert (await door.call("create_artist", key=key, name=name)).code == "outcome_unknown"
                    proxy.cut_on = None
                    async with asyncio.timeout(20):
                        while (await door.call("create_artist", key=key, name=name)).code != "ok":
                            await asyncio.sleep(0.1)
        finally:
            await asyncio.to_thread(node.__exit__, None, None, None)
        await listener.hears(names[0][:32], len(names))
        assert Counter(listener.heard(names[0][:32])) == Counter(names)
        assert listener.is_dense()


async def write_until_gone(node: RunningService, label: str, written: list[str]) -> None:
    with contextlib.suppress(ClientError):
        async with rest(node.url, await node.token("editor")) as door:
            for index in range(100_000):
                name = f"{label} {index}"
                if (await door.call("create_artist", name=name)).code == "ok":
                    written.append(name)


async def kill_while_writing(nodes: Nodes, victim: RunningService) -> None:
    """One round: whatever was committed is heard once at the surviving node."""
    prefix, written, enough = uuid.uuid4().hex, list[str](), random.randint(20, 100)
    await victim.token("editor")
    async with Listener(nodes.other(victim)) as listener:
        labels = [f"{prefix} {index}" for index in range(WRITERS)]
        tasks = [asyncio.create_task(write_until_gone(victim, label, written)) for label in labels]
        async with asyncio.timeout(60):
            while len(written) < enough:
                await asyncio.sleep(0.001)
        await asyncio.sleep(random.uniform(0, 0.01))
        victim.process.kill()
        await asyncio.gather(*tasks)
        await nodes.emptied()
        committed = await nodes.committed(prefix)
        assert set(written) <= set(committed)
        await listener.hears(prefix, len(committed))
        assert Counter(listener.heard(prefix)) == Counter(committed)
        assert listener.is_dense()
    await asyncio.to_thread(victim.process.start)


@pytest.mark.parametrize("rounds", [2, pytest.param(30, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
async def test_a_node_killed_between_commit_and_socket_loses_and_doubles_no_event(nodes: Nodes, rounds: int) -> None:
    """Fault 9: a node is killed (-9) at random moments while it writes, now the one that moves events, now the other; each
    committed artist is heard once at the surviving node."""
    for number in range(rounds):
        mover = nodes.mover()
        await kill_while_writing(nodes, nodes.other(mover) if number % 3 == 1 else mover)


@pytest.mark.parametrize(
    ("fault", "within_s"), [(signal.SIGKILL, 5.0), (signal.SIGSTOP, 9.0)], ids=["killed", "frozen"]
)
async def test_another_node_takes_over(nodes: Nodes, fault: signal.Signals, within_s: float) -> None:
    """The node that moves events is killed, or frozen, so that its session still stands; the other one moves them within 5 s
    (9 s here, on a machine that does other things too), and the frozen one doubles nothing when it goes on."""
    names, mover = named(30), nodes.mover()
    other = nodes.other(mover)
    async with Listener(other) as listener:
        await write(other, names[:5])
        os.kill(mover.process.pid, fault)
        begun = time.monotonic()
        await write(other, names[5:20])
        await listener.hears(names[0][:32], 20)
        assert time.monotonic() - begun < within_s
        if fault is signal.SIGKILL:
            await asyncio.to_thread(mover.process.kill)
            await asyncio.to_thread(mover.process.start)
        else:
            os.kill(mover.process.pid, signal.SIGCONT)
        assert nodes.mover() is other
        await write(mover, names[20:])
        await listener.hears(names[0][:32], 30)
        assert listener.heard(names[0][:32]) == names
        assert listener.is_dense()


async def test_strange_entries_end_nothing(nodes: Nodes) -> None:
    """Fault 3: entries without an epoch, of another one, of no event, are written into the stream; both nodes pass them over
    and stay ready."""
    names = named(20)
    client = Redis.from_url(nodes.valkey.url)
    async with Listener(nodes.first) as first, Listener(nodes.second) as second:
        for name in names:
            stranger: Any = random.choice(
                [{"x": "y"}, {"epoch": "e", "pkg_id": "1001", "event": "{}"}, {"pkg_id": "?"}]
            )
            await client.xadd(STREAM, stranger, id="0-*")
            await write(nodes.first, [name])
        for listener in (first, second):
            await listener.hears(names[0][:32], len(names))
            assert listener.heard(names[0][:32]) == names
    await client.aclose()
    async with httpx2.AsyncClient(trust_env=False) as http:
        assert [(await http.get(f"{node.url}/readyz")).status_code for node in (nodes.first, nodes.second)] == [
            204,
            204,
        ]
    assert "task.failed" not in nodes.first.log() + nodes.second.log()


@pytest.mark.survives("F02")
async def test_a_flushed_redis_begins_a_new_epoch(nodes: Nodes) -> None:
    """F02 (D17): FLUSHALL while artists are created; the epoch changes, what is created afterwards is heard once."""
    before, after = named(10), named(10)
    client = Redis.from_url(nodes.valkey.url)
    async with Listener(nodes.first) as listener:
        await write(nodes.second, before)
        await listener.hears(before[0][:32], 10)
        await client.flushall()
        await write(nodes.second, after)
        await listener.hears(after[0][:32], 10)
        assert listener.heard(after[0][:32]) == after
        assert listener.is_dense()
        assert len({epoch for epoch, _ in listener.places}) == 2
    await client.aclose()


async def disturb(nodes: Nodes, seconds: float) -> None:
    """Cuts every connection to Redis, and every mover's session, again and again."""
    client, connection = Redis.from_url(nodes.valkey.url), await nodes.connect()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(random.uniform(0.05, 0.4))
        if random.random() < 0.5:
            with contextlib.suppress(RedisError):
                await client.client_kill_filter(_type="normal", skipme=True)
        else:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stele-mover'"
            )
    await client.aclose()
    await connection.close()


async def write_some(node: RunningService, label: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    async with rest(node.url, await node.token("editor")) as door:
        for index in range(100_000):
            if time.monotonic() > until:
                return
            await door.call("create_artist", name=f"{label} {index}")


@pytest.mark.parametrize("seconds", [4.0, pytest.param(60.0, marks=[pytest.mark.long, pytest.mark.timeout(300)])])
async def test_what_is_committed_is_what_is_heard(nodes: Nodes, seconds: float) -> None:
    """Six writers at two nodes while connections to Redis and the movers' sessions are cut: both nodes hear the same, each
    committed artist once, each writer's in the order of writing, without a gap in the offsets."""
    prefix = uuid.uuid4().hex
    async with Listener(nodes.first) as first, Listener(nodes.second) as second:
        await asyncio.gather(
            disturb(nodes, seconds),
            *(write_some(nodes.first, f"{prefix} {index}", seconds) for index in range(3)),
            *(write_some(nodes.second, f"{prefix} {index}", seconds) for index in range(3, 6)),
        )
        await nodes.emptied()
        committed = await nodes.committed(prefix)
        for listener in (first, second):
            await listener.hears(prefix, len(committed))
            assert Counter(listener.heard(prefix)) == Counter(committed)
            assert listener.is_dense()
        assert first.heard(prefix) == second.heard(prefix)
        for index in range(6):
            label = f"{prefix} {index} "
            assert [one for one in first.heard(prefix) if one.startswith(label)] == [
                one for one in committed if one.startswith(label)
            ]
    client = Redis.from_url(nodes.valkey.url)
    entries: Any = await client.xrange(STREAM)
    await client.aclose()
    ids = [fields[b"event_id"] for _, fields in entries if b"event_id" in fields]
    assert len(ids) == len(set(ids))


def test_nothing_is_left_in_the_outbox_that_nobody_moves(nodes: Nodes) -> None:
    """A topic that no node knows is seen in the gauge: its rows are counted, whoever moves the others."""

    async def depth() -> float:
        connection: asyncpg.Connection = await nodes.connect()
        await connection.execute("INSERT INTO event_outbox (topic, pkg_id, event) VALUES ('gone', 1, '{}')")
        try:
            async with httpx2.AsyncClient(trust_env=False) as http, asyncio.timeout(15):
                while True:
                    text = (await http.get(f"{nodes.second.url}/metrics")).text
                    if "stele_event_outbox_rows 1.0" in text:
                        return float(text.partition("\nstele_event_outbox_age_seconds ")[2].partition("\n")[0])
                    await asyncio.sleep(0.1)
        finally:
            await connection.execute("DELETE FROM event_outbox")
            await connection.close()

    assert asyncio.run(depth()) > 0

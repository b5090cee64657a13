"""The same work by Centrifugo and by a node of ours, on one core in turn, each with a Valkey: sockets that are open and silent, and broadcasts.

`python -m tests.load.centrifugo BINARY`, where `go install github.com/centrifugal/centrifugo/v6@v6.9.1` makes the binary. Ours also checks a
token, commits the event with its cause, and audits that; Centrifugo is given the message by a client, and keeps the same history.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop

from app.development.servers import answers, embedded_valkey, free_port
from tests.load.__main__ import create_frame
from tests.load.bench import Bench, bench
from tests.load.client import frame, upgrade
from tests.load.sockets import Broadcast, time_broadcasts, weigh_idle
from tests.spent import cpu_s

SOCKETS, BROADCASTS, ROUNDS = 1000, 30, 3
START_S = 20.0
CONNECT = frame(b'{"id":1,"connect":{}}', binary=False)
SUBSCRIBE = frame(b'{"id":2,"subscribe":{"channel":"artists"}}', binary=False)
OURS = frame(b'{"type":"subscribe","topics":["artists"]}', binary=False)


@dataclass(frozen=True)
class Subject:
    """What is measured, and how it is spoken to."""

    pid: int
    port: int
    greeting: bytes
    hello: bytes
    subscribe: bytes
    subscribed: bytes
    speak: Callable[[int], tuple[bytes, bytes]]
    """The frame of a broadcast by its number, and what those who hear it find in it."""


@dataclass(frozen=True)
class Figures:
    idle_kib: float
    broadcast_ms: float
    push_us: float
    """Of the processor, for each of the sockets that a broadcast goes to."""


@contextmanager
def centrifugo(binary: Path, folder: Path, core: int) -> Iterator[Subject]:
    port = free_port()
    with embedded_valkey(folder / "centrifugo-valkey") as valkey:
        kept = {"history_size": 1000, "history_ttl": "1h", "force_recovery": True}
        settings = {
            "http_server": {"address": "127.0.0.1", "port": port},
            "log": {"level": "error"},
            "client": {"insecure": True},
            "channel": {"without_namespace": kept},
            "engine": {"type": "redis", "redis": {"address": valkey.url}},
        }
        config = folder / "centrifugo.json"
        config.write_text(json.dumps(settings))
        os.sched_setaffinity(valkey.pid, os.sched_getaffinity(0))
        process = subprocess.Popen([binary, "--config", config], env={**os.environ, "GOMAXPROCS": "1"})
        try:
            os.sched_setaffinity(process.pid, [core])
            _await_start(process, port)
            yield Subject(
                process.pid,
                port,
                upgrade("/connection/websocket", {}),
                CONNECT,
                CONNECT + SUBSCRIBE,
                b'"subscribe":',
                publish,
            )
        finally:
            process.terminate()
            process.wait(START_S)


def _await_start(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_S
    while not answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("Centrifugo does not start")
        time.sleep(0.1)


def publish(number: int) -> tuple[bytes, bytes]:
    """The event as ours has it; the first frame of the speaker is its greeting."""
    mark = uuid.uuid4().hex
    told = {
        "id": number + 10,
        "publish": {"channel": "artists", "data": {"name": f"b{number} {mark}", "bio": "-" * 150}},
    }
    return (CONNECT if number == 0 else b"") + frame(json.dumps(told).encode(), binary=False), mark.encode()


async def _figures(subject: Subject) -> Figures:
    """To open and to subscribe as many sockets is timed by itself, and taken off."""
    idle = await weigh_idle(subject.pid, subject.port, subject.greeting, SOCKETS, subject.hello)
    _, opened_s = await _broadcasts(subject, 0)
    taken, all_s = await _broadcasts(subject, BROADCASTS)
    return Figures(
        idle, statistics.median(one.whole_ms for one in taken), (all_s - opened_s) / (SOCKETS * BROADCASTS) * 1e6
    )


async def _broadcasts(subject: Subject, count: int) -> tuple[list[Broadcast], float]:
    """Each, and seconds of the server's processor for all."""
    before = cpu_s(subject.pid)
    taken = await time_broadcasts(
        subject.port, subject.greeting, SOCKETS, count, subject.subscribe, subject.speak, subject.subscribed
    )
    return taken, cpu_s(subject.pid) - before


async def _measure(ours: Bench, theirs: Subject) -> list[tuple[Figures, Figures]]:
    token = await ours.service.token("admin")
    greeting = upgrade("/web", {"Authorization": f"Bearer {token}"})
    subject = Subject(ours.service.process.pid, ours.service.port, greeting, b"", OURS, b"subscribed", create_frame)
    return [(await _figures(subject), await _figures(theirs)) for _ in range(ROUNDS)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.centrifugo", description=__doc__)
    parser.add_argument("binary", type=Path)
    binary = parser.parse_args().binary
    with bench() as ours, centrifugo(binary, ours.folder, ours.core) as theirs:
        rounds = uvloop.run(_measure(ours, theirs))
    print(f"{'':24}{'ours':>10}{'Centrifugo':>12}")
    for name in Figures.__annotations__:
        both = [[getattr(one[place], name) for one in rounds] for place in (0, 1)]
        joined = max if name == "idle_kib" else statistics.median  # Memory that a round before has used is used again.
        print(f"{name:24}{joined(both[0]):10.1f}{joined(both[1]):12.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""An open-loop load in a process of its own: arrivals at a fixed rate that no answer slows down, and floods beside them.

`offer` starts it, prints and answers its report; it ends by itself, at the latest a little after its seconds and timeouts.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from time import monotonic

import msgspec
import uvloop

from tests.load.floods import Flooder
from tests.load.plan import Flood, Plan, Report, Stream
from tests.load.senders import HttpSender, Sender, SocketSender
from tests.load.tally import Tally

ROOT = Path(__file__).parents[2]
TICK_S = 0.001
EXPIRE_S = 0.05
GRACE_S = 30.0


async def offer(port: int, seconds: float, *streams: Stream, floods: tuple[Flood, ...] = (), nice: int = 0) -> Report:
    """Run the load beside the caller's own loop."""
    plan = Plan(port=port, seconds=seconds, streams=list(streams), floods=list(floods), nice=nice)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.load.openloop",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        told, _ = await process.communicate(msgspec.json.encode(plan))
        report = msgspec.json.decode(told, type=Report)
        print(*(f"{name}: {result}" for name, result in [*report.streams.items(), *report.floods.items()]), sep="\n")
        return report
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run(plan: Plan) -> Report:
    senders = [_sender(stream, plan) for stream in plan.streams]
    flooders = [Flooder(flood, plan.port) for flood in plan.floods]
    for sender in senders:
        await sender.prepare()
    began = monotonic()
    for sender in senders:
        sender.tally.begin(began)
    for flooder in flooders:
        flooder.start()
    lag_s = await _send_all(senders, began, plan.seconds)
    floods = {one.flood.name: await one.stop() for one in flooders}
    await _await_answers(senders)
    streams = {one.stream.name: one.tally.result() for one in senders}
    return Report(began=began, seconds=plan.seconds, lag_s=lag_s, streams=streams, floods=floods)


def _sender(stream: Stream, plan: Plan) -> Sender:
    tally = Tally(plan.seconds + stream.timeout_s, keeps_acked=stream.keeps_acked)
    kind: type[Sender] = SocketSender if stream.greetings else HttpSender
    return kind(stream, plan.port, tally)


async def _send_all(senders: list[Sender], began: float, seconds: float) -> float:
    """Send what is due, again and again; answers the longest pause between two turns."""
    now, lag_s, next_expiry = began, 0.0, began
    while now - began < seconds:
        for sender in senders:
            for _ in range(int((now - began) * sender.stream.rate) - sender.number):
                sender.send(now)
            if now >= next_expiry:
                sender.expire(now)
        if now >= next_expiry:
            next_expiry = now + EXPIRE_S
        await asyncio.sleep(TICK_S)
        before, now = now, monotonic()
        lag_s = max(lag_s, now - before)
    return lag_s


async def _await_answers(senders: list[Sender]) -> None:
    """Each request has its answer or its timeout."""
    while any(sender.is_waiting for sender in senders):
        for sender in senders:
            sender.expire(monotonic())
        await asyncio.sleep(EXPIRE_S)
    for sender in senders:
        sender.close()


def main() -> None:
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    timeouts = [stream.timeout_s for stream in plan.streams]
    signal.setitimer(signal.ITIMER_REAL, plan.seconds + max(timeouts, default=0.0) + GRACE_S)
    os.nice(plan.nice)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(plan))))


if __name__ == "__main__":
    main()

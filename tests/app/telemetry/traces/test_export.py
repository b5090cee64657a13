"""Spans go on in batches without anybody's waiting; what is too much or not taken is counted, and the end has an end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

from structlog.testing import capture_logs

from app.telemetry.traces.export import BATCH, FAILED, FULL, Export


class Collector:
    """Takes what comes, or holds it until `release`, or fails."""

    def __init__(self, *, answer: bool | Exception = True, holds: bool = False) -> None:
        self.batches: list[list[Any]] = []
        self.threads: set[int] = set()
        self.asked = threading.Event()
        self.release = threading.Event()
        self._answer = answer
        if not holds:
            self.release.set()

    def send(self, spans: Sequence[Any]) -> bool:
        self.threads.add(threading.get_ident())
        self.asked.set()
        self.release.wait(30)
        self.batches.append(list(spans))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


async def test_batches_are_bounded_in_order_and_sent_beside_the_loop() -> None:
    collector = Collector()
    sent = Export(collector.send)
    for number in range(BATCH + 3):
        sent.add(number)
    await sent.flush()
    assert collector.batches == [list(range(BATCH)), [BATCH, BATCH + 1, BATCH + 2]]
    assert threading.get_ident() not in collector.threads
    assert sent.dropped == {FULL: 0, FAILED: 0}


async def test_what_is_too_much_is_dropped_and_counted() -> None:
    collector = Collector()
    sent = Export(collector.send, capacity=3)
    for number in range(5):
        sent.add(number)
    await sent.flush()
    assert (collector.batches, sent.dropped) == ([[0, 1, 2]], {FULL: 2, FAILED: 0})


async def test_what_is_not_taken_is_counted_and_told_in_the_log() -> None:
    for answer in (False, RuntimeError("a library's")):
        sent = Export(Collector(answer=answer).send)
        sent.add("span")
        with capture_logs() as lines:
            await sent.flush()
        assert sent.dropped == {FULL: 0, FAILED: 1}
        assert [(one["event"], one["spans"]) for one in lines] == [("traces.not_taken", 1)]


async def test_a_batch_that_is_under_way_when_the_work_ends_is_waited_for_once() -> None:
    collector = Collector(holds=True)
    sent = Export(collector.send)
    sent.add("first")
    work = asyncio.create_task(sent.work())
    while not collector.asked.is_set():
        await asyncio.sleep(0.001)
    sent.add("second")
    work.cancel()
    await asyncio.wait([work])
    collector.release.set()
    await sent.flush()
    assert collector.batches == [["first"], ["second"]]
    assert sent.dropped == {FULL: 0, FAILED: 0}


async def test_a_silent_collector_does_not_hold_the_end() -> None:
    collector = Collector(holds=True)
    sent = Export(collector.send)
    sent.add("held")
    flush = asyncio.create_task(sent.flush())
    while not collector.asked.is_set():
        await asyncio.sleep(0.001)
    sent.add("waits")
    await flush
    assert not collector.release.is_set(), "it was never answered"
    assert sent.dropped[FAILED] == 1, "the one that waits; the other may still be taken"
    collector.release.set()

"""A node asks its workers, in this process or another; who does not answer in time is passed over, and a late answer is no other's."""

from __future__ import annotations

import asyncio
import threading
import time
from multiprocessing import connection

from structlog.testing import capture_logs

from app.serving.lines import ANSWER_S, AnsweringEnd, LocalLine, RemoteLine

AT_ONCE = 200


def answer(question: str) -> bytes:
    if question == "broken":
        raise KeyError(question)
    return f"{question} of {threading.current_thread().name}".encode()


async def test_a_worker_in_this_process_is_asked_on_its_loop() -> None:
    line = LocalLine()
    assert await asyncio.to_thread(line.ask, "state") is None, "it does not serve yet"
    line.attach(asyncio.get_running_loop(), answer)
    assert await asyncio.to_thread(line.ask, "state") == b"state of MainThread"
    with capture_logs() as lines:
        assert await asyncio.to_thread(line.ask, "broken") is None
    assert [(one["event"], one["question"]) for one in lines] == [("inspection.failed", "broken")]


async def test_a_worker_in_another_process_is_asked_through_a_pipe_and_is_gone_when_it_is() -> None:
    asking, answering = connection.Pipe()
    line = RemoteLine(asking)
    AnsweringEnd(answering).attach(asyncio.get_running_loop(), answer)
    assert await asyncio.to_thread(line.ask, "state") == b"state of MainThread"
    assert await asyncio.to_thread(line.ask, "broken") is None
    assert await asyncio.to_thread(line.ask, "metrics") == b"metrics of MainThread"
    line.close()
    assert await asyncio.to_thread(line.ask, "state") is None


def test_an_answer_that_comes_too_late_is_not_the_next_one_s() -> None:
    asking, answering = connection.Pipe()
    line = RemoteLine(asking)
    started = time.monotonic()
    assert line.ask("first") is None
    assert ANSWER_S <= time.monotonic() - started < ANSWER_S + 5
    assert answering.recv_bytes() == b"1 first"
    answering.send_bytes(b"1 late")
    answering.send_bytes(b"2 in time")
    assert line.ask("second") == b"in time"


async def test_who_ask_at_once_get_each_his_own_answer() -> None:
    asking, answering = connection.Pipe()
    line = RemoteLine(asking)
    AnsweringEnd(answering).attach(asyncio.get_running_loop(), answer)
    questions = [f"{number} of {AT_ONCE}" for number in range(AT_ONCE)]
    answers = await asyncio.gather(*(asyncio.to_thread(line.ask, one) for one in questions))
    assert answers == [f"{one} of MainThread".encode() for one in questions]
    line.close()

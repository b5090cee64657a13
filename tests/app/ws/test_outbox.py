"""The outbox keeps order, waits for nobody, gives up on a peer that does not read, and never on one that does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.broadcast.hub import MAX_WAITING_BYTES
from app.ws import outbox as module
from app.ws.outbox import Outbox


class Server:
    """Sends as uvicorn does: waits until it may write, then writes at once."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.writable = asyncio.Event()
        self.writable.set()
        self.error: Exception | None = None
        self.transport = Transport()

    async def send(self, message: Any) -> None:
        await self.writable.wait()
        if self.error is not None:
            raise self.error
        self.sent.append(message.get("n", message.get("code")))


class Transport:
    is_aborted = False
    unsent = 0

    def abort(self) -> None:
        self.is_aborted = True

    def is_closing(self) -> bool:
        return self.is_aborted

    def unsent_bytes(self) -> int:
        return self.unsent

    def get_extra_info(self, name: str) -> None:
        return None


class Loop:
    """The real loop with a clock that the test turns forward."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None], list[bool]]] = []

    def time(self) -> float:
        return self.now

    def create_task(self, coroutine: Any) -> Any:
        return self._loop.create_task(coroutine)

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Any:
        cancelled: list[bool] = []
        self.timers.append((self.now + delay_s, callback, cancelled))
        return type("Timer", (), {"cancel": lambda self: cancelled.append(True)})()

    def advance(self, seconds: float) -> None:
        self.now += seconds
        due = [timer for timer in self.timers if timer[0] <= self.now]
        self.timers = [timer for timer in self.timers if timer[0] > self.now]
        for _, callback, cancelled in due:
            if not cancelled:
                callback()


def make(server: Server, loop: Any = None) -> Outbox:
    return Outbox(server.send, loop or asyncio.get_running_loop())


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_an_idle_outbox_sends_at_once_and_without_a_task() -> None:
    server = Server()
    outbox = make(server)
    tasks = asyncio.all_tasks()
    for number in range(5):
        outbox.push({"n": number}, 1)
        assert server.sent[-1] == number
    assert asyncio.all_tasks() == tasks
    assert outbox.is_idle


async def test_what_waits_goes_out_in_order_by_one_task() -> None:
    server = Server()
    outbox = make(server)
    outbox.push({"n": 0}, 1)
    server.writable.clear()
    tasks = asyncio.all_tasks()
    for number in range(1, 50):
        outbox.push({"n": number}, 1)
    assert len(asyncio.all_tasks() - tasks) == 1
    assert server.sent == [0]
    server.writable.set()
    outbox.push({"n": 50}, 1)
    await settle()
    outbox.push({"n": 51}, 1)
    assert server.sent == list(range(52))
    assert outbox.is_idle


async def test_it_blocks_and_recovers_again_and_again() -> None:
    server = Server()
    outbox = make(server)
    for number in range(100):
        if number % 3 == 0:
            server.writable.clear()
        outbox.push({"n": number}, 1)
        if number % 3 == 2:
            server.writable.set()
            await settle()
    server.writable.set()
    await settle()
    assert server.sent == list(range(100))


async def test_one_byte_above_the_bound_closes_as_slow_consumer() -> None:
    server = Server()
    outbox = make(server)
    server.writable.clear()
    outbox.push({"n": 0}, MAX_WAITING_BYTES // 2)
    outbox.push({"n": 1}, MAX_WAITING_BYTES // 2)
    assert outbox.close_code is None
    outbox.push({"n": 2}, 1)
    assert outbox.close_code == 4430
    outbox.push({"n": 3}, 1)
    server.writable.set()
    await settle()
    assert server.sent == [0, 4430]


async def test_of_what_waits_under_one_name_only_the_last_goes_out() -> None:
    """In the place of the first, so that the order of all others stays. What is under way is not replaced, and the bound counts what waits."""
    server = Server()
    outbox = make(server)
    server.writable.clear()
    outbox.push({"n": "under way"}, 1, "a")
    for number in range(5):
        outbox.push({"n": f"a{number}"}, 10 + number, "a")
        outbox.push({"n": number}, 1)
        outbox.push({"n": f"b{number}"}, MAX_WAITING_BYTES // 2, "b")
    outbox.reply({"n": "reply"}, 1)
    assert outbox.event_bytes == 1 + 14 + 5 + MAX_WAITING_BYTES // 2
    server.writable.set()
    await settle()
    assert server.sent == ["under way", "a4", 0, "b4", 1, 2, 3, 4, "reply"]
    outbox.push({"n": "a5"}, 1, "a")
    assert server.sent[-1] == "a5"
    assert (outbox.is_idle, outbox.event_bytes, outbox.close_code) == (True, 0, None)


async def test_no_event_passes_a_reply() -> None:
    """Which may say where its topic begins, or be its history: a client that heard a later event before it would go back."""
    server = Server()
    outbox = make(server)
    server.writable.clear()
    outbox.push({"n": 0}, 1)
    outbox.push({"n": "a1"}, 1, "a")
    outbox.reply({"n": "subscribed"}, 1)
    outbox.push({"n": "a2"}, 1, "a")
    outbox.push({"n": "a3"}, 1, "a")
    server.writable.set()
    await settle()
    assert server.sent == [0, "a1", "subscribed", "a3"]
    assert outbox.is_idle


async def test_a_last_event_that_is_too_large_closes_as_any() -> None:
    server = Server()
    outbox = make(server)
    server.writable.clear()
    outbox.push({"n": 0}, 1)
    outbox.push({"n": 1}, 10, "a")
    outbox.push({"n": 2}, MAX_WAITING_BYTES, "a")
    assert outbox.close_code == 4430
    server.writable.set()
    await settle()
    assert server.sent == [0, 4430]


async def test_replies_count_for_nothing_in_the_bound_of_events() -> None:
    server = Server()
    outbox = make(server)
    server.writable.clear()
    for number in range(32):
        outbox.reply({"n": number}, 1)
    outbox.push({"n": 32}, MAX_WAITING_BYTES)
    assert outbox.close_code is None
    server.writable.set()
    await settle()
    assert server.sent == list(range(33))


async def test_replies_are_owed_until_the_last_is_written_and_that_is_told_once() -> None:
    server, paid = Server(), []
    outbox = Outbox(server.send, asyncio.get_running_loop(), lambda: paid.append(True))
    outbox.reply({"n": 0}, 1)
    assert not outbox.owes_replies
    server.writable.clear()
    outbox.push({"n": 1}, 1)
    assert not outbox.owes_replies
    outbox.reply({"n": 2}, 1)
    outbox.reply({"n": 3}, 1)
    outbox.push({"n": 4}, 1)
    assert outbox.owes_replies
    assert paid == []
    server.writable.set()
    await settle()
    assert not outbox.owes_replies
    assert (server.sent, paid) == ([0, 1, 2, 3, 4], [True])


@pytest.mark.parametrize("end", ["close", "gone"])
async def test_a_socket_that_ends_owes_nothing(end: str) -> None:
    server, paid = Server(), []
    outbox = Outbox(server.send, asyncio.get_running_loop(), lambda: paid.append(True))
    server.writable.clear()
    outbox.reply({"n": 0}, 1)
    if end == "close":
        outbox.close(4401, "token_expired")
    else:
        outbox.mark_gone(1006)
    assert not outbox.owes_replies
    assert paid == [True]
    outbox.reply({"n": 1}, 1)
    server.writable.set()
    await settle()
    assert server.sent == ([0, 4401] if end == "close" else [])


@pytest.mark.parametrize("first", ["close", "gone"])
async def test_that_it_is_over_is_told_once_and_before_what_is_owed_is_forgiven(first: str) -> None:
    server, told = Server(), []
    outbox = Outbox(
        server.send, asyncio.get_running_loop(), lambda: told.append("paid"), on_over=lambda: told.append("over")
    )
    if first == "close":
        outbox.close(4401, "token_expired")
        outbox.close(1012, "service_restart")
    outbox.mark_gone(1006)
    outbox.mark_gone(1006)
    assert (told[0], told.count("over")) == ("over", 1)


async def test_a_message_that_is_taken_byte_by_byte_is_no_stall() -> None:
    """One reply of megabytes may take a slow reader longer than any limit; only a reader that stops is slow."""
    server, loop = Server(), Loop()
    outbox = make(server, loop)
    server.writable.clear()
    server.transport.unsent = 2_000_000
    outbox.reply({"n": 0}, 1)
    for _ in range(50):
        server.transport.unsent -= 10_000
        loop.advance(2)
    assert outbox.close_code is None
    for _ in range(6):
        loop.advance(2)
    assert outbox.close_code == 4430


async def test_bytes_of_our_own_are_no_sign_of_life() -> None:
    """A ping of the server makes what waits more, not less."""
    server, loop = Server(), Loop()
    outbox = make(server, loop)
    server.writable.clear()
    outbox.reply({"n": 0}, 1)
    for _ in range(6):
        server.transport.unsent += 6
        loop.advance(2)
    assert outbox.close_code == 4430


async def test_it_is_over_when_the_peer_has_gone_although_nothing_was_sent() -> None:
    server = Server()
    outbox = make(server)
    assert not outbox.is_over
    server.transport.is_aborted = True
    assert outbox.is_over


async def test_ten_seconds_without_progress_close_as_slow_consumer() -> None:
    server, loop = Server(), Loop()
    outbox = make(server, loop)
    server.writable.clear()
    outbox.push({"n": 0}, 1)
    loop.advance(9.9)
    assert outbox.close_code is None
    loop.advance(0.2)
    assert outbox.close_code == 4430


async def test_progress_starts_the_ten_seconds_again() -> None:
    server, loop = Server(), Loop()
    outbox = make(server, loop)
    server.writable.clear()
    outbox.push({"n": 0}, 1)
    outbox.push({"n": 1}, 1)
    loop.advance(9)
    server.writable.set()
    await asyncio.sleep(0)
    server.writable.clear()
    await settle()
    assert server.sent == [0, 1] or server.sent == [0]
    loop.advance(9)
    assert outbox.close_code is None


async def test_a_peer_that_does_not_take_the_close_is_cut_off() -> None:
    server, loop = Server(), Loop()
    outbox = make(server, loop)
    server.writable.clear()
    outbox.push({"n": 0}, 1)
    loop.advance(10)
    loop.advance(19)
    assert not server.transport.is_aborted
    loop.advance(2)
    assert server.transport.is_aborted
    await settle()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_close_goes_after_what_was_pushed_and_the_first_one_counts() -> None:
    server = Server()
    outbox = make(server)
    server.writable.clear()
    outbox.push({"n": 0}, 1)
    outbox.push({"n": 1}, 1)
    outbox.close(1003, "text frames only")
    outbox.close(4401, "token_expired")
    outbox.push({"n": 2}, 1)
    server.writable.set()
    await settle()
    assert server.sent == [0, 1, 1003]
    assert outbox.close_code == 1003


@pytest.mark.parametrize("error", [OSError(), RuntimeError("Unexpected ASGI message")])
async def test_a_peer_that_is_gone_ends_the_outbox_quietly(error: Exception) -> None:
    server = Server()
    outbox = make(server)
    server.error = error
    outbox.push({"n": 0}, 1)
    assert outbox.close_code == 1006
    outbox.push({"n": 1}, 1)
    outbox.close(4401, "token_expired")
    assert server.sent == []


async def test_a_peer_that_goes_while_messages_wait_leaves_no_task_behind() -> None:
    server = Server()
    outbox = make(server)
    server.writable.clear()
    for number in range(3):
        outbox.push({"n": number}, 1)
    server.error = OSError()
    server.writable.set()
    await settle()
    assert (outbox.close_code, server.sent) == (1006, [])
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_end_of_the_socket_cancels_the_drain() -> None:
    server = Server()
    outbox = make(server)
    server.writable.clear()
    outbox.push({"n": 0}, 1)
    outbox.mark_gone(1005)
    await settle()
    assert outbox.close_code == 1005
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_send_that_is_no_coroutine_is_left_to_a_task() -> None:
    sent: list[Any] = []

    def send(message: Any) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        sent.append(message["n"])
        asyncio.get_running_loop().call_soon(future.set_result, None)
        return future

    outbox = Outbox(send, asyncio.get_running_loop())
    for number in range(3):
        outbox.push({"n": number}, 1)
    await settle()
    assert sent == [0, 1, 2]


async def test_cancelling_the_rest_of_a_send_cancels_the_send() -> None:
    seen: list[str] = []

    async def send(message: Any) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    outbox = Outbox(send, asyncio.get_running_loop())
    outbox.push({"n": 0}, 1)
    await settle()
    outbox.mark_gone(1005)
    await settle()
    assert seen == ["cancelled"]


def test_the_bounds_are_those_of_the_rule() -> None:
    assert (MAX_WAITING_BYTES, module.STALL_S) == (1_048_576, 10.0)

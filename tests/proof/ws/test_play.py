"""Sessions against servers that misbehave, on real sockets: the transcript says what they did, and every wait ends."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from websockets.asyncio.server import ServerConnection

from proof.documents import Json
from proof.ws.play import CONTROL_S, _Run, play
from proof.ws.session import Control, Cut, Open, Raw, Send, Session, Settle, Step, named, said
from proof.ws.transcript import Transcript
from tests.proof.ws.foreign import Answer, Handler, answering, bare, headed, serving, sound
from tests.proof.ws.things import NAME, shelf

BOOK = {"title": "Emma", "pages": 300}
QUICK = {"timeout_ms": 100}


def add(label: str, frame: Json | None = None) -> Send:
    return Send("s", "add_book", label, frame if frame is not None else {"id": label, "kind": "add", "data": BOOK})


def patient(label: str) -> Send:
    """With a deadline of its own, so that a reply that never comes is known soon."""
    return add(label, {"id": label, "kind": "add", "data": BOOK, "meta": QUICK})


def played(handle: Handler, *steps: Step, document: Json | None = None) -> Transcript:
    with serving(handle) as url:
        _, player = shelf(url, document or headed())
        return asyncio.run(play(player, Session("test", (Open("s", "", NAME), *steps))))


def kinds(transcript: Transcript) -> list[str]:
    return [one.kind for one in transcript.entries]


def test_a_reply_is_its_requests_own() -> None:
    transcript = played(answering(sound()), add("a"), add("b"), Settle())
    assert [call.answer and call.answer["id"] for call in transcript.calls.values()] == ["a", "b"]
    assert kinds(transcript) == ["opened", "sent", "sent", "came", "came", "closed"]
    assert transcript.entries[-1].code == 1000


async def test_a_reply_that_comes_while_the_session_ends_is_its_requests() -> None:
    """As that of a request that was cancelled, which nobody waits for."""
    with serving(answering(sound())) as url:
        _, player = shelf(url, headed())
        run = _Run(player)
        await run.do(Open("s", "", NAME))
        await run.do(add("a"))
        await run.settle()
        await run.end()
        late = {"id": "a", "kind": "added", "data": BOOK}
        run._take(run._lines["s"], json.dumps(late))
    assert [one.frame for one in run.transcript.calls["a"].replies] == [late, late]


def test_replies_in_another_order_are_told_apart_by_an_id_that_stands_elsewhere() -> None:
    asked: list[int] = []

    async def answer(connection: ServerConnection, frame: Json) -> None:
        asked.append(frame["meta"]["id"])
        if len(asked) == 2:
            for one in reversed(asked):
                await connection.send(json.dumps({"re": one}))

    frame = {"meta": {"id": 7}, "word": "x"}
    first, second = Send("s", "ask", "a", frame), Send("s", "ask", "b", frame)
    transcript = played(answering(answer), first, second, Settle(), document=bare())
    assert asked == [7, 8], "a number that was drawn twice is two numbers"
    assert [call.answer for call in transcript.calls.values()] == [{"re": 7}, {"re": 8}]


def test_a_reply_that_is_dropped_is_none_and_its_wait_ends() -> None:
    async def answer(connection: ServerConnection, frame: Json) -> None:
        pass

    began = time.monotonic()
    transcript = played(answering(answer), patient("a"), Settle())
    assert not transcript.calls["a"].replies
    assert not transcript.calls["a"].is_lost
    assert time.monotonic() - began < 10


def test_a_reply_that_comes_twice_comes_twice() -> None:
    inner = sound()

    async def answer(connection: ServerConnection, frame: Json) -> None:
        await inner(connection, frame)
        await inner(connection, frame)

    assert len(played(answering(answer), add("a"), Settle()).calls["a"].replies) == 2


def test_a_late_reply_has_its_time() -> None:
    inner = sound()

    async def answer(connection: ServerConnection, frame: Json) -> None:
        await asyncio.sleep(0.5)
        await inner(connection, frame)

    call = played(answering(answer), add("a"), Settle()).calls["a"]
    assert call.replies[0].at_s - call.at_s >= 0.5


@pytest.mark.parametrize("code", [1000, 1011, 4999])
def test_a_close_is_an_entry_with_its_code_and_what_waited_is_lost(code: int) -> None:
    async def answer(connection: ServerConnection, frame: Json) -> None:
        await connection.close(code, "because")

    transcript = played(answering(answer), add("a"), Settle(), add("b"))
    closed = transcript.entries[-1]
    assert (closed.kind, closed.code, closed.text) == ("closed", code, "because")
    assert transcript.calls["a"].is_lost
    assert transcript.skipped == ["b"]


def test_an_end_without_a_word_is_1006() -> None:
    async def answer(connection: ServerConnection, frame: Json) -> None:
        connection.transport.abort()

    assert played(answering(answer), add("a"), Settle()).entries[-1].code == 1006


@pytest.mark.parametrize(
    "garbage",
    [b"\x00\xff", "no json", "[]", '{"id": 1, "id": 2}', '{"id": NaN}', "[" * 100_000],
    ids=["binary", "text", "list", "twice", "nan", "deep"],
)
def test_what_cannot_be_read_is_written_down_and_the_next_is_read(garbage: bytes | str) -> None:
    inner = sound()

    async def answer(connection: ServerConnection, frame: Json) -> None:
        await connection.send(garbage)
        await inner(connection, frame)

    transcript = played(answering(answer), add("a"), Settle())
    assert kinds(transcript) == ["opened", "sent", "unreadable", "came", "closed"]
    assert transcript.calls["a"].answer


@pytest.mark.long
def test_a_server_that_reads_nothing_ends_the_session_in_time() -> None:
    async def deaf(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await connection.wait_closed()

    began = time.monotonic()
    big = {"id": "big", "kind": "add", "data": "x" * 8_000_000, "meta": QUICK}
    transcript = played(deaf, add("big", big))
    assert not transcript.calls["big"].replies
    assert time.monotonic() - began < 8 * CONTROL_S


def test_a_server_that_is_not_there_refuses() -> None:
    with serving(answering(sound())) as url:
        pass
    _, player = shelf(url, headed())
    transcript = asyncio.run(play(player, Session("test", (Open("s", "", NAME), add("a"), Settle()))))
    assert kinds(transcript) == ["refused"]
    assert transcript.skipped == ["a"]


def test_a_request_takes_what_an_earlier_reply_said_and_is_skipped_where_it_said_nothing() -> None:
    second = {"id": "b", "kind": "add", "data": {"title": said("a", "/data/title"), "pages": 1}}
    third = {"id": "c", "kind": "add", "data": {"title": said("a", "/data/no_such"), "pages": 1}}
    transcript = played(answering(sound()), add("a"), Settle(), add("b", second), add("c", third))
    assert transcript.calls["b"].frame["data"]["title"] == "Emma"
    assert transcript.skipped == ["c"]


def test_a_name_is_made_of_what_a_reply_said_and_is_not_asked_for_where_it_said_nothing() -> None:
    heard: list[Json] = []
    inner = sound()

    async def answer(connection: ServerConnection, frame: Json) -> None:
        heard.append(frame)
        if "kind" in frame:
            await inner(connection, frame)

    odd = add("a", {"id": "a", "kind": "add", "data": {"title": "Emma & Co", "pages": 300}})
    names = [named(["books/", said("a", f"/data/{member}")]) for member in ("title", "pages", "no_such")]
    asked = [Control("s", {"type": "subscribe", "topics": [name]}) for name in names]
    transcript = played(answering(answer), odd, Settle(), *asked, Settle())
    assert [frame["topics"] for frame in heard[1:]] == [["books/Emma%20%26%20Co"], ["books/300"]]
    assert transcript.subscribed == {"s": {"books/Emma%20%26%20Co", "books/300"}}


def test_what_no_frame_can_carry_is_skipped_though_a_server_said_it() -> None:
    async def answer(connection: ServerConnection, frame: Json) -> None:
        await connection.send('{"id": "a", "kind": "added", "data": {"title": "\\ud800", "pages": 1}}')

    second = {"id": "b", "kind": "add", "data": said("a", "/data")}
    assert played(answering(answer), add("a"), Settle(), add("b", second)).skipped == ["b"]


def test_a_cut_loses_what_waited_and_is_no_close_of_the_servers() -> None:
    async def answer(connection: ServerConnection, frame: Json) -> None:
        pass

    transcript = played(answering(answer), add("a"), Cut("s"), Settle())
    assert kinds(transcript) == ["opened", "sent", "cut", "closed"]
    assert transcript.calls["a"].is_lost


def test_raw_bytes_arrive_as_they_are_in_as_many_fragments_as_are_asked() -> None:
    heard: list[list[str]] = []

    async def streaming(connection: ServerConnection) -> None:
        heard.append([str(part) async for part in connection.recv_streaming() if part])
        await connection.wait_closed()

    played(streaming, Raw("s", b'{"a": "bc"}', True, "test", 4), Settle())
    assert "".join(heard[0]) == '{"a": "bc"}'
    assert len(heard[0]) == 4


def test_what_wants_no_reply_is_not_waited_for_and_gets_no_id() -> None:
    document = headed()
    del document["operations"]["add_book"]["reply"]
    heard: list[Json] = []

    async def answer(connection: ServerConnection, frame: Json) -> None:
        heard.append(frame)

    began = time.monotonic()
    quiet: Answer = answer
    played(answering(quiet), add("a", {"kind": "add", "data": BOOK}), Settle(), document=document)
    assert heard == [{"kind": "add", "data": BOOK}]
    assert time.monotonic() - began < 4

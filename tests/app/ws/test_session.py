"""The protocol's rules, row by row (ACCEPTANCE W03, W04, W13), in both formats and without a socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from app.ws.dialect import Format
from app.ws.envelope import Cancel
from app.ws.session import MAX_IN_FLIGHT, Close, Invoke, Reply, Running, Session
from generated.errors import ArtistNotFound
from generated.proto import artists_pb2, envelope_pb2
from tests.app.ws.fakes import OTHER_REQ_ID, REQ_ID, artist, dialect

BOTH = pytest.mark.parametrize("chosen", list(Format))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def make(chosen: Format, clock: Clock | None = None) -> Session:
    return Session(dialect(chosen), clock or Clock())


def request(chosen: Format, pkg_id: int = 4, req_id: str = REQ_ID) -> Any:
    if chosen is Format.JSON:
        return json.dumps({"pkg_id": pkg_id, "req_id": req_id, "data": {"artist_id": 7}})
    return envelope_pb2.Request(pkg_id=pkg_id, req_id=req_id, data=b"\x08\x07").SerializeToString()


def bad(chosen: Format) -> Any:
    return "[1]" if chosen is Format.JSON else b"\xff"


def read(chosen: Format, frame: bytes | None) -> tuple[int | None, str | None, int, str]:
    """pkg_id, req_id, status_code and the problem's code of a refusal."""
    assert frame is not None
    if chosen is Format.JSON:
        members = json.loads(frame)
        return members["pkg_id"], members["req_id"], members["status_code"], members["data"]["code"]
    response = envelope_pb2.Response.FromString(frame)
    pkg_id = response.pkg_id if response.HasField("pkg_id") else None
    req_id = response.req_id if response.HasField("req_id") else None
    return pkg_id, req_id, response.status_code, envelope_pb2.Problem.FromString(response.data).code


@BOTH
def test_a_request_becomes_an_invoke_of_its_package(chosen: Format) -> None:
    action = make(chosen).feed(request(chosen))
    assert isinstance(action, Invoke)
    assert (action.package.operation.name, action.req_id, action.timeout_s) == ("get_artist", REQ_ID, None)
    assert action.package.decode(action.data).artist_id == 7


@BOTH
def test_data_is_not_decoded_before_the_runner_asks(chosen: Format) -> None:
    frame: Any = json.dumps({"pkg_id": 4, "req_id": REQ_ID, "data": {"artist_id": "x"}})
    if chosen is Format.PROTOBUF:
        frame = envelope_pb2.Request(pkg_id=4, req_id=REQ_ID, data=b"\xff").SerializeToString()
    assert isinstance(make(chosen).feed(frame), Invoke)


@BOTH
def test_a_reply_carries_the_result_and_the_request_s_ids(chosen: Format) -> None:
    session = make(chosen)
    invoke = session.feed(request(chosen))
    assert isinstance(invoke, Invoke)
    frame = session.reply(invoke, artist())
    if chosen is Format.JSON:
        reply = json.loads(frame)
        assert (reply["pkg_id"], reply["req_id"], reply["status_code"], reply["data"]["id"]) == (4, REQ_ID, 0, 7)
    else:
        response = envelope_pb2.Response.FromString(frame)
        assert (response.pkg_id, response.req_id, response.status_code) == (4, REQ_ID, 0)
        assert artists_pb2.Artist.FromString(response.data).id == 7


@BOTH
def test_a_refusal_carries_the_error_and_the_given_trace_id(chosen: Format) -> None:
    frame = make(chosen).refuse(ArtistNotFound(), 4, REQ_ID, "t1")
    assert read(chosen, frame) == (4, REQ_ID, 5, "artist_not_found")
    assert b"t1" in frame


@BOTH
def test_an_unreadable_frame_is_answered_and_the_next_one_is_served(chosen: Format) -> None:
    session = make(chosen)
    action = session.feed(bad(chosen))
    assert isinstance(action, Reply)
    assert read(chosen, action.frame) == (None, None, 2, "malformed")
    assert isinstance(session.feed(request(chosen)), Invoke)


@BOTH
@pytest.mark.parametrize(("pkg_id", "echoed"), [(999, 999), (65_535, 65_535), (70_000, None), (1001, 1001)])
def test_an_unknown_pkg_id_is_not_found(chosen: Format, pkg_id: int, echoed: int | None) -> None:
    action = make(chosen).feed(request(chosen, pkg_id))
    assert isinstance(action, Reply)
    assert read(chosen, action.frame) == (echoed, REQ_ID, 5, "unknown_operation")


@BOTH
def test_a_frame_without_a_uuid_echoes_its_pkg_id(chosen: Format) -> None:
    action = make(chosen).feed(request(chosen, req_id="7"))
    assert isinstance(action, Reply)
    assert read(chosen, action.frame) == (4, None, 2, "invalid_data")


@BOTH
def test_the_eleventh_bad_frame_within_a_minute_closes(chosen: Format) -> None:
    clock = Clock()
    session = make(chosen, clock)
    for _ in range(10):
        assert isinstance(session.feed(bad(chosen)), Reply)
        clock.now += 5.9
    assert session.feed(request(chosen, pkg_id=999)) == Close(4505, "protocol_abuse")


@BOTH
def test_ten_bad_frames_a_minute_never_close(chosen: Format) -> None:
    clock = Clock()
    session = make(chosen, clock)
    for _ in range(100):
        assert isinstance(session.feed(bad(chosen)), Reply)
        clock.now += 6.0


@BOTH
def test_the_wrong_kind_of_frame_is_answered_and_closes(chosen: Format) -> None:
    action = make(chosen).feed(b"{}" if chosen is Format.JSON else "{}")
    assert isinstance(action, Close)
    assert action.code == 1003
    assert read(chosen, action.frame) == (None, None, 2, "malformed")


@BOTH
async def test_a_req_id_in_flight_is_a_conflict_until_its_request_has_ended(chosen: Format) -> None:
    session = make(chosen)
    task = asyncio.create_task(asyncio.sleep(0))
    session.in_flight[REQ_ID] = Running(task, True)
    action = session.feed(request(chosen))
    assert isinstance(action, Reply)
    assert read(chosen, action.frame) == (4, REQ_ID, 6, "request_in_progress")
    assert isinstance(session.feed(request(chosen, req_id=OTHER_REQ_ID)), Invoke)
    del session.in_flight[REQ_ID]
    assert isinstance(session.feed(request(chosen)), Invoke)
    await task


@BOTH
async def test_a_conflict_is_no_bad_frame(chosen: Format) -> None:
    session = make(chosen)
    task = asyncio.create_task(asyncio.sleep(0))
    session.in_flight[REQ_ID] = Running(task, True)
    assert all(isinstance(session.feed(request(chosen)), Reply) for _ in range(50))
    await task


async def test_the_session_is_full_with_32_in_flight() -> None:
    session = make(Format.JSON)
    task = asyncio.create_task(asyncio.sleep(0))
    for number in range(MAX_IN_FLIGHT):
        assert not session.is_full
        session.in_flight[str(number)] = Running(task, True)
    assert session.is_full
    await task


def test_control_frames_pass_through() -> None:
    assert make(Format.JSON).feed(json.dumps({"type": "cancel", "req_id": REQ_ID})) == Cancel(REQ_ID)


def test_trace_ids_are_32_hex_digits_and_differ() -> None:
    session = make(Format.JSON)
    ids = {session.next_trace_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(one) for one in ids} == {32}
    assert all(int(one, 16) >= 0 for one in ids)

"""The protocol's rules, row by row (ACCEPTANCE W03, W04, W13), in both formats and without a socket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from app.ws.dialect import Format
from app.ws.envelope import Cancel
from app.ws.session import MAX_IN_FLIGHT, Close, Invoke, Reply, Running, Session
from generated.errors import ArtistNotFound
from generated.proto import artists_pb2, envelope_pb2
from generated.ws_packages import PACKAGES
from tests.app.ws.fakes import OTHER_REQ_ID, REQ_ID, artist, artist_page, dialect

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
def test_a_stream_s_frames_carry_their_place_and_the_last_one_no_data(chosen: Format) -> None:
    session = make(chosen)
    invoke = session.feed(request(chosen))
    assert isinstance(invoke, Invoke)
    operation = replace(invoke.package.operation, is_stream=True)
    invoke.package = replace(invoke.package, operation=operation)
    item, end = session.item(invoke, 3, artist()), session.reply(invoke, None)
    if chosen is Format.JSON:
        data = json.loads(item)
        assert (data["pkg_id"], data["req_id"], data["offset"], data["data"]["id"]) == (4, REQ_ID, 3, 7)
        assert json.loads(end) == {"pkg_id": 4, "req_id": REQ_ID, "status_code": 0, "data": None}
    else:
        response = envelope_pb2.Response.FromString(item)
        assert (response.pkg_id, response.req_id, response.offset) == (4, REQ_ID, 3)
        assert artists_pb2.Artist.FromString(response.data).id == 7
        last = envelope_pb2.Response.FromString(end)
        assert (last.pkg_id, last.req_id, last.data, last.HasField("offset")) == (4, REQ_ID, b"", False)


@BOTH
def test_a_page_s_meta_stands_beside_its_data(chosen: Format) -> None:
    session = make(chosen)
    pkg_id = next(one for one, package in PACKAGES.items() if package.operation.name == "get_paginated_artists")
    invoke = session.feed(request(chosen, pkg_id))
    assert isinstance(invoke, Invoke)
    frame = session.reply(invoke, artist_page())
    if chosen is Format.JSON:
        assert json.loads(frame)["meta"]["total"] == 1
    else:
        assert envelope_pb2.Response.FromString(frame).meta.total == 1


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


@pytest.mark.survives("W04")
@BOTH
def test_the_wrong_kind_of_frame_is_answered_and_closes(chosen: Format) -> None:
    """W04 (D14): a text frame where the subprotocol has binary ones, and the reverse: a reply that says so, then 1003."""
    action = make(chosen).feed(b"{}" if chosen is Format.JSON else "{}")
    assert isinstance(action, Close)
    assert (action.code, action.reason) == (1003, f"{'text' if chosen is Format.JSON else 'binary'} frames only")
    assert action.frame is not None
    assert b"This subprotocol has %b frames." % action.reason.split()[0].encode() in action.frame
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


async def test_the_end_of_a_socket_cancels_its_queries_and_lets_its_commands_go_on() -> None:
    session = make(Format.JSON)
    tasks = [asyncio.create_task(asyncio.sleep(30)) for _ in range(3)]
    for number, (task, is_query) in enumerate(zip(tasks, (True, False, True), strict=True)):
        session.in_flight[str(number)] = Running(task, is_query)
    session.cancel_queries()
    await asyncio.sleep(0)
    assert [one.cancelled() for one in tasks] == [True, False, True]
    tasks[1].cancel()


@BOTH
def test_a_refusal_without_a_trace_id_gets_the_socket_s_next(chosen: Format) -> None:
    session = make(chosen)
    first = session.next_trace_id()
    assert f"{first[:24]}{2:08x}".encode() in session.refuse(ArtistNotFound())


@BOTH
def test_a_request_s_deadline_parent_and_ids_go_with_it(chosen: Format) -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    frame: Any = json.dumps(
        {"pkg_id": 4, "req_id": REQ_ID, "meta": {"timeout_ms": 1500, "traceparent": parent}, "data": {"artist_id": 7}}
    )
    if chosen is Format.PROTOBUF:
        frame = envelope_pb2.Request(
            pkg_id=4, req_id=REQ_ID, data=b"\x08\x07",
            meta=envelope_pb2.RequestMeta(timeout_ms=1500, traceparent=parent),
        ).SerializeToString()  # fmt: skip
    action = make(chosen).feed(frame)
    assert isinstance(action, Invoke)
    assert (action.pkg_id, action.timeout_s) == (4, 1.5)
    assert action.parent is not None
    assert action.parent.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_control_frames_pass_through() -> None:
    assert make(Format.JSON).feed(json.dumps({"type": "cancel", "req_id": REQ_ID})) == Cancel(REQ_ID)


def test_trace_ids_are_32_hex_digits_and_differ() -> None:
    session = make(Format.JSON)
    ids = {session.next_trace_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(one) for one in ids} == {32}
    assert max(ids)[24:] == f"{1000:08x}"
    assert make(Format.JSON).next_trace_id()[:24] != min(ids)[:24], "another socket's"
    assert all(int(one, 16) >= 0 for one in ids)

"""Lines become steps in the order in which things began, each with its reply, its races and the events of its socket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proof.documents import Json
from proof.traffic.contract import Contract
from proof.traffic.lines import Answer, Body, Caller, Closed, Credential, Exchange, Frame, Line, Opened
from proof.traffic.script import Ask, Close, Open, Send, code_of, depended_on_time, kind_of, read_script
from tests.proof.traffic.things import contract, json_body
from tests.proof.ws.foreign import headed

SOCKET = "socket-1"
OPENED = Opened(0.0, 0.1, SOCKET, "/web", encoding="stele.v1.json")


def sent(at_s: float, frame: Json | None, socket: str = SOCKET) -> Frame:
    return Frame(at_s, socket, True, json_body(frame) if frame is not None else Body("unreadable", "{", size=1))


def came(at_s: float, frame: Json, socket: str = SOCKET) -> Frame:
    return Frame(at_s, socket, False, json_body(frame))


def get(at_s: float, took_s: float, method: str = "GET") -> Exchange:
    return Exchange(at_s, took_s, method, "/api/artists", "get_artists", answer=Answer(200))


def request(req_id: str, pkg_id: int = 4) -> Json:
    return {"pkg_id": pkg_id, "req_id": req_id, "data": {}}


def reply(req_id: str | None, pkg_id: int = 4, status: int = 0) -> Json:
    return {"pkg_id": pkg_id, "req_id": req_id, "status_code": status, "data": {"code": "malformed"} if status else {}}


def steps(*lines: Line, known: Contract | None = None) -> list[Any]:
    return list(read_script(lines, known or contract()).steps)


def test_steps_are_in_the_order_in_which_they_began() -> None:
    found = steps(get(1.0, 0.1), get(0.5, 5.0), OPENED)
    assert [type(one) for one in found] == [Open, Ask, Ask, Close]
    assert [one.number for one in found] == [3, 2, 1, 3]


def test_replies_are_found_by_their_id_in_any_order() -> None:
    one, two = sent(1.0, request("a")), sent(1.1, request("b"))
    found = steps(OPENED, one, two, came(1.2, reply("b")), came(1.3, reply("a")))
    assert [step.reply and step.reply.at_s for step in found if isinstance(step, Send)] == [1.3, 1.2]


def test_what_has_no_id_is_answered_in_turn() -> None:
    found = steps(
        OPENED,
        sent(1.0, None),
        sent(1.1, request("a")),
        sent(1.2, {"type": "subscribe", "topics": []}),
        came(1.3, reply(None, status=1)),
        came(1.4, {"type": "subscribed", "topics": []}),
        came(1.5, reply("a")),
    )
    sends = [step for step in found if isinstance(step, Send)]
    assert [(one.name, one.reply and one.reply.at_s) for one in sends] == [
        ("what is no frame", 1.3), ("get_artist", 1.5), ("subscribe", 1.4),
    ]  # fmt: skip


def test_a_cancel_is_not_answered_and_marks_what_it_cancels() -> None:
    found = steps(
        OPENED,
        sent(1.0, request("a")),
        sent(1.1, {"type": "cancel", "req_id": "a"}),
        sent(1.2, None),
        came(1.3, reply(None, status=1)),
    )
    sends = [step for step in found if isinstance(step, Send)]
    assert [one.is_cancelled for one in sends] == [True, False, False]
    assert [one.reply is None for one in sends] == [True, True, False]


def test_events_belong_to_their_socket_s_end() -> None:
    push = {"pkg_id": 1001, "req_id": "0", "topic": "artists", "data": {}}
    unasked = {"type": "auth.expiring", "expires_in": 5}
    found = steps(
        OPENED, came(1.0, push), came(1.1, unasked), sent(1.5, request("a")), Closed(3.0, SOCKET, "client", 1000)
    )
    assert [one.body.value for one in found[-1].pushes] == [push]
    assert found[-1].idle_s == 1.5
    assert found[1].heard == 1


@pytest.mark.parametrize(
    ("method", "begins_s", "raced"),
    [("POST", 1.05, True), ("GET", 1.05, False), ("POST", 1.2, False)],
)
def test_what_was_under_way_beside_a_write_raced(method: str, begins_s: float, raced: bool) -> None:
    first, second = steps(get(1.0, 0.1), get(begins_s, 0.1, method))
    assert first.raced is raced
    assert second.raced is False


def test_callers_are_those_whose_credentials_were_taken() -> None:
    callers = {f"caller-{number}": Caller(f"caller-{number}", ["a"]) for number in range(1, 5)}
    auth = Frame(1.0, SOCKET, True, json_body({"type": "auth"}), Credential("frame", "caller-3"))
    refused = Frame(2.0, SOCKET, True, json_body({"type": "auth"}), Credential("frame", "caller-4"))
    found = read_script(
        [
            *callers.values(),
            replace(get(0.0, 0.1), credential=Credential("header", "caller-1")),
            replace(get(0.1, 0.1), credential=Credential("header", "caller-2", usable=False)),
            OPENED,
            auth,
            came(1.1, {"type": "auth_ok", "expires_in": 5}),
            refused,
            came(2.1, reply(None, status=1)),
        ],
        contract(),
    )
    assert set(found.callers) == {"caller-1", "caller-3"}
    assert [one.line.credential.usable for one in found.steps if isinstance(one, Send)] == [True, False]


@pytest.mark.parametrize(
    ("status", "value", "depends"),
    [
        (503, None, True),
        (429, None, True),
        (404, {"code": "artist_not_found"}, False),
        (409, {"code": "request_in_progress"}, True),
        (0, {"status_code": 5, "data": {"code": "rate_limited"}}, True),
        (0, {"status_code": 0, "data": {"code": "rate_limited"}}, False),
    ],
)
def test_a_refusal_may_say_how_busy_the_service_was(status: int, value: Any, depends: bool) -> None:
    assert depended_on_time(status, json_body(value), contract()) is depends


def test_a_code_is_that_of_a_problem_or_of_a_frame() -> None:
    assert code_of(json_body({"code": "a"})) == "a"
    assert code_of(json_body({"status_code": 2, "data": {"code": "b"}})) == "b"
    assert code_of(json_body([1])) == ""


def test_what_came_is_known_by_its_contract() -> None:
    known = contract()
    assert kind_of(known, {"status_code": 0}) == "reply"
    assert kind_of(known, {"pkg_id": 1001}) == "push"
    assert kind_of(known, {"type": "auth.expiring"}) == "unasked"
    assert kind_of(known, None) == "reply"
    assert kind_of(Contract(None, headed()), {"id": "a", "kind": "counted", "data": {"count": 1}}) == "reply"

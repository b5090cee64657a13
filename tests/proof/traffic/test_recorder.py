"""What passes becomes lines: the operation, its parameters, who asked, and only what may be kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from proof.traffic.lines import Body, Caller, Closed, Credential, Frame
from proof.traffic.recorder import Asked
from tests.proof.traffic.things import JSON_TYPE, PROBLEM_TYPE, SERVICE, Recorded, token

EDITOR = token({"sub": "editor-id", "roles": ["get-artists"]})


def test_an_exchange_has_its_operation_and_its_parameters(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    recorded.exchange(
        "GET",
        "/api/artists/7",
        query="x=5",
        headers=[("Accept", "*/*"), ("If-None-Match", '"1"'), ("Cookie", "a=b"), ("X-Other", "o"), ("Origin", SERVICE)],
        answer_headers=[("ETag", '"2"'), ("Set-Cookie", "a=b"), ("Date", "today")],
    )
    line = recorded.last()
    assert (line.method, line.path, line.operation, line.parameters) == (
        "GET", "/api/artists/{artist_id}", "get_artist", {"artist_id": "7"},
    )  # fmt: skip
    assert line.query == [("x", {"$secret": "secret-1"})]
    assert line.headers == [("accept", "*/*"), ("if-none-match", '"1"'), ("x-other", "hidden"), ("origin", "self")]
    assert line.answer.headers == [("etag", '"2"')]


def test_a_declared_query_is_kept(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    recorded.exchange("GET", "/api/artists", query="name=Mary%20Anning&name=b")
    assert recorded.last().query == [("name", "Mary Anning"), ("name", "b")]


def test_who_asked_is_told_before_what_was_asked(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    recorded.exchange("GET", "/api/artists", headers=[("authorization", f"Bearer {EDITOR}")])
    assert isinstance(recorded.lines()[-2], Caller)
    assert recorded.last().credential == Credential("header", "caller-1")
    recorded.exchange("GET", "/api/artists", headers=[("authorization", f"Bearer {EDITOR}")], status=401)
    assert recorded.last().credential == Credential("header", "caller-1", usable=False)
    recorded.exchange("GET", "/api/artists", status=401)
    assert recorded.last().credential == Credential()


def test_of_an_unknown_path_the_words_of_the_contract_are_kept(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    recorded.exchange("GET", "/api/reset/abc", headers=[JSON_TYPE], body='{"a": "b"}', status=404)
    line = recorded.last()
    assert (line.path, line.operation) == ("/api/hidden/hidden", "")
    assert line.body.value == {"a": {"$secret": "secret-1"}}


def test_a_refused_handshake_has_its_answer(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    problem = json.dumps({"type": "/p", "title": "t", "status": 401, "code": "unauthenticated", "trace_id": "1"})
    asked = Asked(
        "GET", "/web", "format=json&ticket=abc", [("origin", "https://evil.example")], ("stele.v1.json", "mine")
    )
    recorded.recorder.opened(1.0, asked, "", (401, [PROBLEM_TYPE], problem.encode()))
    line = recorded.last()
    assert (line.path, line.socket, line.encodings) == ("/web", "socket-1", ["stele.v1.json", "hidden"])
    assert line.query == [("format", "json"), ("ticket", {"$secret": "secret-1"})]
    assert line.credential == Credential("ticket", usable=False)
    assert line.headers == [("origin", "https://evil.example")]
    assert line.answer.status == 401


def test_frames_and_the_close_are_lines_of_their_socket(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    socket = recorded.recorder.opened(0.0, Asked("GET", "/web", "", []), "stele.v1.json")
    socket.sent(json.dumps({"type": "auth", "token": f"Bearer {EDITOR}"}), 1000)
    socket.sent("{", 1000)
    socket.sent("x" * 1001, 1000)
    socket.sent(
        json.dumps({"pkg_id": 9999, "req_id": "00000000-0000-4000-8000-000000000001", "data": {"a": "b"}}), 1000
    )
    socket.came(json.dumps({"type": "auth_ok", "expires_in": 5}), 1000)
    socket.closed("service", 4505)
    socket.closed("client", 1000)
    frames: list[Any] = [one for one in recorded.lines() if isinstance(one, Frame)]
    assert frames[0].credential == Credential("frame", "caller-1")
    assert frames[0].body.value == {"type": "auth"}
    assert frames[1].body == Body("unreadable", "{", size=1)
    assert frames[2].body == Body("left-out", size=1001)
    assert frames[3].body.value["pkg_id"] == 9999
    assert frames[3].body.value["req_id"] == "00000000-0000-4000-8000-000000000001"
    assert frames[3].body.value["data"] == {"a": {"$secret": "secret-1"}}
    assert [one.is_sent for one in frames] == [True] * 4 + [False]
    assert isinstance(recorded.last(), Closed)
    assert (recorded.last().by, recorded.last().code) == ("service", 4505)

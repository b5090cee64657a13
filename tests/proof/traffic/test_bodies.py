"""A body is kept as JSON and sent again as it was; what is not kept leaves its size, and what is unreadable its shape."""

from __future__ import annotations

import json

import pytest

from proof.traffic.bodies import Bodies, Taken, is_json, media_type, shape
from proof.traffic.lines import Body
from proof.traffic.secrets import Secrets
from tests.codegen.contracts import shipped
from tests.proof.traffic.things import contract, taken

CREATE = contract().operations["create_artist"]
UPDATE = contract().operations["update_artist"]
LOGIN = contract().operations["login"]
PROTOBUF = "application/x-protobuf"


def bodies() -> Bodies:
    return Bodies(contract(), Secrets())


@pytest.mark.parametrize("value", [{"name": "é"}, {"name": "a", "more": [1, 2.5, None]}, [], "text", None])
def test_json_is_sent_again_as_the_same_value(value: object) -> None:
    body = bodies().asked(CREATE, "application/json", taken(json.dumps(value)))
    assert body.form == "json"
    sent = bodies().written(CREATE, body)
    assert sent is not None
    assert json.loads(sent) == value


@pytest.mark.parametrize("fields", [{"name": "a"}, {"name": "a", "bio": ""}, {"name": "a", "born_on": "1990-05-01"}])
def test_a_message_is_sent_again_as_the_same_bytes(fields: dict[str, str]) -> None:
    protobuf = contract().protobuf
    assert protobuf is not None
    operation = next(one for one in shipped().operations if one.name == "create_artist")
    data = protobuf.request(operation, fields)
    body = bodies().asked(CREATE, PROTOBUF, taken(data))
    assert body == Body("protobuf", fields, PROTOBUF)
    assert bodies().written(CREATE, body) == data


@pytest.mark.parametrize("raw", [b"\xff", b"\x98\x06\x01"])
def test_a_message_that_cannot_be_said_again_is_unreadable(raw: bytes) -> None:
    body = bodies().asked(CREATE, PROTOBUF, taken(raw))
    assert body == Body("unreadable", size=len(raw))
    assert bodies().written(CREATE, body) == b"\xff" * len(raw)


def test_unreadable_text_keeps_its_shape_alone() -> None:
    assert shape('{"name": "Ann5", nul}\n').value == '{"aaaa": "aaaa", aaa}\n'
    body = bodies().asked(CREATE, "application/json", taken('{"name": "a'))
    assert (body.form, body.value) == ("unreadable", '{"aaaa": "a')
    assert bodies().asked(CREATE, "application/json", taken(b'{"\xff')).value is None


def test_of_two_members_with_one_name_the_last_counts_unless_they_were_refused() -> None:
    twice = taken('{"name": "a", "name": "b"}')
    assert bodies().asked(CREATE, "application/json", twice).value == {"name": "b"}
    assert bodies().asked(CREATE, "application/json", twice, was_read=False).form == "unreadable"


def test_what_is_large_or_of_another_kind_leaves_its_size() -> None:
    assert bodies().asked(CREATE, "text/plain", taken("hello")) == Body("left-out", media="text/plain", size=5)
    large = Taken(10)
    for _ in range(3):
        large.add(b"x" * 9)
    assert (large.size, large.data) == (27, b"x" * 10)
    assert bodies().asked(CREATE, "application/json", large) == Body("left-out", media="application/json", size=27)
    assert bodies().written(CREATE, Body("left-out", size=5)) is None


def test_where_the_contract_says_nothing_every_text_is_hidden() -> None:
    unknown = bodies().asked(None, "application/json", taken('{"a": "b", "n": 1}'))
    assert unknown.value == {"a": {"$secret": "secret-1"}, "n": 1}
    login = bodies().asked(LOGIN, "application/json", taken('{"username": "me", "password": "p"}'))
    assert login.value == {"username": "me", "password": {"$secret": "secret-1"}}


def test_a_problem_of_a_session_is_kept() -> None:
    problem = {"type": "/p", "title": "t", "status": 401, "code": "credentials_invalid", "trace_id": "1"}
    kept = bodies().answered(LOGIN, 401, "application/problem+json", taken(json.dumps(problem)))
    assert kept.value == problem


def test_without_secrets_a_body_is_as_it_came() -> None:
    tokens = {"access_token": "a", "refresh_token": "b"}
    assert Bodies(contract()).answered(LOGIN, 200, "application/json", taken(json.dumps(tokens))).value == tokens
    assert Bodies(contract()).answered(UPDATE, 204, "", taken()) == Body()


def test_a_media_type_has_no_parameters() -> None:
    assert media_type([("A", "b"), ("Content-Type", "Application/JSON; charset=utf-8")]) == "application/json"
    assert media_type([]) == ""
    assert is_json("application/problem+json")
    assert not is_json("text/json5")

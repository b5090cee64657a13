"""A recorded request is said with today's ids, credentials and secrets, and else as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proof.callers import Caller, with_token
from proof.traffic.asking import Asking, LeftOut
from proof.traffic.judge import Judge
from proof.traffic.lines import Answer, Body, Credential, Exchange, Frame
from proof.traffic.matching import Matches
from tests.proof.traffic.things import SERVICE, contract, json_body

SECRET = {"$secret": "secret-1"}


def asking() -> Asking:
    judge = Judge(contract(), Matches())
    people = {"caller-1": with_token("editor", "the-token"), "caller-2": Caller("nobody")}
    return Asking(SERVICE, contract(), judge.kinds, judge.matches, people, {"mary": "her password"})


def request(one: Asking, line: Exchange) -> tuple[str, str, dict[str, str], bytes]:
    made = one.request(line, one.translation())
    return made.method, made.extensions["target"].decode(), dict(made.headers), made.content


def exchange(**said: Any) -> Exchange:
    return Exchange(
        **{"at_s": 0.0, "took_s": 0.1, "method": "GET", "path": "/api/artists", "operation": "get_artists", **said}
    )


def test_ids_of_the_path_and_the_query_are_today_s() -> None:
    one = asking()
    one.matches.agree("artist_id", 7, 70)
    line = exchange(path="/api/artists/{artist_id}", operation="get_artist", parameters={"artist_id": "7"})
    assert request(one, line)[1] == "/api/artists/70"
    assert request(one, exchange(query=[("id", "7"), ("name", "7 é"), ("x", SECRET)]))[1].startswith(
        "/api/artists?id=70&name=7+%C3%A9&x=secret-1"
    )
    odd = exchange(path="/api/artists/{artist_id}", operation="get_artist", parameters={"artist_id": "a/ b"})
    assert request(one, odd)[1] == "/api/artists/a%2F%20b"


def test_headers_are_as_they_were_but_for_what_is_hidden_or_made_for_one_call() -> None:
    one = asking()
    one.matches.agree("cursor", '"1"', '"today"')
    sent = [("accept", "a/b"), ("x-other", "hidden"), ("origin", "self"), ("if-match", '"1"'), ("idempotency-key", "k")]
    _, _, headers, _ = request(one, exchange(headers=sent, credential=Credential("header", "caller-1")))
    assert headers["accept"] == "a/b"
    assert headers["origin"] == SERVICE
    assert headers["if-match"] == '"today"'
    assert headers["idempotency-key"].startswith("k.")
    assert headers["authorization"] == "Bearer the-token"
    assert "x-other" not in headers


@pytest.mark.parametrize(
    ("credential", "sent"),
    [
        (Credential(), None),
        (Credential("header", "caller-1", usable=False), "Bearer refused"),
        (Credential("header", ""), "Bearer refused"),
        (Credential("header", "caller-2"), "Bearer refused"),
    ],
)
def test_what_was_refused_is_refused_again(credential: Credential, sent: str | None) -> None:
    assert request(asking(), exchange(credential=credential))[2].get("authorization") == sent


def login(status: int, **body: Any) -> Exchange:
    return exchange(method="POST", path="/auth/login", operation="login", body=json_body(body), answer=Answer(status))


def test_a_password_is_that_of_its_user() -> None:
    one = asking()
    content = request(one, login(200, username="mary", password=SECRET))[3]
    assert json.loads(content) == {"username": "mary", "password": "her password"}
    content = request(one, login(401, username="mary", password={"$secret": "secret-2"}))[3]
    assert json.loads(content)["password"] != "her password"


def test_a_secret_that_nobody_has_is_not_played() -> None:
    with pytest.raises(LeftOut, match="a secret"):
        request(asking(), login(200, username="somebody", password=SECRET))
    refresh = exchange(
        method="POST", operation="refresh", body=json_body({"refresh_token": SECRET}), answer=Answer(200)
    )
    with pytest.raises(LeftOut, match="a secret"):
        request(asking(), refresh)


def test_a_body_that_was_not_kept_is_not_played_unless_it_was_not_read() -> None:
    body = Body("left-out", media="text/plain", size=3)
    line = exchange(method="POST", operation="create_artist", body=body, answer=Answer(201))
    with pytest.raises(LeftOut, match="not kept"):
        request(asking(), line)
    refused = exchange(method="POST", operation="create_artist", body=body, answer=Answer(415))
    assert request(asking(), refused)[3] == b"aaa"


def test_a_frame_has_a_new_id_and_a_new_token() -> None:
    one = asking()
    then = {"pkg_id": 4, "req_id": "00000000-0000-4000-8000-000000000001", "data": {"artist_id": 7}}
    said = one.frame(Frame(0.0, "s", True, json_body(then)), "get_artist", "/req_id", one.translation())
    assert said["data"] == {"artist_id": 7}
    assert said["req_id"] == one.matches.fresh(then["req_id"] if isinstance(then["req_id"], str) else "")
    auth = Frame(0.0, "s", True, json_body({"type": "auth"}), Credential("frame", "caller-1"))
    assert one.frame(auth, "auth", "", one.translation()) == {"type": "auth", "token": "Bearer the-token"}

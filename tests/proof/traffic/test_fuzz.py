"""A secret never reaches the file, wherever it was said and in whatever form: planted by Hypothesis in each place that may bear one."""

from __future__ import annotations

import base64
import json
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proof.traffic.recorder import Asked, SocketRecord
from tests.codegen.contracts import shipped
from tests.proof.traffic.things import JSON_TYPE, PROBLEM_TYPE, PROTOBUF_TYPE, Recorded, contract, token

PRINTABLE = st.characters(codec="ascii", categories=("Ll", "Lu", "Nd"), include_characters="!#$%&'*+-._~/=?@^|")
TEXTS = st.text(st.one_of(PRINTABLE, st.sampled_from('\\"éß中🗝 ')), min_size=8, max_size=40)
HEADER_SAFE = st.text(PRINTABLE, min_size=8, max_size=40)
MEMBERS = (
    "password",
    "newPassword",
    "client_secret",
    "accessToken",
    "refresh-token",
    "api_key",
    "PIN",
    "otp",
    "jwt",
    "Cookie",
)
REQ_ID = str(uuid.UUID(int=7))
KEPT = {"pkg_id": 3, "req_id": REQ_ID}


def marked(text: str) -> str:
    """No other text has it by chance."""
    return f"Zq7{text}x9K"


def spellings(secret: str) -> set[str]:
    """Said apart from what hides them: where a base64 text has it among others, only what no neighbour changes."""
    raw = secret.encode()
    out = {secret, json.dumps(secret)[1:-1], quote(secret), quote(secret, safe=""), raw.hex()}
    for before in (b"", b"a", b"ab"):
        coded = base64.b64encode(before + raw + b"zz").decode()
        inner = coded[4 if before else 0 : -4 - (-len(raw) - len(before)) % 3]
        out |= {inner, inner.replace("+", "-").replace("/", "_")}
    return out


def assert_hidden(recorded: Recorded, secret: str) -> None:
    text = recorded.text()
    assert [one for one in spellings(secret) if one in text] == []


class Apart:
    """Each thing is recorded by a recorder of its own, which has heard of no secret before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.all: list[Recorded] = []

    def recorded(self) -> Recorded:
        folder = self._folder / str(len(self.all))
        folder.mkdir()
        self.all.append(Recorded(folder))
        return self.all[-1]

    def exchange(self, method: str, path: str, **said: Any) -> None:
        self.recorded().exchange(method, path, **said)

    def opened(self, asked: Asked, encoding: str) -> SocketRecord:
        return self.recorded().recorder.opened(0.0, asked, encoding)


def in_authorization(apart: Apart, secret: str) -> None:
    basic = base64.b64encode(f"user:{secret}".encode()).decode()
    for value in (f"Bearer {token({'sub': 'u'}, secret)}", f"Bearer {secret}", f"Basic {basic}", secret):
        apart.exchange("GET", "/api/artists", headers=[("authorization", value)])


def in_cookies(apart: Apart, secret: str) -> None:
    apart.exchange(
        "GET",
        "/api/artists",
        headers=[("cookie", f"a=b; session={secret}")],
        answer_headers=[("set-cookie", f"session={secret}; HttpOnly")],
    )


def in_other_headers(apart: Apart, secret: str) -> None:
    for name in ("x-api-key", "x-csrf-token", "x-anything", "proxy-authorization"):
        apart.exchange("POST", "/api/artists", headers=[(name, secret)])
        apart.exchange("POST", "/api/artists", answer_headers=[(name, secret)])
    for place in (f"https://files.example/a?sign={secret}", f"/api/artists?code={secret}", f"/unknown/{secret}"):
        apart.exchange("POST", "/api/artists", answer_headers=[("location", place)])


def in_a_query(apart: Apart, secret: str) -> None:
    for name in ("ticket", "access_token", "Authorization", "anything"):
        apart.exchange("GET", "/api/artists", query=f"{name}={quote(secret)}&{quote(secret)}=1")
        asked = Asked("GET", "/web", f"{name}={quote(secret)}", [])
        apart.opened(asked, "stele.v1.json").closed("client", 1000)


def in_a_path(apart: Apart, secret: str) -> None:
    apart.exchange("GET", f"/reset/{quote(secret, safe='')}", status=404)
    apart.exchange("GET", f"/api/nothing/{quote(secret)}", status=404)


def in_a_subprotocol(apart: Apart, secret: str) -> None:
    coded = base64.urlsafe_b64encode(token({"sub": "u"}, secret).encode()).decode().rstrip("=")
    for offer in (f"bearer.{coded}", f"bearer.{secret}", f"ticket.{secret}", secret):
        apart.opened(Asked("GET", "/web", "", [], ("stele.v1.json", offer)), "stele.v1.json")


def in_sessions(apart: Apart, secret: str) -> None:
    """What the contract hands out sessions by, in JSON and protobuf, both ways, and cut off."""
    tokens = {
        "access_token": secret,
        "refresh_token": secret,
        "token_type": "Bearer",
        "expires_in": 1,
        "refresh_expires_in": 2,
    }
    login = {"username": "somebody", "password": secret}
    body, answer = json.dumps(login), json.dumps(tokens)
    apart.exchange("POST", "/auth/login", headers=[JSON_TYPE], body=body, answer_headers=[JSON_TYPE], answer=answer)
    apart.exchange("POST", "/auth/login", headers=[JSON_TYPE], body=body[:-2], status=400)
    apart.exchange("POST", "/auth/login", headers=[("content-type", "text/plain")], body=body, status=415)
    protobuf = contract().protobuf
    assert protobuf is not None
    asked = protobuf.request(next(one for one in shipped().operations if one.name == "login"), login)
    told: Any = protobuf.new("Tokens")
    told.access_token = told.refresh_token = secret
    message = told.SerializeToString()
    apart.exchange(
        "POST", "/auth/login", headers=[PROTOBUF_TYPE], body=asked, answer_headers=[PROTOBUF_TYPE], answer=message
    )
    apart.exchange("POST", "/auth/login", headers=[PROTOBUF_TYPE], body=asked[:-1], status=400)
    apart.exchange("POST", "/auth/login", headers=[PROTOBUF_TYPE], body=asked + b"\x98\x06\x01", status=200)


def in_members(apart: Apart, secret: str) -> None:
    """By their names alone, where the contract knows nothing of them; and anywhere in what it does not know."""
    for name in MEMBERS:
        body = json.dumps({"name": "a", name: secret, "inner": [{"deep": {name: {"value": secret}}}]})
        apart.exchange("POST", "/api/artists", headers=[JSON_TYPE], body=body, answer_headers=[JSON_TYPE], answer=body)
        apart.opened(Asked("GET", "/web", "", []), "stele.v1.json").sent(
            json.dumps({**KEPT, "data": {"name": "a", name: secret}}), 2**20
        )
        apart.opened(Asked("GET", "/web", "", []), "stele.v1.json").came(
            json.dumps({**KEPT, "status_code": 0, "data": {name: secret}}), 2**20
        )
    body = json.dumps({"name": "a", "plainMember": secret, "more": [{"x": secret}, [secret]]})
    apart.exchange("POST", "/api/artists", headers=[JSON_TYPE], body=body, answer_headers=[JSON_TYPE], answer=body)
    body = json.dumps({"anything": [secret, {"other": secret}]})
    apart.exchange("POST", "/nobody/knows", headers=[JSON_TYPE], body=body, answer_headers=[JSON_TYPE], answer=body)


def in_frames(apart: Apart, secret: str) -> None:
    """That authenticate, in both encodings, and those that are none."""
    protobuf = contract().protobuf
    assert protobuf is not None
    sent: list[str | bytes] = [secret, secret.encode()]
    for bearer in (f"Bearer {token({'sub': 'u'}, secret)}", f"Bearer {secret}", secret):
        frame = {"type": "auth", "token": bearer}
        sent += [json.dumps(frame), json.dumps(frame)[:-2], protobuf.frame(60_000, REQ_ID, bearer.encode())]
    sent.append(json.dumps({"type": secret, "pkg_id": 77_777, "req_id": secret, "data": {"x": secret}}))
    came: list[str | bytes] = [secret, secret.encode()]
    came.append(json.dumps({"pkg_id": 77_777, "status_code": 0, "data": secret}))
    for encoding in ("stele.v1.json", "stele.v1.protobuf"):
        for raw in sent:
            apart.opened(Asked("GET", "/web", "", []), encoding).sent(raw, 2**20)
        for raw in came:
            apart.opened(Asked("GET", "/web", "", []), encoding).came(raw, 2**20)


def elsewhere_too(apart: Apart, secret: str) -> None:
    """Where nobody would look: it was said as a password before, and comes back as something else."""
    recorded = apart.recorded()
    body = json.dumps({"username": "somebody", "password": secret})
    recorded.exchange("POST", "/auth/login", headers=[JSON_TYPE], body=body)
    coded = base64.b64encode(b"x" + secret.encode() + b"y").decode()
    for said in (secret, quote(secret, safe=""), coded, secret.encode().hex(), json.dumps({"p": secret})):
        problem = json.dumps(
            {"type": "t", "title": "t", "status": 400, "code": "malformed", "detail": f"bad: {said}", "trace_id": "1"}
        )
        recorded.exchange("GET", "/api/artists", answer_headers=[PROBLEM_TYPE], answer=problem, status=400)
        artist = json.dumps({"name": "a", "bio": f"about {said}."})
        recorded.exchange("POST", "/api/artists", headers=[JSON_TYPE], body=artist)


PLACES: list[tuple[Callable[[Apart, str], None], bool]] = [
    (in_authorization, True),
    (in_cookies, True),
    (in_other_headers, True),
    (in_a_query, False),
    (in_a_path, False),
    (in_a_subprotocol, True),
    (in_sessions, False),
    (in_members, False),
    (in_frames, False),
    (elsewhere_too, False),
]


@pytest.mark.parametrize(("plant", "in_header"), PLACES, ids=[one[0].__name__ for one in PLACES])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_planted_secret_is_nowhere_in_the_file(
    data: st.DataObject, plant: Callable[[Apart, str], None], in_header: bool
) -> None:
    secret = marked(data.draw(HEADER_SAFE if in_header else TEXTS))
    with tempfile.TemporaryDirectory() as folder:
        apart = Apart(Path(folder))
        plant(apart, secret)
        for recorded in apart.all:
            assert_hidden(recorded, secret)
            assert len(recorded.lines()) > 1


def test_what_is_not_hidden_would_be_found(tmp_path: Path) -> None:
    """The search itself: a text that is no secret stands in the file as it was said."""
    recorded = Recorded(tmp_path)
    recorded.exchange("POST", "/api/artists", headers=[JSON_TYPE], body=json.dumps({"name": marked("a name")}))
    with pytest.raises(AssertionError):
        assert_hidden(recorded, marked("a name"))

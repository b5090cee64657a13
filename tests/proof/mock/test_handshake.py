"""A good credential opens a socket in the format that was asked for, and nothing else does."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from proof.documents import JSON, PROTOBUF
from proof.mock.callers import Callers, User
from proof.mock.handshake import Admission, admit
from proof.mock.origins import pattern
from proof.mock.refusal import Refusal

ALL = frozenset({"reader"})
CALLERS = Callers(ALL)
ENCODINGS = {"stele.v1.json": JSON, "stele.v1.protobuf": PROTOBUF}
ADMIN = User("admin", ALL)


def opened(*offers: str, query: str = "", origin: str = "", authorization: str = "") -> Admission:
    headers = [(b"origin", origin.encode())] if origin else []
    headers += [(b"authorization", authorization.encode())] if authorization else []
    scope: dict[str, Any] = {"headers": headers, "query_string": query.encode(), "subprotocols": list(offers)}
    return admit(scope, CALLERS, ENCODINGS, pattern([]))


def bearer(token: str) -> str:
    return f"bearer.{base64.urlsafe_b64encode(token.encode()).decode().rstrip('=')}"


def test_each_form_of_a_credential_opens() -> None:
    assert opened("stele.v1.json", authorization="Bearer admin") == Admission(JSON, "stele.v1.json", ADMIN)
    assert opened("stele.v1.protobuf", bearer("admin")).user == ADMIN
    assert opened(query=f"ticket={CALLERS.ticket(ADMIN)}").user == ADMIN
    assert opened(query="Authorization=Bearer%20admin").user == ADMIN
    assert opened(query="auth=frame").user is None


@pytest.mark.parametrize(
    ("offers", "query", "media", "answered"),
    [
        ((), "", JSON, None),
        ((), "format=protobuf", PROTOBUF, None),
        (("stele.v1.protobuf", "stele.v1.json"), "", JSON, "stele.v1.json"),
        (("stele.v1.protobuf",), "format=json", PROTOBUF, "stele.v1.protobuf"),
    ],
)
def test_the_format_is_the_subprotocol_then_the_query_then_json(
    offers: tuple[str, ...], query: str, media: str, answered: str | None
) -> None:
    found = opened(*offers, query=query, authorization="Bearer admin")
    assert (found.media, found.subprotocol) == (media, answered)


@pytest.mark.parametrize(
    ("offers", "options", "code"),
    [
        ((), {}, "unauthenticated"),
        ((), {"authorization": "Bearer garbage"}, "unauthenticated"),
        ((), {"authorization": "Basic admin"}, "unauthenticated"),
        ((), {"authorization": "Bearer garbage", "query": "auth=frame"}, "unauthenticated"),
        ((), {"query": "ticket=never"}, "unauthenticated"),
        ((bearer("admin"),), {"authorization": "Bearer admin"}, "unauthenticated"),
        (("bearer.é",), {}, "malformed"),
        (("stele.v0.none",), {"authorization": "Bearer admin"}, "malformed"),
        ((), {"authorization": "Bearer admin", "query": "format=xml"}, "malformed"),
        ((), {"authorization": "Bearer admin", "origin": "https://evil.example"}, "forbidden"),
    ],
)
def test_nothing_else_opens(offers: tuple[str, ...], options: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        opened(*offers, **options)
    assert refused.value.code == code

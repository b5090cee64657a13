"""No credential stays, wherever it stands and however it is written; and what is none does."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.telemetry.scrubbing import SCRUBBED, is_credential, scrub, scrubbed

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"  # pragma: allowlist secret
BEGIN, END = "Zq7Begin", "Zq7End"
"""No secret of the fuzz is without them, and nothing else has them."""
KEYS = ("authorization", "Authorization", "Proxy-Authorization", "cookie", "Set-Cookie", "access_token", "refresh_token", "id_token",
        "token", "ticket", "password", "new_password", "client_secret", "SIGNING_SECRET", "x-api-key", "apikey", "credentials")  # fmt: skip

token_text = st.text("abcXYZ019_-", max_size=40)
printable = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=30)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
unquoted = st.text("abcXYZ019_-+/=.~!$*%@#", max_size=30)
of_a_url = st.text("abcXYZ019_-.~!$*+=@:%;", max_size=30)


def secret(middle: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return middle.map(lambda text: f"{BEGIN}{text}{END}")


names = st.sampled_from(KEYS)
texts = st.one_of(
    st.builds("Bearer {}".format, secret(unquoted.filter(lambda one: not set("!$*@#") & set(one)))),
    st.builds("sent bearer.{} as a subprotocol".format, secret(token_text)),
    st.builds("see eyJhbGciOiJSUzI1{}.{}.{} there".format, token_text, secret(token_text), secret(token_text)),
    st.builds("{}://user:{}@host:1/x?y".format, st.sampled_from(["postgresql", "redis", "https", "amqp+ssl"]), secret(of_a_url)),
    st.builds("redis://:{}@host/0".format, secret(of_a_url)),
    st.builds("GET /web?a=b&{}={}&c=d HTTP/1.1".format, names, secret(unquoted)),
    st.builds(lambda name, one: f"/web?{name}={quote(one, safe='')}", names, secret(printable)),
    st.builds("{}: {}".format, names, secret(unquoted)),
    st.builds("Authorization: Bearer {}".format, secret(unquoted)),
    st.builds("Authorization: Basic {}".format, secret(unquoted)),
    st.builds("Cookie: theme=dark; session={}; last=1\r\nHost: x".format, secret(unquoted)),
    st.builds("Set-Cookie: session={}; Path=/; HttpOnly".format, secret(unquoted)),
    st.builds(lambda name, one: json.dumps({"a": 1, name: one, "z": [2]}), names, secret(anything)),
    st.builds(lambda name, one: json.dumps({"body": json.dumps({name: one, "z": 1})}), names, secret(printable)),
    st.builds(lambda name, one: repr({"a": 1, name: one, "z": [2]}), names, secret(anything)),
    st.builds(lambda name, one: repr([(name.encode(), one.encode())]), names, secret(printable)),
    st.builds(lambda name, one: f"ValueError: {name}={one!r} is wrong", names, secret(anything)),
)  # fmt: skip
held = st.one_of(
    texts,
    texts.map(ValueError),
    texts.map(lambda one: one.encode()),
    st.builds(lambda name, one: {name: one}, names, secret(anything)),
    st.builds(lambda name, one: {name: [one, {"deep": one}]}, names, secret(anything)),
    st.builds(lambda name, one: {name.encode(): one.encode()}, names, secret(anything)),
    st.builds(lambda name, one: [(name, one), ("accept", "x")], names, secret(anything)),
    st.builds(lambda name, one: [[name.encode(), one.encode()]], names, secret(anything)),
    st.builds(lambda one: {one: 1}, texts),
)


def wrapped(value: Any, shape: list[str]) -> Any:
    for one in shape:
        value = {"dict": {"x": value, "y": 1}, "list": [1, value], "tuple": (value, None, 2)}.get(one, {"n": [value]})
    return value


@settings(max_examples=1500, deadline=None)
@given(held, st.lists(st.sampled_from(["dict", "list", "tuple", "other"]), max_size=12))
def test_no_credential_stays_at_any_depth(value: Any, shape: list[str]) -> None:
    told = json.dumps(scrubbed("said", wrapped(value, shape)), ensure_ascii=False)
    assert not [one for one in (BEGIN, END) if one in told], told
    assert SCRUBBED in told


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(printable, texts), max_size=6))
def test_what_was_scrubbed_stays_as_it_is(parts: list[str]) -> None:
    """Lines go through it twice, so that twice must be once."""
    once = scrub(" ".join(parts))
    assert BEGIN not in scrub(once)
    assert not [one for one in (BEGIN, END) if one in once]


@settings(max_examples=500, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["operation", "path", "count", "detail"]), st.text("abc /?&=.:,'{}[]0123", max_size=60)
    )
)
def test_what_has_neither_form_nor_name_stays(value: dict[str, str]) -> None:
    assert scrubbed("event", value) == value


@pytest.mark.parametrize(
    "text", ["GET /api/artists?name=Bearer", "the ticket was sold", "https://host:8080/x@y", "a token of thanks", "1:2 @ 3", "eyJ"]
)  # fmt: skip
def test_other_text_stays(text: str) -> None:
    assert scrub(text) == text


def test_what_stands_around_a_credential_can_still_be_read() -> None:
    assert scrub(f"Authorization: Bearer {TOKEN} was old") == f"Authorization: {SCRUBBED} was old"
    assert scrub("postgresql://desk:hunter2@db/desk") == f"postgresql://desk:{SCRUBBED}@db/desk"
    assert scrub("{'password': 'a b', 'x': 1}") == f"{{'password': '{SCRUBBED}', 'x': 1}}"
    assert scrub("Cookie: a=b; c=d\r\nHost: x") == f"Cookie: {SCRUBBED}\r\nHost: x"


@pytest.mark.parametrize(
    ("name", "expected"),
    [(one, True) for one in KEYS] + [(one, False) for one in ("operation", "tokens_used", "user", "")],
)
def test_names_of_credentials_are_known_by_their_ends(name: str, expected: bool) -> None:
    assert is_credential(name) is expected


@pytest.mark.parametrize(
    "text", ["token" * 20_000, "password='" * 10_000, "http://" * 15_000, "a" * 100_000 + "://", "eyJ" + "a." * 50_000, "cookie:" * 15_000,
             "authorization: bearer " * 5_000, "token ' " * 12_000, "bearer " * 15_000, "\\" * 50_000 + "'password'"]
)  # fmt: skip
@pytest.mark.timeout(10)
def test_no_text_takes_long(text: str) -> None:
    scrub(text)

"""Exactly one credential counts, wherever it stands; A01 and A13 as tables."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.credentials import Credential, CredentialKind, extract_handshake, extract_token, parse_bearer
from generated.errors import Malformed

TOKEN = "eyJh.eyJi.c2ln"
BEARER = (b"authorization", b"Bearer " + TOKEN.encode())
Headers = list[tuple[bytes, bytes]]


def subprotocols(*offers: str) -> tuple[bytes, bytes]:
    return b"sec-websocket-protocol", ", ".join(offers).encode()


def encoded(token: str = TOKEN) -> str:
    return "bearer." + urlsafe_b64encode(token.encode()).decode().rstrip("=")


A01: dict[str, tuple[Headers, Reason]] = {
    "no credential": ([(b"host", b"x")], Reason.MISSING),
    "empty bearer": ([(b"authorization", b"Bearer ")], Reason.EMPTY),
    "only the scheme": ([(b"authorization", b"Bearer")], Reason.EMPTY),
    "empty header": ([(b"authorization", b"")], Reason.EMPTY),
    "Basic with a valid token": ([(b"authorization", b"Basic " + TOKEN.encode())], Reason.SCHEME),
    "the token alone": ([(b"authorization", TOKEN.encode())], Reason.SCHEME),
    "two headers": ([BEARER, BEARER], Reason.AMBIGUOUS),
    "two headers, one Basic": ([BEARER, (b"Authorization", b"Basic x")], Reason.AMBIGUOUS),
    "two in one header": ([(b"authorization", b"Bearer a.b.c, Bearer a.b.c")], Reason.MALFORMED),
    "garbage": ([(b"authorization", b"Bearer \xff\x00 x")], Reason.MALFORMED),
    "a line break": ([(b"authorization", b"Bearer a.b.c\n")], Reason.MALFORMED),
}


@pytest.mark.parametrize(("headers", "reason"), A01.values(), ids=A01)
def test_a01_requests_without_exactly_one_bearer_token_are_refused(headers: Headers, reason: Reason) -> None:
    with pytest.raises(CredentialRefused) as caught:
        extract_token(headers)
    assert caught.value.reason is reason
    if reason is not Reason.MISSING:
        with pytest.raises(CredentialRefused):
            extract_handshake(headers, b"", accepts_query_token=True)


@pytest.mark.parametrize("text", [b"Bearer ", b"bearer ", b"BEARER  "])
def test_the_scheme_is_read_in_any_case(text: bytes) -> None:
    assert extract_token([(b"authorization", text + TOKEN.encode())]) == TOKEN


def test_a_first_frames_token_is_read_as_a_header_is() -> None:
    assert parse_bearer(f"Bearer {TOKEN}") == TOKEN


ONE: dict[str, tuple[Headers, bytes, CredentialKind, str]] = {
    "header": ([BEARER], b"format=json", CredentialKind.HEADER, TOKEN),
    "subprotocol": ([subprotocols("stele.v1.json", encoded())], b"", CredentialKind.SUBPROTOCOL, TOKEN),
    "subprotocol in a second header": (
        [subprotocols("stele.v1.json"), subprotocols(encoded())],
        b"",
        CredentialKind.SUBPROTOCOL,
        TOKEN,
    ),
    "padded": ([subprotocols(encoded("abcd") + "==")], b"", CredentialKind.SUBPROTOCOL, "abcd"),
    "ticket": ([], b"ticket=abc&format=json", CredentialKind.TICKET, "abc"),
    "query": ([], b"Authorization=Bearer%20" + TOKEN.encode(), CredentialKind.QUERY, TOKEN),
    "query with plus": ([], b"authorization=Bearer+" + TOKEN.encode(), CredentialKind.QUERY, TOKEN),
}


@pytest.mark.parametrize(("headers", "query", "kind", "value"), ONE.values(), ids=ONE)
def test_a_handshake_may_carry_its_credential_in_four_places(
    headers: Headers, query: bytes, kind: CredentialKind, value: str
) -> None:
    assert extract_handshake(headers, query, accepts_query_token=True) == Credential(kind, value)


def test_a_handshake_without_a_credential_is_left_to_the_first_frame() -> None:
    assert extract_handshake([subprotocols("stele.v1.json")], b"format=json", accepts_query_token=False) is None


TWO: dict[str, tuple[Headers, bytes]] = {
    "header and subprotocol": ([BEARER, subprotocols(encoded())], b""),
    "header and ticket": ([BEARER], b"ticket=abc"),
    "header and query": ([BEARER], b"Authorization=Bearer%20a.b.c"),
    "two subprotocols": ([subprotocols(encoded(), encoded())], b""),
    "two tickets": ([], b"ticket=a&ticket=b"),
    "ticket and query": ([], b"ticket=a&Authorization=Bearer%20a.b.c"),
}


@pytest.mark.parametrize(("headers", "query"), TWO.values(), ids=TWO)
def test_two_credentials_are_one_too_many(headers: Headers, query: bytes) -> None:
    with pytest.raises(CredentialRefused) as caught:
        extract_handshake(headers, query, accepts_query_token=True)
    assert caught.value.reason is Reason.AMBIGUOUS


@pytest.mark.parametrize("query", [b"access_token=a.b.c", b"Authorization=Bearer%20a.b.c", b"AUTHORIZATION=x"])
def test_a13_a_token_in_the_query_is_refused_in_production(query: bytes) -> None:
    with pytest.raises(CredentialRefused) as caught:
        extract_handshake([], query, accepts_query_token=False)
    assert caught.value.reason is Reason.QUERY_TOKEN


def test_access_token_in_the_query_is_refused_even_where_authorization_is_accepted() -> None:
    with pytest.raises(CredentialRefused):
        extract_handshake([], b"access_token=a.b.c", accepts_query_token=True)


@pytest.mark.parametrize("offer", ["bearer.", "bearer.!!!", "bearer.a", "bearer./w==", "bearer." + "A" * 11_001])
def test_w14_a_bearer_subprotocol_that_is_not_base64url_is_malformed(offer: str) -> None:
    with pytest.raises(Malformed):
        extract_handshake([subprotocols("stele.v1.json", offer)], b"", accepts_query_token=False)


def test_a_bearer_subprotocol_of_something_that_is_no_token_is_refused() -> None:
    with pytest.raises(CredentialRefused):
        extract_handshake([subprotocols(encoded("a b"))], b"", accepts_query_token=False)


def test_a_query_of_more_fields_than_anyone_needs_is_malformed() -> None:
    with pytest.raises(Malformed):
        extract_handshake([], b"a=1&" * 1000, accepts_query_token=False)


def test_the_representation_of_a_credential_does_not_show_it() -> None:
    assert TOKEN not in repr(Credential(CredentialKind.HEADER, TOKEN))

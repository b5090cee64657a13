"""Who may open a socket, in which format, and what the others are told (ACCEPTANCE A01, A13, W14)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from app.ws.dialect import Format
from app.ws.handshake import Admission, Handshake, choose_format, choose_subprotocol
from generated.errors import ApiError, Forbidden, Malformed, RateLimited, Unauthenticated
from tests.app.ws.fakes import FakeLimiter, FakeSettings, FakeTickets, FakeVerifier, principal

ANN = principal("ann")


def bearer(token: str = "ann") -> str:
    return "bearer." + urlsafe_b64encode(token.encode()).decode().rstrip("=")


def scope(*headers: tuple[str, str], query: str = "", offers: tuple[str, ...] = ()) -> dict[str, Any]:
    sent = [(name.encode(), value.encode()) for name, value in headers]
    if offers:
        sent.append((b"sec-websocket-protocol", ", ".join(offers).encode()))
    return {
        "type": "websocket",
        "client": ("192.0.2.1", 5000),
        "headers": sent,
        "query_string": query.encode(),
        "subprotocols": list(offers),
    }


class Entrance:
    """A handshake with what it asks."""

    def __init__(self, settings: FakeSettings | None = None, **limits: int) -> None:
        self.limiter = FakeLimiter(**limits)
        self.verifier = FakeVerifier({"ann": ANN})
        self.tickets = FakeTickets({"t1": (ANN, None), "t2": (ANN, "https://app.test")})
        self.handshake = Handshake(
            verifier=self.verifier, tickets=self.tickets, limiter=self.limiter, settings=settings or FakeSettings()
        )

    async def admit(self, *headers: tuple[str, str], **rest: Any) -> Admission:
        return await self.handshake.admit(scope(*headers, **rest))

    async def refuse(self, *headers: tuple[str, str], **rest: Any) -> ApiError:
        with pytest.raises(ApiError) as caught:
            await self.admit(*headers, **rest)
        return caught.value


AUTHORIZATION = ("authorization", "Bearer ann")


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ([AUTHORIZATION], {}),
        ([], {"offers": ("stele.v1.json", bearer())}),
        ([], {"offers": (bearer(),)}),
        ([], {"query": "ticket=t1"}),
        ([("origin", "https://app.test")], {"query": "ticket=t2"}),
    ],
)
async def test_each_kind_of_credential_admits(headers: list[tuple[str, str]], rest: dict[str, Any]) -> None:
    admission = await Entrance().admit(*headers, **rest)
    assert (admission.principal, admission.ip) == (ANN, "192.0.2.1")


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ([], {}),
        ([("authorization", "Bearer ")], {}),
        ([("authorization", "Bearer")], {}),
        ([("authorization", "Bearer garbage")], {}),
        ([("authorization", "Basic ann")], {}),
        ([AUTHORIZATION, AUTHORIZATION], {}),
        ([AUTHORIZATION], {"query": "ticket=t1"}),
        ([AUTHORIZATION], {"offers": ("stele.v1.json", bearer())}),
        ([], {"offers": (bearer("garbage"),)}),
        ([], {"query": "ticket=unknown"}),
        ([], {"query": "ticket=t2"}),
        ([], {"query": "ticket=t1&ticket=t2"}),
        ([], {"query": "auth=other"}),
        ([], {"query": "Authorization=Bearer%20ann"}),
        ([], {"query": "access_token=ann"}),
        ([AUTHORIZATION], {"query": "access_token=ann"}),
    ],
)
async def test_every_other_is_unauthenticated_and_counts_against_the_address(
    headers: list[tuple[str, str]], rest: dict[str, Any]
) -> None:
    entrance = Entrance()
    assert isinstance(await entrance.refuse(*headers, **rest), Unauthenticated)
    assert entrance.limiter.taken == {"handshakes": 1, "unauthenticated": 1}


async def test_nothing_is_verified_where_there_is_nothing_to_verify() -> None:
    entrance = Entrance()
    for headers in ([], [("authorization", "Basic ann")], [AUTHORIZATION, AUTHORIZATION]):
        await entrance.refuse(*headers)
    assert entrance.verifier.asked == 0


async def test_a_ticket_admits_once() -> None:
    entrance = Entrance()
    await entrance.admit(query="ticket=t1")
    assert isinstance(await entrance.refuse(query="ticket=t1"), Unauthenticated)


async def test_a_token_in_the_query_admits_where_that_is_switched_on() -> None:
    entrance = Entrance(FakeSettings(accepts_query_token=True))
    assert (await entrance.admit(query="Authorization=Bearer%20ann")).principal == ANN


async def test_no_credential_is_admitted_only_where_the_first_frame_is_to_authenticate() -> None:
    assert (await Entrance().admit(query="auth=frame")).principal is None
    assert isinstance(await Entrance().refuse(AUTHORIZATION, query="auth=frame&access_token=x"), Unauthenticated)
    assert (await Entrance().admit(AUTHORIZATION, query="auth=frame")).principal == ANN


@pytest.mark.parametrize("origin", ["https://evil.test", "https://app.test.evil.test", "http://app.test", "null", ""])
async def test_a_foreign_origin_is_forbidden_before_the_credential_counts(origin: str) -> None:
    entrance = Entrance()
    assert isinstance(await entrance.refuse(("origin", origin)), Forbidden)
    assert entrance.limiter.taken == {"handshakes": 1}
    assert (await entrance.admit(AUTHORIZATION, ("origin", "https://app.test"))).principal == ANN


async def test_any_origin_passes_where_all_are_allowed() -> None:
    entrance = Entrance(FakeSettings(origins=("*",)))
    assert (await entrance.admit(AUTHORIZATION, ("origin", "https://any.test"))).principal == ANN


async def test_an_address_over_its_budget_of_handshakes_is_told_when_to_come_again() -> None:
    entrance = Entrance(handshakes=2)
    for _ in range(2):
        await entrance.admit(AUTHORIZATION)
    error = await entrance.refuse(AUTHORIZATION)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 7


async def test_failures_over_the_budget_are_rate_limited() -> None:
    entrance = Entrance(unauthenticated=1)
    assert isinstance(await entrance.refuse(), Unauthenticated)
    assert isinstance(await entrance.refuse(), RateLimited)


@pytest.mark.parametrize(
    ("offers", "chosen"),
    [
        ([], None),
        (["stele.v1.json"], "stele.v1.json"),
        (["stele.v1.protobuf"], "stele.v1.protobuf"),
        (["stele.v1.protobuf", "stele.v1.json"], "stele.v1.json"),
        (["other", "stele.v1.protobuf"], "stele.v1.protobuf"),
        (["bearer.x"], None),
        (["bearer.x", "stele.v1.protobuf"], "stele.v1.protobuf"),
        (["stele.v1.json"] * 16, "stele.v1.json"),
        (["stele.v1.json", "stele.v1.json.batch"], "stele.v1.json.batch"),
        (["stele.v1.protobuf.batch", "stele.v1.protobuf"], "stele.v1.protobuf.batch"),
        (["stele.v1.protobuf.batch", "stele.v1.json"], "stele.v1.json"),
    ],
)
def test_the_server_s_first_choice_among_the_offers_is_chosen(offers: list[str], chosen: str | None) -> None:
    assert choose_subprotocol(offers) == chosen


@pytest.mark.parametrize("offers", [["other"], ["bearer.x", "other"], ["STELE.V1.JSON"], ["stele.v1.json"] * 17])
def test_offers_that_cannot_be_met_are_malformed(offers: list[str]) -> None:
    with pytest.raises(Malformed):
        choose_subprotocol(offers)


async def test_a_bearer_subprotocol_that_is_no_base64_is_malformed() -> None:
    assert isinstance(await Entrance().refuse(offers=("stele.v1.json", "bearer.!!")), Malformed)


@pytest.mark.parametrize(
    ("subprotocol", "asked", "chosen"),
    [
        (None, [], Format.JSON),
        (None, ["protobuf"], Format.PROTOBUF),
        (None, ["json"], Format.JSON),
        ("stele.v1.json", ["protobuf"], Format.JSON),
        ("stele.v1.protobuf.batch", ["json"], Format.PROTOBUF),
    ],
)
def test_the_subprotocol_decides_then_the_query_then_json(
    subprotocol: str | None, asked: list[str], chosen: Format
) -> None:
    assert choose_format(subprotocol, asked) is chosen


def test_an_unknown_format_is_malformed() -> None:
    with pytest.raises(Malformed):
        choose_format(None, ["xml"])

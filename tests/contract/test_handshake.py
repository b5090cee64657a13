"""A01, W14: which handshakes are admitted, and with what; A13: what a ticket is good for."""

from __future__ import annotations

import asyncio
import json
import uuid
from base64 import urlsafe_b64encode
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.doors import rest
from tests.running_service import RunningService

FORMATS = ("stele.v1.json", "stele.v1.protobuf")


def web(service: RunningService, query: str = "") -> str:
    return service.url.replace("http", "ws", 1) + "/web" + query


async def opened(
    service: RunningService, query: str = "", offers: list[str] | None = None, **headers: str
) -> ClientConnection:
    protocols = [Subprotocol(offer) for offer in offers] if offers else None
    return await connect(
        web(service, query), subprotocols=protocols, additional_headers=headers, proxy=None, compression=None
    )


async def status_of(service: RunningService, query: str = "", offers: list[str] | None = None, **headers: str) -> int:
    with pytest.raises(InvalidStatus) as refused:
        await opened(service, query, offers, **headers)
    body = refused.value.response.body
    assert body is not None
    assert json.loads(body)["status"] == refused.value.response.status_code
    return refused.value.response.status_code


def bearer(token: str) -> str:
    return "bearer." + urlsafe_b64encode(token.encode()).rstrip(b"=").decode()


async def answers(socket: ClientConnection) -> bool:
    await socket.send(json.dumps({"pkg_id": 1, "req_id": str(uuid.uuid4()), "data": {}}))
    frame = json.loads(await socket.recv())
    return bool(frame["status_code"] == 0)


@pytest.mark.survives("A01")
@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer garbage", "Basic {token}", "Bearer {token}x"])
async def test_a_credential_that_is_none_is_401_on_both_doors(
    service: RunningService, authorization: str | None
) -> None:
    """No credential, an empty bearer, garbage or another scheme is 401 at both doors, and a socket is refused before its upgrade."""
    token = await service.token("reader")
    headers: dict[str, Any] = {} if authorization is None else {"authorization": authorization.format(token=token)}
    assert await status_of(service, **headers) == 401
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        answer = await client.get("/api/artists", headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["type"].endswith("unauthenticated")


async def test_two_authorization_headers_are_401(service: RunningService) -> None:
    token = await service.token("reader")
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        pairs = [("authorization", f"Bearer {token}")] * 2
        assert (await client.get("/api/artists", headers=pairs)).status_code == 401


async def test_each_way_to_bring_a_token_is_admitted_and_the_bearer_entry_is_never_echoed(
    service: RunningService,
) -> None:
    token = await service.token("reader")
    ways: list[dict[str, Any]] = [
        {"authorization": f"Bearer {token}"},
        {"offers": ["stele.v1.json", bearer(token)]},
        {"query": f"?Authorization=Bearer%20{token}"},
    ]
    for way in ways:
        socket = await opened(service, **way)
        assert socket.subprotocol in (None, "stele.v1.json")
        assert await answers(socket)
        await socket.close()


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        (None, None),
        (["stele.v1.protobuf", "stele.v1.json"], "stele.v1.json"),
        (["other", "stele.v1.protobuf"], "stele.v1.protobuf"),
    ],
)
async def test_the_first_supported_subprotocol_of_the_server_s_preference_is_chosen(
    service: RunningService, offers: list[str] | None, expected: str | None
) -> None:
    socket = await opened(service, offers=offers, authorization=f"Bearer {await service.token('reader')}")
    assert socket.subprotocol == expected
    await socket.close()


@pytest.mark.parametrize("offers", [["unknown"], ["stele.v1.json", "bearer.%%%"], [f"p{index}" for index in range(20)]])
async def test_offers_that_cannot_be_met_are_400(service: RunningService, offers: list[str]) -> None:
    headers: dict[str, Any] = (
        {}
        if any(offer.startswith("bearer.") for offer in offers)
        else {"authorization": f"Bearer {await service.token('reader')}"}
    )
    assert await status_of(service, offers=offers, **headers) == 400


async def test_a_foreign_origin_is_403(service: RunningService) -> None:
    token = await service.token("reader")
    assert await status_of(service, authorization=f"Bearer {token}", origin="https://evil.example") == 403


async def test_a_ticket_opens_one_socket(service: RunningService) -> None:
    async with rest(service.url, await service.token("reader")) as door:
        ticket = (await door.call("create_ws_ticket")).value["ticket"]
    attempts = await asyncio.gather(*(opened(service, f"?ticket={ticket}") for _ in range(2)), return_exceptions=True)
    sockets = [attempt for attempt in attempts if isinstance(attempt, ClientConnection)]
    assert len(sockets) == 1
    assert await answers(sockets[0])
    await sockets[0].close()
    assert ticket not in service.log()


async def test_a_first_frame_may_authenticate_where_it_is_asked_for(service: RunningService) -> None:
    socket = await opened(service, "?auth=frame")
    await socket.send(json.dumps({"type": "auth", "token": f"Bearer {await service.token('reader')}"}))
    reply = json.loads(await socket.recv())
    assert reply["type"] == "auth_ok"
    assert 0 < reply["expires_in"] <= 300
    assert await answers(socket)
    await socket.close()


async def test_two_sockets_of_one_user_are_two_connections(service: RunningService) -> None:
    headers: dict[str, Any] = {"authorization": f"Bearer {await service.token('reader')}"}
    one, other = await opened(service, **headers), await opened(service, **headers)
    await one.close()
    assert await answers(other)
    await other.close()


BAD_FRAMES = ["{", "[1]", "5", "null", "", '{"pkg_id":1}', '{"pkg_id":1,"req_id":"x","data":{}}', '{"pkg_id":999,"req_id":"%s","data":{}}',
              '{"pkg_id":1,"req_id":"%s","data":{},"more":1}', '{"pkg_id":"1","req_id":"%s","data":{}}']  # fmt: skip


@pytest.mark.survives("W03")
async def test_bad_frames_are_answered_until_there_are_too_many(service: RunningService) -> None:
    """W03: ten are answered and the socket stays usable; the eleventh within a minute closes it."""
    socket = await opened(service, authorization=f"Bearer {await service.token('reader')}")
    for frame in BAD_FRAMES:
        await socket.send(frame.replace("%s", str(uuid.uuid4())))
        reply = json.loads(await socket.recv())
        assert reply["status_code"] in (2, 5)
        assert reply["data"]["code"]
    assert await answers(socket)
    await socket.send("{")
    await socket.wait_closed()
    assert socket.close_code == 4505


@pytest.mark.parametrize(("protocol", "frame"), [("stele.v1.json", b"\x08\x01"), ("stele.v1.protobuf", "{}")])
async def test_the_wrong_kind_of_frame_is_answered_and_closed_1003(
    service: RunningService, protocol: str, frame: str | bytes
) -> None:
    socket = await opened(service, offers=[protocol], authorization=f"Bearer {await service.token('reader')}")
    await socket.send(frame)
    assert await socket.recv()
    with pytest.raises(ConnectionClosed) as closed:
        await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003


async def test_a_hundred_pipelined_requests_are_each_answered_once(service: RunningService) -> None:
    """W13, as a client sees it; a req_id that is still in flight is refused as a conflict."""
    socket = await opened(service, authorization=f"Bearer {await service.token('reader')}")
    wanted = [str(uuid.uuid4()) for _ in range(100)]
    for req_id in wanted:
        await socket.send(json.dumps({"pkg_id": 1, "req_id": req_id, "data": {}}))
    replies = [json.loads(await socket.recv()) for _ in wanted]
    assert sorted(reply["req_id"] for reply in replies) == sorted(wanted)
    assert {reply["status_code"] for reply in replies} == {0}
    await socket.close()


async def test_an_event_reaches_those_who_subscribed(service: RunningService) -> None:
    socket = await opened(service, authorization=f"Bearer {await service.token('reader')}")
    await socket.send(json.dumps({"type": "subscribe", "topics": ["artists"]}))
    assert json.loads(await socket.recv())["type"] == "subscribed"
    async with rest(service.url, await service.token("editor")) as door:
        artist = (await door.call("create_artist", name=f"event {uuid.uuid4()}")).value
    async with asyncio.timeout(10):
        while True:
            push = json.loads(await socket.recv())
            if push["data"]["artist"]["id"] == artist["id"]:
                break
    assert (push["pkg_id"], push["topic"], push["data"]["artist"]) == (1001, "artists", artist)
    assert push["req_id"] == "00000000-0000-0000-0000-000000000000"
    await socket.close()

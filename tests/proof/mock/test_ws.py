"""The socket on the wire: replies by their id, topics, control frames, and how a socket ends."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from proof.documents import Json
from tests.codegen.contracts import SHIPPED, shipped
from tests.proof.mock.mocks import serving, token

NUMBERS = {one.name: one.pkg_id for one in shipped().operations}
WAIT_S = 10.0
CLOSES = dict(shipped().close_codes)


def opening(url: str, user: str = "admin", query: str = "") -> Any:
    headers = {"Authorization": f"Bearer {user}"} if user else {}
    address = f"ws{url.removeprefix('http')}/web{query}"
    return connect(address, additional_headers=headers, subprotocols=[Subprotocol("stele.v1.json")], proxy=None)


async def said(socket: ClientConnection, frame: Json) -> Json:
    await socket.send(json.dumps(frame))
    return await heard(socket)


async def heard(socket: ClientConnection) -> Json:
    async with asyncio.timeout(WAIT_S):
        return dict(json.loads(await socket.recv()))


async def ended(socket: ClientConnection) -> int | None:
    """The code by which it ends."""
    async with asyncio.timeout(WAIT_S):
        with suppress(ConnectionClosed):
            async for _ in socket:
                pass
        await socket.wait_closed()
    return socket.close_code


def asking(operation: str, **data: Any) -> Json:
    return {"pkg_id": NUMBERS[operation], "req_id": str(uuid.uuid4()), "data": data}


async def test_a_reply_has_the_id_of_its_request(mock_url: str) -> None:
    async with opening(mock_url) as socket:
        asked = asking("create_artist", name="Mary")
        reply = await said(socket, asked)
        assert (reply["req_id"], reply["pkg_id"], reply["status_code"]) == (asked["req_id"], asked["pkg_id"], 0)
        again = await said(socket, asked)
        assert again == reply
        refused = await said(socket, {**asked, "data": {"name": "Anna"}})
        assert refused["data"]["code"] == "idempotency_key_reused"


async def test_both_doors_see_the_same_things(mock_url: str) -> None:
    async with opening(mock_url) as one, opening(mock_url) as other:
        made = (await said(one, asking("create_artist", name="Mary")))["data"]
        assert (await said(other, asking("get_artist", artist_id=made["id"])))["data"] == made
        assert (await said(one, asking("delete_artist", artist_id=made["id"])))["data"] is None
        gone = await said(other, asking("get_artist", artist_id=made["id"]))
        assert (gone["status_code"], gone["data"]["code"]) == (5, "artist_not_found")


async def test_a_role_that_is_missing_is_told(mock_url: str) -> None:
    async with opening(mock_url, "nobody") as socket:
        assert (await said(socket, asking("get_artists")))["data"]["code"] == "forbidden"
        assert (await said(socket, {"type": "subscribe", "topics": ["artists"]}))["data"]["code"] == "forbidden"


async def test_who_follows_a_topic_is_told_to_who_asks(mock_url: str) -> None:
    name = "artist-names/someone"
    frame = {"type": "subscribe", "topics": [name]}
    async with opening(mock_url) as socket:
        assert (await said(socket, {**frame, "presence": [name]}))["type"] == "subscribed"
        about = {"topic": name, "users": ["eve"], "count": 1}
        assert await heard(socket) == {"type": "topic.present", **about, "users": ["admin"]}
        async with opening(mock_url, token(mock_url, "eve")) as other:
            assert (await said(other, frame))["type"] == "subscribed"
            assert await heard(socket) == {"type": "topic.joined", **about, "count": 2}
        assert await heard(socket) == {"type": "topic.left", **about}
        refused = await said(socket, {"type": "subscribe", "topics": ["artists"], "presence": ["artists"]})
        assert [one["pointer"] for one in refused["data"]["errors"]] == ["/presence/0"]


async def test_who_follows_a_topic_hears_its_events_until_it_is_left(mock_url: str) -> None:
    async with opening(mock_url) as socket, opening(mock_url) as writer:
        topics = {"topics": ["artists"]}
        begun = await said(socket, {"type": "subscribe", **topics})
        assert begun == {
            "type": "subscribed",
            **topics,
            "positions": [{**begun["positions"][0], "recovered": False}],
        }
        made = (await said(writer, asking("create_artist", name="Mary")))["data"]
        event = await heard(socket)
        assert (event["topic"], event["data"]) == ("artists", {"artist": made})
        assert await said(socket, {"type": "unsubscribe", **topics}) == {"type": "unsubscribed", **topics}
        await said(writer, asking("create_artist", name="Anna"))
        assert (await said(socket, asking("get_artists")))["pkg_id"] == NUMBERS["get_artists"]
        unknown = await said(socket, {"type": "subscribe", "topics": ["artists", "no_such"]})
        assert [one["pointer"] for one in unknown["data"]["errors"]] == ["/topics/1"]


async def test_who_was_away_hears_what_it_missed_and_then_what_is_live(mock_url: str) -> None:
    async with opening(mock_url) as writer:
        async with opening(mock_url) as socket:
            begun = await said(socket, {"type": "subscribe", "topics": ["artists"]})
        place = {name: begun["positions"][0][name] for name in ("topic", "epoch", "offset")}
        for name in ("Mary", "Anna"):
            await said(writer, asking("create_artist", name=name))
        async with opening(mock_url) as socket:
            again = await said(socket, {"type": "subscribe", "topics": ["artists"], "positions": [place]})
            assert again["positions"] == [{**place, "recovered": True}]
            await said(writer, asking("create_artist", name="Ida"))
            events = [await heard(socket) for _ in range(3)]
        assert [(one["offset"], one["data"]["artist"]["name"]) for one in events] == [
            (place["offset"] + 1, "Mary"),
            (place["offset"] + 2, "Anna"),
            (place["offset"] + 3, "Ida"),
        ]
        async with opening(mock_url) as socket:
            lost = {**place, "epoch": "another"}
            told = await said(socket, {"type": "subscribe", "topics": ["artists"], "positions": [lost]})
            assert told["positions"] == [{**place, "offset": place["offset"] + 3, "recovered": False}]


async def test_a_token_is_renewed_by_its_own_caller_alone(mock_url: str) -> None:
    async with opening(mock_url) as socket:
        assert (await said(socket, {"type": "auth", "token": "Bearer admin"}))["type"] == "auth_ok"
        for token in ("Bearer nobody", "Bearer garbage", "admin"):
            assert (await said(socket, {"type": "auth", "token": token}))["data"]["code"] == "unauthenticated"
        assert (await said(socket, asking("get_artists")))["status_code"] == 0


async def test_the_first_frame_may_authenticate_and_must(mock_url: str) -> None:
    async with opening(mock_url, "", "?auth=frame") as socket:
        assert (await said(socket, {"type": "auth", "token": "Bearer admin"}))["type"] == "auth_ok"
        assert (await said(socket, asking("get_artists")))["status_code"] == 0
    for frame in (asking("get_artists"), {"type": "auth", "token": "Bearer garbage"}, {}):
        async with opening(mock_url, "", "?auth=frame") as socket:
            assert (await said(socket, frame))["data"]["code"] == "unauthenticated"
            assert await ended(socket) == CLOSES["invalid_token"]
    async with opening(mock_url, "", "?auth=frame") as socket:
        assert await ended(socket) == CLOSES["auth_timeout"]


@pytest.mark.parametrize(("user", "query", "status"), [("", "", 401), ("garbage", "", 401), ("", "?ticket=never", 401)])
async def test_a_bad_credential_opens_nothing(mock_url: str, user: str, query: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opening(mock_url, user, query):
            pass
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["code"] == "unauthenticated"


async def test_bad_frames_are_answered_and_the_eleventh_ends_the_socket(mock_url: str) -> None:
    async with opening(mock_url) as socket:
        for _ in range(10):
            assert (await said(socket, {}))["data"]["code"] == "invalid_data"
        assert (await said(socket, asking("get_artists")))["status_code"] == 0
        await socket.send("{}")
        assert await ended(socket) == CLOSES["protocol_abuse"]


async def test_a_frame_of_the_other_kind_ends_the_socket(mock_url: str) -> None:
    async with opening(mock_url) as socket:
        await socket.send(b"x")
        assert await ended(socket) == 1003


async def test_a_late_reply_may_be_cancelled_and_others_pass_it() -> None:
    with serving(SHIPPED, "--latency", "300ms") as url:
        async with opening(url) as socket:
            first, second = asking("get_artists"), asking("get_artists")
            await socket.send(json.dumps(first))
            assert (await said(socket, first))["data"]["code"] == "request_in_progress"
            await socket.send(json.dumps({"type": "cancel", "req_id": first["req_id"]}))
            assert (await said(socket, second))["req_id"] == second["req_id"]


async def test_replies_are_dropped_and_sockets_ended_where_that_is_asked_for() -> None:
    with serving(SHIPPED, "--drop-reply", "1") as url:
        async with opening(url) as socket:
            await socket.send(json.dumps(asking("create_artist", name="x")))
            assert (await said(socket, {"type": "auth", "token": "Bearer admin"}))["type"] == "auth_ok"
    with serving(SHIPPED, "--close", "1") as url:
        async with opening(url) as socket:
            await socket.send(json.dumps(asking("get_artists")))
            assert await ended(socket) == 1001

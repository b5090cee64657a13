"""The life of a socket without a server: what runs, what is cancelled, what ends (over queues instead of a network)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.admission.gate import Gate
from app.auth.principal import Principal
from app.broadcast.hub import Hub
from app.broadcast.topics import Topics
from app.telemetry.traceparent import Traceparent
from app.ws.budget import BURST, RATE_PER_S
from app.ws.connection import Connection
from app.ws.dialect import Format, make_dialects
from app.ws.guard import TopicGuard
from app.ws.handshake import Admission
from app.ws.services import Services
from app.ws.session import MAX_IN_FLIGHT
from app.ws.subscriptions import Feed, topic_roles
from generated.operations import EVENTS, TOPICS
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS
from generated.wire import EVENT_CODECS
from generated.ws_packages import GUARDS, PACKAGES
from tests.app.ws.fakes import (
    OTHER_REQ_ID,
    REQ_ID,
    FakeHandlers,
    FakeLimiter,
    FakeMetrics,
    FakePassages,
    FakePresence,
    FakeReading,
    FakeRefusals,
    FakeRunner,
    FakeUserSockets,
    FakeVerifier,
    NoHistory,
    principal,
)


@dataclass
class Line:
    """One connection between two queues; `serving` ends with its close code."""

    connection: Connection
    handlers: FakeHandlers
    runner: FakeRunner
    verifier: FakeVerifier
    hub: Hub
    serving: asyncio.Task[int]
    inbound: asyncio.Queue[Any]
    sent: list[Any]
    denials: FakeRefusals
    passages: FakePassages
    writable: asyncio.Event
    who: Principal | None
    settled: list[bool] = field(default_factory=list)

    def send(self, **frame: Any) -> None:
        self.inbound.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    def get(self, artist_id: int, req_id: str = REQ_ID) -> None:
        self.send(pkg_id=4, req_id=req_id, data={"artist_id": artist_id})

    def create(self, req_id: str = REQ_ID) -> None:
        self.send(pkg_id=3, req_id=req_id, data={"name": "x"})

    async def hear(self, count: int = 1) -> list[Any]:
        async with asyncio.timeout(5):
            while len(self.sent) < count:
                await asyncio.sleep(0.002)
        frames, self.sent[:] = self.sent[:], []
        return [json.loads(one["text"]) if "text" in one else one for one in frames]

    async def leave(self, code: int = 1001) -> int:
        self.inbound.put_nowait({"type": "websocket.disconnect", "code": code})
        return await self.serving


Dial = Callable[..., Awaitable[Line]]


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    """At the end nothing is counted at the gate, whatever was answered, cancelled or torn apart."""
    lines: list[Line] = []
    gate, user_sockets = Gate(), FakeUserSockets(most=2)

    async def make(who: Principal | None = None, tokens: dict[str, Principal] | None = None, **limits: int) -> Line:
        handlers, runner, hub = FakeHandlers(), FakeRunner(), Hub()
        inbound: asyncio.Queue[Any] = asyncio.Queue()
        sent: list[Any] = []
        settled: list[bool] = []

        writable = asyncio.Event()
        writable.set()

        async def write(message: Any) -> None:
            await writable.wait()
            sent.append(message)
            if message["type"] == "websocket.close":
                inbound.put_nowait({"type": "websocket.disconnect", "code": message["code"]})

        verifier, denials, passages = FakeVerifier(tokens or {}), FakeRefusals(), FakePassages()
        guard = TopicGuard(runner, handlers, GUARDS)
        topics = Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS)
        feed = Feed(hub, NoHistory(), FakeReading(), topics, topic_roles(EVENTS.values()), guard, FakePresence())
        services = Services(
            runner, verifier, FakeLimiter(**limits), feed, denials, passages, gate, user_sockets, FakeMetrics().traffic, time.time
        )  # fmt: skip
        dialect = make_dialects(PACKAGES, handlers, EVENT_CODECS)[Format.JSON]
        admission = Admission(Format.JSON, None, who, "192.0.2.1", "tests")
        connection = Connection(services, dialect, admission, write, lambda: settled.append(True))
        serving = asyncio.create_task(connection.serve(inbound.get))
        lines.append(
            Line(
                connection,
                handlers,
                runner,
                verifier,
                hub,
                serving,
                inbound,
                sent,
                denials,
                passages,
                writable,
                who,
                settled,
            )
        )
        return lines[-1]

    yield make
    for line in lines:
        line.serving.cancel()
        await asyncio.wait([line.serving])
        await line.connection.finish()
    await asyncio.sleep(0)
    assert (gate.in_flight, gate._of, user_sockets.held.total()) == (0, {}, 0)


async def test_requests_of_one_socket_run_at_once_and_answer_as_they_end(dial: Dial) -> None:
    line = await dial(principal())
    line.get(60, REQ_ID)
    line.get(1, OTHER_REQ_ID)
    assert [frame["req_id"] for frame in await line.hear(2)] == [OTHER_REQ_ID, REQ_ID]


async def test_an_error_and_a_result_that_cannot_be_encoded_are_refusals(dial: Dial) -> None:
    line = await dial(principal())
    line.get(404)
    assert [(one["status_code"], one["data"]["code"]) for one in await line.hear()] == [(5, "artist_not_found")]
    line.get(500)
    assert [(one["status_code"], one["data"]["code"]) for one in await line.hear()] == [(1, "internal")]


async def test_the_call_carries_the_deadline_and_a_keyed_command_its_req_id(dial: Dial) -> None:
    line = await dial(principal())
    line.send(pkg_id=4, req_id=REQ_ID, data={"artist_id": 1}, meta={"timeout_ms": 1500})
    line.create(OTHER_REQ_ID)
    await line.hear(2)
    query, command = line.runner.calls
    assert (query.timeout_s, query.idempotency_key) == (1.5, None)
    assert (command.timeout_s, command.idempotency_key) == (None, OTHER_REQ_ID)
    assert query.trace_id != command.trace_id
    assert query.parent is command.parent is None
    assert (query.caller.ip, query.caller.user_agent, query.caller.door) == ("192.0.2.1", "tests", "websocket")


async def test_a_call_belongs_to_the_trace_that_its_frame_says(dial: Dial) -> None:
    line = await dial(principal())
    meta = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"}
    line.send(pkg_id=4, req_id=REQ_ID, data={"artist_id": 404}, meta=meta)
    (refused,) = await line.hear()
    (call,) = line.runner.calls
    assert call.parent == Traceparent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", is_sampled=False)
    assert call.trace_id == refused["data"]["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_at_most_32_run_and_the_rest_waits_unread(dial: Dial) -> None:
    line = await dial(principal())
    for number in range(100):
        line.get(20, f"{number:08d}-1111-4222-8333-444444444444")
    await asyncio.sleep(0.01)
    assert line.handlers.running == MAX_IN_FLIGHT
    assert line.inbound.qsize() == 100 - MAX_IN_FLIGHT
    answers = await line.hear(100)
    assert len({answer["req_id"] for answer in answers}) == len(answers) == 100
    assert line.handlers.most == MAX_IN_FLIGHT


@pytest.mark.parametrize("has_begun", [True, False])
async def test_cancel_stops_the_request_without_a_reply_and_frees_its_place(dial: Dial, has_begun: bool) -> None:
    line = await dial(principal())
    line.get(5000)
    if has_begun:
        await asyncio.sleep(0.01)
    line.send(type="cancel", req_id=REQ_ID)
    line.send(type="cancel", req_id=OTHER_REQ_ID)
    await asyncio.sleep(0.01)
    line.get(1)
    assert [answer["data"]["id"] for answer in await line.hear()] == [1]
    assert line.handlers.log == (["get cancelled"] if has_begun else []) + ["get done"]


async def test_a_close_that_the_peer_does_not_take_ends_the_queries_at_once(dial: Dial) -> None:
    """Nothing of theirs can be sent any more, and the peer may take 20 s to be cut off."""
    line = await dial(principal())
    line.get(5000, REQ_ID)
    await asyncio.sleep(0.01)
    line.writable.clear()
    line.connection.outbox.close(4430, "slow_consumer")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert line.handlers.log == ["get cancelled"]
    assert not line.serving.done()


async def test_at_the_end_queries_are_cancelled_and_commands_run_to_their_end(dial: Dial) -> None:
    line = await dial(principal())
    line.get(5000, REQ_ID)
    line.create(OTHER_REQ_ID)
    await asyncio.sleep(0.01)
    assert await line.leave() == 1001
    await line.connection.finish()
    assert sorted(line.handlers.log) == ["create done", "get cancelled"]
    assert line.sent == []


async def test_after_exp_nothing_runs_and_the_socket_closes_as_expired(dial: Dial) -> None:
    line = await dial(principal(lasts_s=0.1))
    assert [frame["type"] for frame in await line.hear()] == ["auth.expiring"]
    await asyncio.sleep(0.15)
    line.get(1)
    assert [frame["data"]["code"] for frame in await line.hear()] == ["unauthenticated"]
    assert line.handlers.log == []
    assert await asyncio.wait_for(line.serving, 3) == 4401


async def test_a_refresh_keeps_the_socket_and_changes_its_roles(dial: Dial) -> None:
    line = await dial(principal(lasts_s=0.2), {"new": principal(lasts_s=300, roles="")})
    line.send(type="subscribe", topics=["artists"])
    assert {frame["type"] for frame in await line.hear(2)} == {"auth.expiring", "subscribed"}
    line.send(type="auth", token="Bearer new")
    answer = (await line.hear())[0]
    assert answer["type"] == "auth_ok"
    assert 290 <= answer["expires_in"] <= 300
    assert line.hub.count("artists") == 0
    line.send(type="subscribe", topics=["artists"])
    assert [frame["data"]["code"] for frame in await line.hear()] == ["forbidden"]
    await asyncio.sleep(0.3)
    line.get(1)
    assert [frame["status_code"] for frame in await line.hear()] == [0]


@pytest.mark.parametrize(
    ("token", "other", "reason"),
    [
        ("Bearer new", principal("bob"), "other_session"),
        ("Bearer new", principal(sid="s2"), "other_session"),
        ("Bearer new", principal(sid=None), "other_session"),
        ("Bearer garbage", principal(), "signature"),
        ("new", principal(), "scheme"),
        ("", principal(), "empty"),
    ],
)
async def test_a_refresh_that_is_not_of_this_session_is_answered_and_changes_nothing(
    dial: Dial, token: str, other: Principal, reason: str
) -> None:
    line = await dial(principal(), {"new": other})
    line.send(type="auth", token=token)
    line.get(1)
    refusal, reply = await line.hear(2)
    assert (refusal["status_code"], refusal["data"]["code"], reply["status_code"]) == (4, "unauthenticated", 0)
    assert line.runner.calls[0].caller.principal == line.who
    assert line.denials.told == [("ws.refresh", "unauthenticated", reason)]
    assert line.denials.who == [("192.0.2.1", "ann")]
    assert not line.serving.done()


async def test_a_bad_refresh_does_not_lengthen_the_socket_s_life(dial: Dial) -> None:
    line = await dial(principal(lasts_s=0.3))
    line.send(type="auth", token="Bearer garbage")
    await line.hear(2)
    assert await asyncio.wait_for(line.serving, 5) == 4401


async def test_a_good_refresh_after_a_bad_one_counts(dial: Dial) -> None:
    line = await dial(principal(lasts_s=100), {"new": principal(lasts_s=200)})
    line.send(type="auth", token="Bearer garbage")
    line.send(type="auth", token="Bearer new")
    refusal, ok = await line.hear(2)
    assert (refusal["status_code"], ok["type"]) == (4, "auth_ok")
    assert ok["expires_in"] > 190


async def test_failed_refreshes_count_against_the_address(dial: Dial) -> None:
    line = await dial(principal(), unauthenticated=2)
    for _ in range(2):
        line.send(type="auth", token="Bearer garbage")
    assert [frame["data"]["code"] for frame in await line.hear(2)] == ["unauthenticated"] * 2
    line.send(type="auth", token="Bearer garbage")
    refusal, close = await line.hear(2)
    assert (refusal["data"]["code"], close["code"]) == ("rate_limited", 4429)


async def test_requests_in_flight_keep_the_caller_they_began_with(dial: Dial) -> None:
    line = await dial(principal(lasts_s=0.05))
    line.get(200)
    await asyncio.sleep(0.1)
    assert line.runner.calls[0].caller.principal is not None
    line.get(1, OTHER_REQ_ID)
    await line.hear(3)
    assert line.runner.calls[1].caller.principal is None


async def test_the_first_frame_authenticates_and_settles_the_socket_once(dial: Dial) -> None:
    line = await dial(None, {"ann": principal()})
    line.send(type="auth", token="Bearer ann")
    assert [frame["type"] for frame in await line.hear()] == ["auth_ok"]
    line.send(type="auth", token="Bearer ann")
    line.get(1)
    assert [frame.get("status_code") for frame in await line.hear(2)] == [None, 0]
    line.connection.settle()
    assert line.settled == [True]


@pytest.mark.parametrize(
    "frame",
    [
        {"pkg_id": 4, "req_id": REQ_ID, "data": {"artist_id": 1}},
        {"type": "subscribe", "topics": ["artists"]},
        {"nonsense": 1},
        {"type": "auth", "token": "Bearer garbage"},
    ],
)
async def test_any_other_first_frame_is_refused_and_closes(dial: Dial, frame: dict[str, Any]) -> None:
    line = await dial(None)
    line.send(**frame)
    refusal, close = await line.hear(2)
    assert (refusal["data"]["code"], close["code"]) == ("unauthenticated", 4501)
    assert line.runner.calls == []


async def test_one_socket_more_than_a_user_may_have_is_closed_and_the_others_stay(dial: Dial) -> None:
    """D19: the newest goes, with 4506 and without an answer; a refresh asks for no second place; who leaves makes room."""
    first, second = await dial(principal()), await dial(None, {"ann": principal(), "bob": principal("bob")})
    for line in (second, first):
        line.verifier.tokens["ann"] = principal()
        line.send(type="auth", token="Bearer ann")
        assert [frame["type"] for frame in await line.hear()] == ["auth_ok"]
    for who in (principal(), None):
        refused = await dial(who, {"ann": principal()})
        if who is None:
            refused.send(type="auth", token="Bearer ann")
        assert await refused.hear() == [{"type": "websocket.close", "code": 4506, "reason": "connection_limit"}]
        assert await refused.serving == 4506
        assert refused.denials.told == [("ws.close", "connection_limit", "too_many_sockets")]
    assert [await first.leave(), (await dial(principal())).sent] == [1001, []]
    second.get(1)
    assert [frame["status_code"] for frame in await second.hear()] == [0]


async def test_too_many_failed_tokens_close_as_rate_limited(dial: Dial) -> None:
    line = await dial(principal(), unauthenticated=0)
    line.send(type="auth", token="Bearer garbage")
    refusal, close = await line.hear(2)
    assert (refusal["data"]["code"], refusal["data"]["retry_after"], close["code"]) == ("rate_limited", 7, 4429)


async def test_what_is_denied_is_told_with_who_and_why(dial: Dial) -> None:
    line = await dial(None)
    line.send(type="auth", token="Bearer garbage")
    await line.hear(2)
    assert (line.denials.told, line.denials.who) == (
        [("ws.authenticate", "unauthenticated", "signature")],
        [("192.0.2.1", None)],
    )
    line = await dial(principal(roles=""))
    line.send(type="subscribe", topics=["weather"])
    line.send(type="subscribe", topics=["artists"])
    await line.hear(2)
    assert [(action, code) for action, code, _ in line.denials.told] == [("ws.subscribe", "forbidden")]
    line = await dial(principal())
    for _ in range(11):
        line.send(nonsense=1)
    await line.hear(11)
    assert line.denials.told == [("ws.close", "protocol_abuse", "bad_frames")]


async def test_a_socket_that_never_authenticates_is_told_of_once_and_one_that_ends_before_is_not(dial: Dial) -> None:
    gone, waiting = await dial(None), await dial(None)
    await gone.leave()
    assert await asyncio.wait_for(waiting.serving, 8) == 4408
    await asyncio.sleep(0.1)
    assert waiting.denials.told == [("ws.authenticate", "auth_timeout", "no_first_frame")]
    assert gone.denials.told == []


async def test_who_came_renewed_and_went_is_told_once_each(dial: Dial) -> None:
    """C08: also where the first frame authenticates; the same token again is no news."""
    for who in (principal(), None):
        tokens = {"first": who or principal(), "new": principal(lasts_s=200)}
        line = await dial(who, tokens)
        for token in ("first", "new", "new"):
            line.send(type="auth", token=f"Bearer {token}")
        assert [frame["type"] for frame in await line.hear(3)] == ["auth_ok"] * 3
        assert await line.leave(1000) == 1000
        assert line.passages.told == [
            ("ws.connect", "ann", None),
            ("ws.refresh", "ann", None),
            ("ws.close", "ann", "1000"),
        ]
        assert line.denials.told == []


async def test_an_end_that_is_a_refusal_is_told_as_one_and_who_never_came_does_not_go(dial: Dial) -> None:
    line, stranger = await dial(principal()), await dial(None)
    line.get(1)
    await line.hear()
    line.connection.close_if_ended(lambda _: True)
    assert await asyncio.wait_for(line.serving, 5) == 4504
    await stranger.leave()
    assert line.denials.told == [("ws.close", "revoked", "ended")]
    assert [action for action, *_ in line.passages.told] == ["ws.connect"]
    assert stranger.passages.told == []


async def test_topics_are_joined_and_left(dial: Dial) -> None:
    line = await dial(principal())
    line.send(type="subscribe", topics=["artists"])
    unknown = {"topic": "artists", "epoch": "", "offset": 0, "recovered": False}
    assert await line.hear() == [{"type": "subscribed", "topics": ["artists"], "positions": [unknown]}]
    assert line.hub.count("artists") == 1
    line.send(type="unsubscribe", topics=["artists"])
    assert await line.hear() == [{"type": "unsubscribed", "topics": ["artists"]}]
    assert line.hub.count("artists") == 0
    line.send(type="subscribe", topics=["weather"])
    refusal = (await line.hear())[0]
    assert (refusal["status_code"], refusal["data"]["errors"][0]["pointer"]) == (2, "/topics/0")


async def test_a_socket_that_ends_leaves_its_topics(dial: Dial) -> None:
    line = await dial(principal())
    line.send(type="subscribe", topics=["artists"])
    await line.hear()
    await line.leave()
    assert line.hub.count("artists") == 0


def flood(line: Line, frame: dict[str, Any], count: int) -> None:
    for _ in range(count):
        line.send(**frame)


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "unsubscribe", "topics": [""]},
        {"type": "cancel", "req_id": REQ_ID},
        {"type": "auth", "token": "Bearer garbage"},
        {"type": "subscribe", "topics": ["weather"]},
        {"pkg_id": 4, "req_id": REQ_ID, "data": {"artist_id": 403}},
    ],
)
async def test_frames_that_run_nothing_are_read_only_as_the_budget_allows(dial: Dial, frame: dict[str, Any]) -> None:
    line = await dial(principal())
    flood(line, frame, 500)
    await asyncio.sleep(0.5)
    read = 500 - line.inbound.qsize()
    assert BURST <= read <= BURST + RATE_PER_S * 0.5 + MAX_IN_FLIGHT + 20
    assert not line.serving.done()


async def test_the_loop_gets_its_turn_between_frames(dial: Dial) -> None:
    line = await dial(principal())
    await asyncio.sleep(0)
    flood(line, {"type": "unsubscribe", "topics": [""]}, 50)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert line.inbound.qsize() >= 45


async def test_requests_that_run_are_not_of_the_budget(dial: Dial) -> None:
    line = await dial(principal())
    for number in range(500):
        line.get(1, f"{number:08d}-1111-4222-8333-444444444444")
    started = time.monotonic()
    assert len(await line.hear(500)) == 500
    assert time.monotonic() - started < 3


async def test_a_flood_of_a_peer_that_has_gone_is_not_waited_out(dial: Dial) -> None:
    line = await dial(principal())
    flood(line, {"type": "unsubscribe", "topics": [""]}, 1000)
    await asyncio.sleep(0.05)
    line.connection.outbox.mark_gone(1006)
    started = time.monotonic()
    assert await line.leave() == 1006
    assert time.monotonic() - started < 1


async def test_nothing_is_read_while_a_reply_waits_to_be_written(dial: Dial) -> None:
    line = await dial(principal())
    line.writable.clear()
    for number in range(100):
        line.get(1, f"{number:08d}-1111-4222-8333-444444444444")
    await asyncio.sleep(0.2)
    assert len(line.runner.calls) == MAX_IN_FLIGHT
    line.writable.set()
    assert len(await line.hear(100)) == 100


def test_a_session_is_issuer_subject_and_sid() -> None:
    assert principal().identity == principal(lasts_s=9, roles="admin").identity
    assert principal().identity != principal(sid="s2").identity

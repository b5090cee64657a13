"""What callers without a credential can do to a node: nothing that outlasts them, and little to others while they do it."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.faults.abuses import SOURCE
from tests.faults.proxy import Mode, Proxy
from tests.faults.stage import Stage
from tests.faults.traffic import reads
from tests.faults.vitals import gauge, unsound, watched
from tests.load import requests
from tests.load.openloop import offer
from tests.load.plan import Flood, Stream, latency_of
from tests.load.sockets import Socket, connect

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults")]
NOISE_S = 0.1
WINDOWS = 3
LONG = [pytest.mark.long, pytest.mark.timeout(300)]
MAX_PENDING = 20


@pytest.mark.parametrize("seconds", [6.0, pytest.param(18.0, marks=LONG)])
@pytest.mark.survives("D21", "D25")
async def test_a_crowd_at_the_probes_leaves_the_node_as_it_was(strict: Stage, seconds: float) -> None:
    """Fault 1 (D25): 2,500 anonymous connections ask `/readyz` and `/health` again and again. When they are gone every request is
    answered as before."""
    crowd = tuple(
        Flood(
            name=path,
            connections=1250,
            waits=False,
            chunk=requests.get(path),
            every_s=1.0,
            source=SOURCE,
        )
        for path in ("/readyz", "/health")
    )
    async with watched(strict, livez_s=0.5):
        await offer(strict.port, seconds, floods=crowd)
        await asyncio.sleep(2.0)
        after = await offer(
            strict.port,
            2.0,
            reads(strict.crowd(0, 50), 50),
            Stream(name="ready", rate=20, templates=[requests.get("/readyz")]),
        )
    assert "\n".join(unsound(after.streams.values())) == ""
    assert [str(one) for one in after.streams.values() if one.ok.count != one.sent] == []


@pytest.mark.survives("W09")
async def test_sockets_without_a_credential_are_few_and_short_lived(strict: Stage) -> None:
    """W09 (D8, D22): from one address 500 connections upgrade and then do not authenticate, and 500 do not even ask. At most twenty
    wait at a time, they are gone within 5 s although they do not answer our Close, and fifty users open their sockets within a second meanwhile."""
    upgraders = Flood(
        name="upgraders",
        connections=500,
        opening=requests.open_socket(None, "?auth=frame"),
        reopens=False,
        source=SOURCE,
    )
    silent = Flood(name="silent", connections=500, reopens=False, source=SOURCE)
    async with watched(strict):
        abuse = asyncio.create_task(offer(strict.port, 12.0, floods=(upgraders, silent)))
        await asyncio.sleep(2.0)
        took = [await _handshake_s(strict.port, token) for token in strict.tokens[:50]]
        told = (await abuse).floods["upgraders"]
    print(f"handshakes {latency_of(took)}")
    assert max(took) <= 1.0 + 5 * NOISE_S
    assert told.answers[101] <= MAX_PENDING
    assert set(told.answers) <= {101, 429, 503}
    assert told.still_open == 0
    assert told.lives.max <= 5.0 + 5 * NOISE_S
    assert told.codes == {4408: told.answers[101]}


async def _handshake_s(port: int, token: str) -> float:
    begun = time.monotonic()
    (await connect(port, requests.open_socket(token))).close()
    return time.monotonic() - begun


def drips(each: int) -> dict[str, Flood]:
    """Connections that never finish what they begin."""
    head = requests.get("/livez", None, "X-Filler: " + "y" * 200 + "\r\n")
    body = requests.post("/auth/login", b'{"username":"' + b"u" * 200 + b'","password":"u"}')
    start = body.index(b"\r\n\r\n") + 4
    kinds = (
        _drip("header", each, chunk=head),
        _drip("silent", each),
        _drip("line", each, opening=b"GET /livez"),
        _drip("half-close", each, opening=head[:40], half_closes=True),
        _drip("body", each, opening=body[:start], chunk=body[start:]),
    )
    return {kind.name: kind for kind in kinds}


def _drip(name: str, each: int, *, opening: bytes = b"", chunk: bytes = b"", half_closes: bool = False) -> Flood:
    """The opening at once, and a byte a second of the chunk."""
    return Flood(
        name=name,
        connections=each,
        opening=opening,
        chunk=chunk,
        waits=False,
        piece_bytes=1,
        every_s=1.0,
        reopens=False,
        half_closes=half_closes,
        source=SOURCE,
    )


@pytest.mark.parametrize(("each", "seconds", "quick"), [(60, 13.0, 1), pytest.param(500, 35.0, WINDOWS, marks=LONG)])
@pytest.mark.survives("W10")
async def test_what_never_finishes_is_closed(strict: Stage, each: int, seconds: float, quick: int) -> None:
    """W10 (D13): connections that send a header or a body byte by byte, nothing, half a line, or half of the connection. Headers
    have 10 s and bodies 30 s, honest requests succeed as fast as without, and no descriptor is kept."""
    floods = drips(each)
    async with watched(strict):
        calm = (await offer(strict.port, 3.0, reads(strict.crowd(0, 50), 50))).streams["reads"]
        abuse = asyncio.create_task(offer(strict.port, seconds, floods=tuple(floods.values())))
        beside = [
            (await offer(strict.port, 2.5, reads(strict.crowd(0, 50), 50))).streams["reads"] for _ in range(WINDOWS)
        ]
        assert not abuse.done()
        told = (await abuse).floods
    assert [one.ok.count for one in beside] == [one.sent for one in beside]
    assert [one for one in beside if one.ok.p90 > 1.5 * calm.ok.p90 + NOISE_S] == []
    # What the abuse costs, each window has; a pause of the machine, which alone is a p99, one or two.
    assert sum(one.ok.p99 <= 1.5 * calm.ok.p99 + NOISE_S for one in beside) >= quick
    limits = {"header": 10.0, "silent": 10.0, "line": 10.0, "half-close": 10.0, "body": 30.0}
    late = {name: str(told[name]) for name, limit in limits.items() if limit < seconds and told[name].still_open}
    assert late == {}


def closing(code: int, reason: bytes) -> bytes:
    payload = code.to_bytes(2, "big") + reason
    return bytes((0x88, 0x80 | len(payload))) + b"\0\0\0\0" + payload


@pytest.mark.survives("W12")
async def test_a_closed_socket_is_gone_whatever_its_peer_does(strict: Stage) -> None:
    """W12 (D13): a peer sends a close frame that is too long, sends frames after its close frame, or does not answer ours and keeps
    the connection. The connection ends within 5 s, and the count of sockets is back at none."""
    bad = requests.text(b"not a frame of ours")
    chunks = {
        "too long": closing(1000, b"r" * 124),
        "data after close": closing(1000, b"") + bad,
        "never answers": bad * 11,
    }
    floods = tuple(
        Flood(name=name, connections=5, opening=requests.open_socket(token), chunk=chunk, every_s=60.0, reopens=False)
        for (name, chunk), token in zip(chunks.items(), strict.tokens, strict=False)
    )
    async with watched(strict):
        told = (await offer(strict.port, 7.0, floods=floods)).floods
    for name, one in told.items():
        assert (one.opened, one.still_open) == (5, 0), f"{name}: {one}"
        assert one.lives.max <= 6.0, f"{name}: {one}"
    assert told["too long"].codes == {1002: 5}
    assert told["data after close"].codes == {1000: 5}


@pytest.mark.long
@pytest.mark.survives("W12")
async def test_a_peer_that_vanishes_is_noticed(strict: Stage) -> None:
    """W12 (D9): the network to a socket's peer swallows everything, without a FIN. Within 45 s the socket is closed and counted once."""
    async with watched(strict), Proxy(strict.port) as network:
        peers: list[Socket] = [await connect(network.port, requests.open_socket(token)) for token in strict.tokens[:10]]
        assert await gauge(strict, "stele_sockets") == 10
        await network.switch(Mode.SILENT)
        begun = time.monotonic()
        while await gauge(strict, "stele_sockets") > 0 and time.monotonic() < begun + 60.0:
            await asyncio.sleep(0.5)
        took_s = time.monotonic() - begun
        for peer in peers:
            peer.close()
    assert took_s <= 45.0
    assert await gauge(strict, "stele_sockets_closed_total") == 10

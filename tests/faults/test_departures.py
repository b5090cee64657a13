"""Sockets whose peer says nothing to the end, or leaves much behind: gone, and no longer counted, in time."""

from __future__ import annotations

import asyncio
import json
import time
import uuid

import pytest

from tests.faults.raw import CLOSE, TEXT, Peer, frame
from tests.running_service import RunningService

NOISE_S = 0.6
FLOOD_BYTES = 8 << 20


@pytest.mark.survives("W09")
async def test_who_never_authenticates_is_gone_in_time_although_he_answers_no_close(service: RunningService) -> None:
    """W09 (D8): a socket is opened with first-frame authentication and says nothing, not even an answer to our Close. It hears
    4408, and TCP ends within 5 s of the opening."""
    async with await Peer.open_socket(service.port, "/web?auth=frame") as peer:
        begun = time.monotonic()
        assert await peer.close_code() == 4408
        await peer.ended_after()
        assert time.monotonic() - begun <= 5.0 + NOISE_S


@pytest.mark.survives("W09")
async def test_who_fails_to_authenticate_is_gone_at_once_although_he_answers_no_close(service: RunningService) -> None:
    """W09 (D8): the first frame has no good token, and our Close is not answered: TCP ends within a second."""
    async with await Peer.open_socket(service.port, "/web?auth=frame") as peer:
        peer.send(frame(TEXT, b'{"type":"auth","token":"Bearer no"}'))
        assert await peer.close_code() == 4501
        begun = time.monotonic()
        await peer.ended_after()
        assert time.monotonic() - begun <= 1.0 + NOISE_S


@pytest.mark.survives("W12", "D22")
async def test_a_peer_that_left_beyond_its_budget_is_no_longer_counted(service: RunningService) -> None:
    """W12 (D22): a socket sends 8 MB of frames that run nothing, as fast as they are taken, and then leaves without a Close.
    Within 3 s it is no longer counted, although megabytes of its frames still wait in the kernel."""
    await service.has_no_sockets()
    token = await service.token("reader")
    cancel = json.dumps({"type": "cancel", "req_id": str(uuid.uuid4())}).encode()
    peer = await Peer.open_socket(service.port, "/web", f"Authorization: Bearer {token}")
    peer.send(frame(TEXT, cancel) * (FLOOD_BYTES // len(cancel)))
    await asyncio.sleep(1.5)
    assert await service.sockets() == 1
    peer.writer.transport.abort()
    begun = time.monotonic()
    while await service.sockets():
        assert time.monotonic() - begun <= 3.0 + NOISE_S
        await asyncio.sleep(0.1)


@pytest.mark.survives("W12")
async def test_who_answers_our_close_is_gone_at_once(service: RunningService) -> None:
    """W12 (D13): our Close is answered: TCP ends at once."""
    async with await Peer.open_socket(service.port, "/web?auth=frame") as peer:
        peer.send(frame(TEXT, b"{}"))
        code = await peer.close_code()
        begun = time.monotonic()
        peer.send(frame(CLOSE, code.to_bytes(2, "big")))
        await peer.ended_after()
        assert time.monotonic() - begun <= NOISE_S / 2

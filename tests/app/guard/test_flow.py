"""Reading rests while the application is behind or the peer takes nothing, and goes on when somebody asks for it."""

from __future__ import annotations

import asyncio
import socket

from app.guard.flow import Flow
from app.guard.transport import GuardedTransport


async def test_reading_goes_on_by_the_protocol_s_own_way_and_only_where_it_rested() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
        guarded = GuardedTransport(transport, asyncio.get_running_loop(), patience_s=1.0)
        asked: list[str] = []
        flow = Flow(guarded, lambda: asked.append("read on"))
        flow.resume_reading()
        assert asked == [], "it did not rest"
        flow.pause_reading()
        flow.resume_reading()
        assert (asked, flow.read_paused) == (["read on"], False)
        flow.pause_writing()
        assert flow.write_paused
        assert not transport.is_reading(), "of a peer that takes nothing nothing is read"
        flow.resume_writing()
        assert (asked, flow.write_paused) == (["read on"] * 2, False)
        guarded.lost()
        transport.abort()

"""A send is begun where it is asked for, and ended by a task only where it waits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvloop

from app.ws.sending import step


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_send_that_waits_several_times_is_stepped_to_its_end_on_both_loops(run: Any) -> None:
    async def main() -> list[str]:
        seen: list[str] = []

        async def send(message: Any) -> None:
            seen.append("begun")
            await asyncio.sleep(0)
            await asyncio.sleep(0.001)
            seen.append("ended")

        rest = step(send, {})
        assert seen == ["begun"]
        assert rest is not None

        async def finish() -> None:
            await rest

        await asyncio.create_task(finish())
        return seen

    assert run(main()) == ["begun", "ended"]

"""PostgreSQL is looked at as it is: there, away, refusing, with another schema, or with too little room. A real one answers."""

from __future__ import annotations

import asyncio

import pytest

from app.development.servers import Postgres, free_port
from app.diagnosis.findings import State
from app.diagnosis.postgres import look, room
from tests.app.test_settings import settings
from tests.databases import new_database


async def test_a_good_one_is_told_with_its_version_schema_clock_and_room(migrated: str) -> None:
    found = await look(settings(database_url=migrated))
    assert {one.state for one in found} == {State.OK}
    assert found[0].said.startswith("PostgreSQL 1")
    assert {one.part for one in found} == {"DATABASE_URL", "clock", "DATABASE_CONNECTIONS"}


async def test_one_without_this_release_s_steps_is_a_fault_that_says_what_mends_it(postgres: Postgres) -> None:
    url = await asyncio.to_thread(new_database, postgres, "unmigrated look")
    [fault] = [one for one in await look(settings(database_url=url)) if one.state is State.FAULT]
    assert "python -m app migrate" in fault.said


async def test_one_that_is_away_or_refuses_is_one_finding_without_a_password(postgres: Postgres) -> None:
    away = f"postgresql://u:hunter2@127.0.0.1:{free_port()}/d"
    [found] = await look(settings(database_url=away))
    assert (found.state, "hunter2" in found.line, "Connect" in found.line) == (State.AWAY, False, True)
    [found] = await look(settings(database_url=f"postgresql://nobody:hunter2@127.0.0.1:{postgres.port}/postgres"))
    assert (found.state, "hunter2" in found.line) == (State.FAULT, False)


@pytest.mark.parametrize(
    ("nodes", "workers", "available", "state"),
    [
        (1, 1, 97, State.OK),
        (8, 1, 97, State.OK),
        (9, 1, 97, State.WARNING),
        (1, 9, 97, State.FAULT),
        (1, 8, 96, State.OK),
    ],
)
def test_room_is_what_workers_and_nodes_need_together(nodes: int, workers: int, available: int, state: State) -> None:
    [found] = room(settings(database_nodes=nodes, workers=workers), available)
    assert found.state is state


async def test_a_setting_that_the_driver_does_not_know_is_a_fault_and_no_server_that_is_away() -> None:
    url = f"postgresql://u:hidden@127.0.0.1:{free_port()}/d?target_session_attrs=nowhere"
    (found,) = await look(settings(database_url=url))
    assert found.state is State.FAULT
    assert "target_session_attrs" in found.line
    assert "hidden" not in found.line

"""What PostgreSQL refuses, class by class and by its real cause where there is one: 503 and when to come again for what passes,
`internal` for what a person must mend, and a transaction that changed nothing."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.doors import Answer, Door, rest
from tests.faults.history import connect
from tests.faults.sabotage import CANCEL, REFUSING_READS, SOUND_READS, TERMINATE
from tests.faults.stage import Stage

UNAVAILABLE_STATES = {
    "08000": "connection exception",
    "08006": "connection failure",
    "0A000": "feature not supported: a cached plan after a migration",
    "25006": "read-only transaction",
    "40001": "serialization failure",
    "40P01": "deadlock detected",
    "42501": "insufficient privilege",
    "42703": "undefined column: the schema of another release",
    "42P01": "undefined table: the same",
    "53000": "insufficient resources",
    "53100": "disk full",
    "53200": "out of memory",
    "53300": "too many connections",
    "53400": "configuration limit exceeded",
    "55006": "object in use",
    "55P03": "lock not available",
    "57014": "query canceled",
    "57P01": "admin shutdown",
    "57P02": "crash shutdown",
    "57P03": "cannot connect now",
    "58000": "system error",
    "58030": "I/O error",
}
INTERNAL_STATES = {
    "22012": "division by zero",
    "P0001": "raised by a trigger",
    "XX000": "internal error",
    "XX001": "data corrupted",
}
Tracebacks = Callable[[], list[str]]
UNAVAILABLE = ("unavailable", 503)
INTERNAL = ("internal", 500)
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults")]
RECOVERY_S = 5.0


@pytest.fixture
def tracebacks(direct: Stage) -> Tracebacks:
    """The lines with a traceback that were logged since the test began."""
    begin = len(direct.service.log())
    return lambda: [line for line in direct.service.log()[begin:].splitlines() if "Traceback" in line]


@pytest_asyncio.fixture(loop_scope="session")
async def door(direct: Stage) -> AsyncIterator[Door]:
    async with rest(direct.service.url, direct.tokens[0]) as opened:
        await create(opened)
        yield opened


async def create(door: Door, label: str = "plain") -> Answer:
    return await door.call("create_artist", name=f"{label} {uuid.uuid4().hex}")


async def known_id(door: Door) -> int:
    return int((await create(door)).value["id"])


def verdict(answer: Answer) -> tuple[str, int]:
    """Every 503 says when to come again."""
    assert answer.status != 503 or (answer.retry_after_s or 0) >= 1
    return answer.code, answer.status


async def until_sound(door: Door) -> None:
    async with asyncio.timeout(RECOVERY_S):
        while (await create(door)).code != "ok":
            await asyncio.sleep(0.1)


def expected() -> dict[str, tuple[str, int]]:
    return dict.fromkeys(UNAVAILABLE_STATES, UNAVAILABLE) | dict.fromkeys(INTERNAL_STATES, INTERNAL)


@pytest.mark.survives("D21")
async def test_each_class_of_refusal_has_its_answer_when_a_statement_meets_it(
    direct: Stage, door: Door, tracebacks: Tracebacks
) -> None:
    """Fault 14 (D21): a statement of a command is refused with each SQLSTATE in turn. What passes is 503 with `Retry-After` and leaves
    no traceback, what lasts is `internal`, and nothing is stored."""
    found = {code: verdict(await create(door, f"statement {code}")) for code in expected()}
    assert found == expected()
    await until_sound(door)
    assert len(tracebacks()) <= len(INTERNAL_STATES)


@pytest.mark.survives("D21", "C02")
async def test_each_class_of_refusal_has_its_answer_when_commit_meets_it(
    direct: Stage, door: Door, tracebacks: Tracebacks
) -> None:
    """Fault 14, C02 (D1): COMMIT is refused with each SQLSTATE in turn. No answer is OK, none is a traceback, and nothing is stored."""
    found = {code: verdict(await create(door, f"commit {code}")) for code in expected()}
    allowed = (UNAVAILABLE, INTERNAL, ("outcome_unknown", 503))
    assert {code: one for code, one in found.items() if one not in allowed} == {}
    assert {code: one for code, one in found.items() if code in UNAVAILABLE_STATES and one == INTERNAL} == {}
    connection = await connect(direct.database_url)
    assert await connection.fetchval("SELECT count(*) FROM artist WHERE name LIKE 'commit %'") == 0
    await connection.close()
    assert tracebacks() == []


@pytest.mark.survives("D21")
async def test_each_class_of_refusal_has_its_answer_when_a_read_meets_it(
    direct: Stage, door: Door, tracebacks: Tracebacks
) -> None:
    """Fault 14 (D21): a read is refused with each SQLSTATE in turn: 503 with `Retry-After` for what passes, else `internal`."""
    known, found = await known_id(door), {}
    wanted = expected() | {"40003": UNAVAILABLE}  # Nothing was changed, so there is no outcome to ask for.
    await direct.sql(REFUSING_READS)
    try:
        for code in wanted:
            await direct.sql("DELETE FROM refusal", f"INSERT INTO refusal VALUES ('{code}')")
            found[code] = verdict(await door.call("get_artist", artist_id=known))
    finally:
        await direct.sql(SOUND_READS)
    assert found == wanted
    assert (await door.call("get_artist", artist_id=known)).code == "ok"
    assert len(tracebacks()) <= len(INTERNAL_STATES)


@pytest.mark.survives("D21")
async def test_a_lock_that_is_held_by_another_program_is_503(direct: Stage, door: Door, tracebacks: Tracebacks) -> None:
    """Fault 14 (D21): a migration holds the table. Reads and writes wait no longer than `lock_timeout`, and are 503."""
    known, connection = await known_id(door), await connect(direct.database_url)
    async with connection.transaction():
        await connection.execute("LOCK artist IN ACCESS EXCLUSIVE MODE")
        read, write = await asyncio.gather(door.call("get_artist", artist_id=known), create(door))
    await connection.close()
    assert [verdict(read), verdict(write)] == [UNAVAILABLE, UNAVAILABLE]
    await until_sound(door)
    assert tracebacks() == []


@pytest.mark.survives("D21")
async def test_a_statement_that_an_administrator_cancels_is_503(
    direct: Stage, door: Door, tracebacks: Tracebacks
) -> None:
    """Fault 14 (D21): an administrator cancels a slow statement of ours: 503, and the connection is used again."""
    slow = asyncio.create_task(create(door, "slow"))
    await asyncio.sleep(0.5)
    await direct.sql(CANCEL)
    assert verdict(await slow) == UNAVAILABLE
    assert (await create(door)).code == "ok"
    assert tracebacks() == []


@pytest.mark.survives("D21")
async def test_a_failover_to_a_read_only_database_is_503_for_writes_only(
    direct: Stage, door: Door, tracebacks: Tracebacks
) -> None:
    """Fault 14 (D21): after a failover the database is read-only: reads go on, writes are 503, and succeed again when it is over."""
    known, name = await known_id(door), direct.role
    await direct.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on", TERMINATE)
    try:
        await asyncio.sleep(0.3)
        writes = [verdict(await create(door)) for _ in range(12)]
        read = await door.call("get_artist", artist_id=known)
    finally:
        await direct.sql("SET default_transaction_read_only = off", f"ALTER DATABASE {name} RESET ALL", TERMINATE)
    assert set(writes) == {UNAVAILABLE}
    assert read.code == "ok"
    await until_sound(door)
    assert tracebacks() == []


@pytest.mark.survives("D21", "D31")
async def test_too_many_connections_are_503_and_over_with_their_cause(
    direct: Stage, door: Door, tracebacks: Tracebacks
) -> None:
    """Faults 3 and 14 (D21, D31): PostgreSQL takes no connection of ours any more. Callers are told 503, and when it does again the
    node writes, audits and is ready without a restart."""
    await direct.sql(f"ALTER ROLE {direct.role} CONNECTION LIMIT 0", TERMINATE)
    try:
        answers = await asyncio.gather(*(create(door) for _ in range(20)))
        await asyncio.sleep(2.0)
        later = await create(door)
    finally:
        await direct.sql(f"ALTER ROLE {direct.role} CONNECTION LIMIT -1")
    assert {verdict(one) for one in (*answers, later)} == {UNAVAILABLE}
    await until_sound(door)
    await assert_audited(direct, door)
    assert tracebacks() == []


async def assert_audited(direct: Stage, door: Door) -> None:
    """The queue of best-effort rows is written again."""
    connection = await connect(direct.database_url)
    count = "SELECT count(*) FROM audit_log WHERE action = 'get_artist'"
    before = await connection.fetchval(count)
    await door.call("get_artist", artist_id=await known_id(door))
    async with asyncio.timeout(2 * RECOVERY_S):
        while await connection.fetchval(count) <= before:
            await asyncio.sleep(0.1)
    await connection.close()


LASTING_FAULTS = {
    "audit privilege": ("REVOKE INSERT ON audit_log FROM {role}", "GRANT INSERT ON audit_log TO {role}"),
    "table privilege": ("REVOKE ALL ON artist FROM {role}", "GRANT ALL ON artist TO {role}"),
    "table": ("ALTER TABLE artist RENAME TO artist_gone", "ALTER TABLE artist_gone RENAME TO artist"),
    "audit table": ("ALTER TABLE audit_log RENAME TO audit_gone", "ALTER TABLE audit_gone RENAME TO audit_log"),
    "column": ("ALTER TABLE artist RENAME bio TO biography", "ALTER TABLE artist RENAME biography TO bio"),
}


@pytest.mark.survives("D21")
async def test_what_a_person_must_mend_is_a_sound_refusal_until_it_is_mended(direct: Stage, door: Door) -> None:
    """Fault 14 (D27): a privilege is revoked, a table or a column is gone. Callers get `internal` or 503 and never an exception's
    text, nothing is stored without its audit row, and all is well as soon as it is mended."""
    known = await known_id(door)
    for name, (fault, cure) in LASTING_FAULTS.items():
        await direct.sql(fault.format(role=direct.role))
        try:
            answers = [await create(door, "unmended"), await door.call("get_artist", artist_id=known)]
        finally:
            await direct.sql(cure.format(role=direct.role))
        assert verdict(answers[0]) in (UNAVAILABLE, INTERNAL), name
        assert verdict(answers[1]) in (UNAVAILABLE, INTERNAL, ("ok", 0)), name
        await until_sound(door)
    connection = await connect(direct.database_url)
    assert await connection.fetchval("SELECT count(*) FROM artist WHERE name LIKE 'unmended %'") == 0
    await connection.close()

"""`python -m app audit` proves, takes out, lets go and grants, with exit codes that scripts can use."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.development.servers import Postgres
from tests.app.audit.stored import Stored
from tests.databases import new_database

OLD = datetime(2024, 2, 29, tzinfo=UTC)
FILL = """
INSERT INTO audit_log (at, username, roles, action, outcome, door, trace_id, duration_ms, user_agent)
SELECT now() - n * interval '1 s', 'ada', '{{a,b}}', 'create_artist', 'success', 'http', md5(n::text), 1, repeat('x', 200)
FROM generate_series(1, {count}) n
"""
PEAK = "import resource, sys; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"


@pytest.fixture
async def stored(postgres: Postgres) -> AsyncIterator[Stored]:
    opened = Stored(await asyncio.to_thread(new_database, postgres, f"command {uuid.uuid4().hex[:8]}"))
    assert (await run(opened, "migrate"))[0] == 0
    yield opened
    await opened.close()


async def run(stored: Stored, *arguments: str, answer: str = "", **settings: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    given = {
        "ENV": "development", "DATABASE_URL": stored.url, "REDIS_URL": "redis://127.0.0.1:1", "KEYCLOAK_URL": "http://127.0.0.1:1",
        "SIGNING_SECRET": "a test's own secret of enough characters",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", *arguments, env={**os.environ, **given, **settings},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(answer.encode())
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.survives("C07")
async def test_verify_ends_with_1_and_names_the_row_and_with_0_where_all_is_well(stored: Stored) -> None:
    """C07: `audit verify` ends with 0 and says the head; after an edit it ends with 1 and names the row, and after the chain was written
    anew it ends with 1 for who has kept a head."""
    await stored.add(3)
    await stored.seal()
    await stored.add(1)
    code, out, _ = await run(stored, "audit", "verify")
    assert code == 0, out
    assert "0 faults in 3 rows under 1 links; 1 not sealed yet" in out
    head = re.findall(r"^head: ([0-9a-f]{64}) at 1;", out, re.MULTILINE)[0]
    assert (await run(stored, "audit", "verify", "--head", head))[0] == 0
    await stored.tamper("UPDATE audit_log SET username = E'eve\\x1b[2J' WHERE id = 2")
    code, out, _ = await run(stored, "audit", "verify")
    assert (code, "edited: row 2 (" in out, "eve\\x1b[2J" in out) == (1, True, True)
    code, out, _ = await run(stored, "audit", "verify", "--json")
    fault, summary = (json.loads(line) for line in out.splitlines())
    assert (code, fault["fault"], fault["ids"], summary["faults"]) == (1, "edited", [2], 1)
    assert (await run(stored, "audit", "verify", "--from", "2024-01-01", "--to", "2024-02-01"))[0] == 0
    await stored.tamper("DELETE FROM audit_chain", "DELETE FROM audit_digests")
    await stored.seal()
    assert (await run(stored, "audit", "verify"))[0] == 0
    assert (await run(stored, "audit", "verify", "--head", head))[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--head", "abc"), ("verify", "--head", "zz"), ("verify", "--from", "yesterday"), ("verify", "--to", "1"),
        ("prune", "--days", "many"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_wrong_usage(stored: Stored, arguments: tuple[str, str, str]) -> None:
    code, _, err = await run(stored, "audit", *arguments)
    assert (code, "Traceback" in err, arguments[1] in err) == (2, False, True)
    assert "invalid _" not in err, "a name of ours says nothing"


async def test_an_export_is_recorded_before_its_first_line(stored: Stored) -> None:
    await stored.add(3, at=OLD, username="=1+1")
    code, out, err = await run(stored, "audit", "export", "--to", "2024-03-01")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, [line["username"] for line in lines], err) == (0, ["=1+1"] * 3, "3 rows\n")
    code, out, _ = await run(stored, "audit", "export", "--format", "csv")
    rows = list(csv.DictReader(out.splitlines()))
    assert [row["username"] for row in rows[:3]] == ["'=1+1"] * 3
    exports = [(row["action"], row["door"], row["object_id"], row["reason"]) for row in rows[3:]]
    assert exports == [
        ("audit.export", "command", "../2024-03-01T00:00:00+00:00", "ndjson"), ("audit.export", "command", "../..", "csv"),
    ]  # fmt: skip
    assert all(row["username"] for row in rows)


async def test_a_file_is_whole_or_not_there_and_nobody_else_s_to_read(stored: Stored, tmp_path: Path) -> None:
    await stored.add(3)
    target = tmp_path / "out.csv"
    code, out, _ = await run(stored, "audit", "export", "--format", "csv", "--output", str(target))
    assert (code, out, len(target.read_text().splitlines()), target.stat().st_mode & 0o777) == (0, "", 5, 0o600)
    before = target.read_bytes()
    code, _, err = await run(stored, "audit", "export", "--output", str(target))
    assert (code, err, target.read_bytes() == before) == (2, "--output: File exists\n", True)
    await stored.fetch("ALTER TABLE audit_log RENAME COLUMN reason TO gone")
    other = tmp_path / "other.csv"
    code, _, err = await run(stored, "audit", "export", "--output", str(other))
    assert (code, err.count("\n"), "Traceback" in err) == (1, 1, False)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


async def test_an_export_needs_no_more_memory_for_more_rows(stored: Stored) -> None:
    """100,000 rows, 50 MB of them, in less than 16 MiB more than none takes."""
    peaks = []
    for count in (1, 100_000):
        await stored.fetch(FILL.format(count=count))
        command = f"import subprocess, sys; subprocess.run([sys.executable, '-m', 'app', 'audit', 'export'], stdout=open('/dev/null', 'w'), check=True); {PEAK}"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={
                **os.environ, "ENV": "development", "DATABASE_URL": stored.url, "REDIS_URL": "redis://127.0.0.1:1",
                "KEYCLOAK_URL": "http://127.0.0.1:1", "SIGNING_SECRET": "a test's own secret of enough characters",
            },
        )  # fmt: skip
        out, _ = await process.communicate()
        assert process.returncode == 0
        peaks.append(int(out) / 1024)
    assert peaks[1] - peaks[0] < 16, peaks


async def test_prune_shows_what_would_go_and_asks(stored: Stored) -> None:
    await stored.add(3, at=OLD)
    await stored.add(1)
    await stored.keep()
    await stored.seal()
    code, _, err = await run(stored, "audit", "prune")
    assert (code, "AUDIT_RETENTION_DAYS is 0" in err) == (2, True)
    code, out, _ = await run(stored, "audit", "prune", AUDIT_RETENTION_DAYS="400", answer="no\n")
    assert (code, "audit_log_2024_02  until 2024-03-01T00:00:00+00:00  3 rows" in out) == (1, True)
    code, out, _ = await run(stored, "audit", "prune", "--days", "400", answer="yes\n")
    assert (code, "dropped audit_log_2024_02: 3 rows" in out) == (0, True)
    code, out, _ = await run(stored, "audit", "prune", "--days", "400", "--yes")
    assert (code, out) == (0, "no part of the audit log is older than 400 days\n")
    code, out, _ = await run(stored, "audit", "verify")
    assert (code, "dropped: audit_log_2024_02: 3 rows" in out) == (0, True)
    assert (await run(stored, "audit", "prune", "--days", "29"))[0] == 2


async def test_grants_are_printed_and_a_name_that_is_none_is_refused(stored: Stored) -> None:
    away = {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:9/d"}
    code, out, _ = await run(stored, "audit", "grants", "--role", "desk", "--retention", **away)
    assert (code, 'TO "desk"' in out, "audit_log_drop_part" in out) == (0, True, True)
    assert (await run(stored, "audit", "grants", "--role", 'a"b'))[0] == 2


@pytest.mark.parametrize("what", ["verify", "export", "prune"])
async def test_a_database_that_is_away_is_69_and_one_line(stored: Stored, what: str) -> None:
    away = {"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:9/d", "AUDIT_RETENTION_DAYS": "30"}
    code, _, err = await run(stored, "audit", what, **away)
    assert (code, err.count("\n"), "hunter2" in err) == (69, 1, False)


async def test_a_schema_of_before_is_1_and_one_line(stored: Stored) -> None:
    assert (await run(stored, "migrate", "downgrade", "platform_0005", "--yes"))[0] == 0
    code, _, err = await run(stored, "audit", "verify")
    assert (code, err.count("\n"), "audit_dropped" in err) == (1, 1, True)

"""What the service's role may do is told: in production too much of it is a warning, and too little is one everywhere."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys

import asyncpg
import pytest

from app.audit.privileges import grants
from app.development.servers import Postgres, free_port
from app.diagnosis.audit import look
from app.diagnosis.findings import State
from tests.app.test_settings import settings
from tests.databases import new_database

PRODUCTION = {"environment": "production", "tls": "proxy", "trusted_hosts": "a.example"}


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> str:
    made = new_database(postgres, "audit rights")
    subprocess.run([sys.executable, "-m", "app", "migrate"], env={**os.environ, "DATABASE_URL": made}, check=True)
    return made


async def test_a_superuser_is_a_warning_in_production_alone(url: str) -> None:
    (found,) = await look(settings(database_url=url, environment="development"))
    assert (found.state, "is a superuser" in found.said) == (State.OK, True)
    (found,) = await look(settings(database_url=url, **PRODUCTION))
    assert (found.state, "audit grants" in found.advice) == (State.WARNING, True)


async def test_a_role_that_may_only_add_is_told_what_it_lacks(url: str) -> None:
    owner = await asyncpg.connect(url.replace("+asyncpg", ""))
    await owner.execute("CREATE ROLE adds LOGIN PASSWORD 'x'")
    await owner.execute(grants("adds"))
    limited = re.sub(r"//[^@]*@", "//adds:x@", url)
    (found,) = await look(settings(database_url=limited, **PRODUCTION))
    assert (found.state, found.said) == (State.OK, "the service's role may only add audit rows")
    _, lacking = await look(settings(database_url=limited, audit_retention_days=90, **PRODUCTION))
    assert (lacking.part, lacking.state) == ("AUDIT_RETENTION_DAYS", State.WARNING)
    await owner.execute("REVOKE INSERT ON audit_digests FROM adds")
    await owner.execute("REVOKE EXECUTE ON FUNCTION audit_log_add_parts(int) FROM adds")
    found_now = await look(settings(database_url=limited, **PRODUCTION))
    assert [one.state for one in found_now] == [State.OK, State.WARNING, State.WARNING]
    await owner.close()


async def test_what_is_away_or_of_another_release_is_not_checked(postgres: Postgres) -> None:
    empty = await asyncio.to_thread(new_database, postgres, "no audit tables")
    for url in (empty, f"postgresql://u:hunter2@127.0.0.1:{free_port()}/d"):
        (found,) = await look(settings(database_url=url))
        assert (found.state, "hunter2" in found.line) == (State.UNCHECKED, False)

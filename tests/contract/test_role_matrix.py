"""Z01: whoever calls, whatever operation, through whichever door: allowed exactly where the contract says so."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from app.development.servers import Postgres, Valkey
from generated.operations import OPERATIONS, ROLES
from tests.doors import PKG_IDS, all_doors
from tests.running_service import RunningService

REALM = Path(__file__).parents[2] / "docker" / "keycloak" / "realm.json"
ABSENT = 2**53 - 1
FIELDS: dict[str, dict[str, Any]] = {
    "create_artist": {"name": ""},
    "update_artist": {"artist_id": ABSENT, "name": ""},
    "delete_artist": {"artist_id": ABSENT},
    "get_artist": {"artist_id": ABSENT},
    "get_audit_log": {"audit_log_id": ABSENT},
}
"""Requests without an effect: a caller who is let in learns of the fault, another one only that he is not."""


def role_sets() -> dict[str, frozenset[str]]:
    """Nobody, everybody, each role alone, and each left out: for every operation that is none, right, wrong, all but one."""
    every = frozenset(ROLES)
    found = {"none": frozenset[str](), "all": every}
    for role in sorted(every):
        found[f"only-{role}"] = frozenset({role})
        found[f"not-{role}"] = every - {role}
    return found


@pytest.fixture(scope="module")
def matrix_service(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    realm = json.loads(REALM.read_text())
    template = realm["users"][0]
    realm["users"] = [
        template
        | {
            "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
            "username": name,
            "email": f"{name}@stele.example",
            "credentials": [{"type": "password", "value": name, "temporary": False}],
            "clientRoles": {"stele": sorted(roles)},
        }
        for name, roles in role_sets().items()
    ]
    file = servers_folder / "matrix-realm.json"
    file.write_text(json.dumps(realm))
    with RunningService(servers_folder / "matrix", postgres.url, valkey.url, realm=file) as running:
        yield running


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as entered:
        yield entered


@pytest.mark.survives("Z01")
@pytest.mark.parametrize("user", sorted(role_sets()))
async def test_every_door_lets_in_exactly_whom_the_contract_names(
    matrix_service: RunningService, stack: AsyncExitStack, user: str
) -> None:
    """Every operation is asked for with no role, the right ones, wrong ones and all but one, at each door: who is let in is the same everywhere, and what the contract says."""
    token = await matrix_service.token(user)
    doors = all_doors(matrix_service.url, token)
    for door in doors:
        await stack.enter_async_context(door)
    for name, operation in OPERATIONS.items():
        if operation.roles is None:
            continue
        expected = any(group <= role_sets()[user] for group in operation.roles)
        usable = doors if name in PKG_IDS else doors[:2]
        verdicts = {door.name: (await door.call(name, **FIELDS.get(name, {}))).code != "forbidden" for door in usable}
        assert verdicts == dict.fromkeys(verdicts, expected), name

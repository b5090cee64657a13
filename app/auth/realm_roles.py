"""Whether a realm that runs has the roles that the contract asks for: what it does not have, nobody can be given.

Asks Keycloak's admin API with a token of whoever may look at clients (`view-clients`); the service itself has none (ACCEPTANCE D33).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx2

from generated.operations import EVENTS, OPERATIONS

ASK_S = 5.0
MOST_ROLES = 10_000


class RealmNotRead(Exception):
    """Keycloak did not say; the message is for people."""


def needed_roles() -> frozenset[str]:
    """Of every operation and every event, in whichever alternative."""
    asked = [*(one.roles for one in OPERATIONS.values()), *(one.roles for one in EVENTS.values())]
    alternatives = [roles or () for roles in asked]
    return frozenset(role for groups in alternatives for group in groups for role in group)


async def missing_roles(
    keycloak_url: str, realm: str, client_id: str, admin_token: str, needed: Iterable[str]
) -> list[str]:
    """Those that the client lacks, sorted. Raises RealmNotRead without an answer, without rights and without such a client."""
    headers = {"authorization": f"Bearer {admin_token}"}
    home = f"{keycloak_url.rstrip('/')}/admin/realms/{realm}/"
    async with httpx2.AsyncClient(base_url=home, headers=headers, timeout=ASK_S, trust_env=False) as client:
        found = await _ask(client, "clients", {"clientId": client_id})
        if not found:
            raise RealmNotRead(f"the realm {realm} has no client {client_id}")
        roles = await _ask(client, f"clients/{found[0]['id']}/roles", {"max": str(MOST_ROLES)})
    return sorted(set(needed) - {str(one["name"]) for one in roles})


async def _ask(client: httpx2.AsyncClient, path: str, query: dict[str, str]) -> Any:
    try:
        answer = await client.get(path, params=query)
    except httpx2.HTTPError as error:
        raise RealmNotRead(f"Keycloak does not answer: {type(error).__name__}") from error
    if answer.status_code != httpx2.codes.OK:
        raise RealmNotRead(f"Keycloak answers {answer.status_code} where it is asked for {path}")
    return answer.json()

"""Whether the realm that tokens come from knows the contract's roles: what an issuer does not have, no user can be given.

Reads a Keycloak export; its first client is the service's, as for the development issuer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from codegen.ir.operations import Role

HOME = Path("docker", "keycloak", "realm.json")
"""Beside the folder of the contract."""


def faults(file: Path, roles: Iterable[Role]) -> list[str]:
    """A line for each role that the realm lacks, and for each that a user has and the realm lacks; both places are
    named. None where they agree. Roles of the realm that the contract does not know are no fault."""
    realm = json.loads(file.read_text(encoding="utf-8"))
    client = realm["clients"][0]["clientId"]
    place = f"roles.client.{client}"
    has = {one["name"] for one in realm.get("roles", {}).get("client", {}).get(client, ())}
    missing = [
        f"{file}: {place} has no {one.name!r}, a role of policy.yaml; add {_entry(one)} there, and the name to its users"
        for one in roles
        if one.name not in has
    ]
    return missing + [
        f"{file}: the user {name!r} has {role!r}, which {place} has not; add it there, or take it from the user"
        for name, role in _given(realm, client)
        if role not in has
    ]


def _entry(role: Role) -> str:
    return json.dumps({"name": role.name, "description": role.description}, ensure_ascii=False)


def _given(realm: dict[str, Any], client: str) -> list[tuple[str, str]]:
    return [
        (user["username"], role)
        for user in realm.get("users", ())
        for role in user.get("clientRoles", {}).get(client, ())
    ]

"""Whether the realm that tokens come from knows the contract's roles: what an issuer does not have, no user can be given.

Reads a Keycloak export; its first client is the service's, as for the development issuer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from codegen.diagnostics import Refused
from codegen.ir.operations import Role
from codegen.project.realm_text import with_entries

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
        f"{file}: {place} has no {one.name!r}, a role of policy.yaml; `python -m codegen realm` adds {_entry(one)} there; "
        "then give it to its users"
        for one in roles
        if one.name not in has
    ]
    return missing + [
        f"{file}: the user {name!r} has {role!r}, which {place} has not; add it there, or take it from the user"
        for name, role in _given(realm, client)
        if role not in has
    ]


def complete(file: Path, roles: Iterable[Role]) -> str:
    """Writes the file anew where it lacks a role, and says what was done. Raises as `with_roles`, and OSError."""
    old = file.read_text(encoding="utf-8")
    new = with_roles(old, roles)
    if new == old:
        return "every role was there"
    file.write_text(new, encoding="utf-8")
    return "every role is there now; give them to its users"


def with_roles(text: str, roles: Iterable[Role]) -> str:
    """The export with every role, and all else as it was, to the letter; where none is missing, the text itself. Raises
    Refused for what is no export with a list of the client's roles."""
    try:
        realm = json.loads(text)
        client = realm["clients"][0]["clientId"]
        has = {one["name"] for one in realm["roles"]["client"][client]}
    except (ValueError, LookupError, TypeError) as error:
        raise Refused(f"the realm's file has no roles.client with its first client: {error!r}") from error
    missing = [_described(one) for one in roles if one.name not in has]
    return with_entries(text, ("roles", "client", client), missing) if missing else text


def _described(role: Role) -> dict[str, str]:
    return {"name": role.name, "description": role.description}


def _entry(role: Role) -> str:
    return json.dumps(_described(role), ensure_ascii=False)


def _given(realm: dict[str, Any], client: str) -> list[tuple[str, str]]:
    return [
        (user["username"], role)
        for user in realm.get("users", ())
        for role in user.get("clientRoles", {}).get(client, ())
    ]

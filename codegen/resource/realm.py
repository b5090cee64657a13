"""Roles in the realm's file: each is declared, and given to the users who are to have it. JSON, so the file is written anew."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from codegen.diagnostics import Refused

READER, WRITER = "reader", "editor"
"""Users of the first realm, who may not do everything."""


def users(text: str) -> dict[str, tuple[str, ...]]:
    """Everybody of the realm with the roles of the client, in the file's order. Raises Refused. For a realm with the
    roles of exactly one client."""
    realm = _read(text)
    (client,) = realm["roles"]["client"]
    return {str(user["username"]): tuple(user.get("clientRoles", {}).get(client, ())) for user in realm["users"]}


def grants(names: Collection[str], role: Mapping[str, str], *, is_owned: bool) -> dict[str, tuple[str, ...]]:
    """Which user gets which roles; `role` has one for `get`, `create`, `update`, `delete` and `follow`.

    A reader reads, an editor deletes only what is the editor's own, `nobody` gets nothing, and everybody else may do everything.
    Where that leaves nobody who may, everybody may.
    """
    written = ("get", "create", "update", *(("delete",) if is_owned else ()))
    purposes = {READER: ("get",), WRITER: written, "nobody": ()}
    everything = tuple(dict.fromkeys(role.values()))
    found = {
        name: tuple(dict.fromkeys(role[one] for one in purposes[name])) if name in purposes else everything
        for name in names
    }
    needed = 2 if is_owned else 1
    able = [name for name, roles in found.items() if {role["get"], role["delete"]} <= set(roles)]
    return found if len(able) >= needed else dict.fromkeys(names, everything)


def with_roles(text: str, roles: Mapping[str, str], given: Mapping[str, Collection[str]]) -> str:
    """`roles` are names with descriptions; `given` are the users' new ones, and one that a user has already is not
    given twice. Answers the whole text, laid out anew. Raises Refused."""
    realm = _read(text)
    ((client, known),) = realm["roles"]["client"].items()
    known += [{"name": name, "description": said} for name, said in roles.items()]
    for user in realm["users"]:
        if new := given.get(user["username"]):
            held = user.setdefault("clientRoles", {}).setdefault(client, [])
            held += [role for role in new if role not in held]
    return json.dumps(realm, indent=2, ensure_ascii=False) + "\n"


def _read(text: str) -> dict[str, Any]:
    try:
        realm: dict[str, Any] = json.loads(text)
        clients = realm["roles"]["client"]
        if len(clients) == 1 and isinstance(realm["users"], list):
            return realm
    except (ValueError, KeyError, TypeError):
        pass
    raise Refused("the realm's file has no users, or not the roles of one client")

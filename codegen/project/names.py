"""What a project has beside `specs/` that bears the product's name: Keycloak's realm, and pyproject.toml with its locks.

`compare` finds what bears another name, `renamed` writes the name there. A project that has none of these files is fine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codegen.diagnostics import Findings, Place, Refused
from codegen.parse.openapi import PRODUCT
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, parse_yaml

REALM = "docker/keycloak/realm.json"
PROJECT = "pyproject.toml"
LOCKS = "requirements*.lock"
AUDIENCE = "included.client.audience"
"""Of Keycloak's audience mapper: who is in a token's `aud`."""
_NAME = re.compile(r'(\[project\]\n(?:[^\[\n].*\n|\n)*?name = ")([^"\n]*)(?=")')


def compare(root: Path, name: str, said: Place, findings: Findings) -> dict[str, str]:
    """Findings of what bears another name than that which is said at the place. Answers the sources that places are in."""
    texts = {file: (root / file).read_text(encoding="utf-8") for file in (REALM, PROJECT) if (root / file).is_file()}
    found = list(_of_realm(texts[REALM], findings)) if REALM in texts else []
    if match := _NAME.search(texts.get(PROJECT, "")):
        line = match.string[: match.end()].count("\n") + 1
        found.append(("the project", match[2].replace("-", "_"), Place(PROJECT, line, 1)))
    for what, value, place in found:
        if value != name:
            fix = f"write {name!r}, or `python -m codegen rename {name}` for all places"
            findings.add("V017", place, f"{what} is {value!r}", other=(said, f"says {PRODUCT}: {name}"), fix=fix)
    return texts


def renamed(root: Path, name: str, title: str) -> dict[Path, str]:
    """The texts that change. Raises Refused for a realm of another form. Writes nothing. A realm keeps its users, roles
    and passwords."""
    texts = {}
    realm, project = root / REALM, root / PROJECT
    if realm.is_file():
        try:
            texts[realm] = _renamed_realm(json.loads(realm.read_bytes()), name, title)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise Refused(f"{REALM} is no export of a realm with a client: {error!r}") from error
    if project.is_file() and (match := _NAME.search(text := project.read_text(encoding="utf-8"))):
        new = _dashed(name)
        texts[project] = text[: match.start(2)] + new + text[match.end(2) :]
        mention = re.compile(rf"(?<![\w-]){re.escape(match[2])}(?= \({re.escape(PROJECT)})")
        texts |= {path: mention.sub(new, path.read_text(encoding="utf-8")) for path in sorted(root.glob(LOCKS))}
    return {path: text for path, text in texts.items() if text != path.read_text(encoding="utf-8")}


def _of_realm(text: str, findings: Findings) -> Iterator[tuple[str, str, Place]]:
    """What bears the name, how it says it, and where. The first client is the service's."""
    root = parse_yaml(REALM, text.encode(), findings)
    yield from _value("the realm", _at(root, "realm"))
    client = next(iter(_items(_at(root, "clients"))), None)
    yield from _value("the client", _at(client, "clientId"))
    for mapper in _items(_at(client, "protocolMappers")):
        yield from _value("the audience", _at(mapper, "config", AUDIENCE))


def _at(node: Node | None, *steps: str) -> Node | None:
    for step in steps:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _value(what: str, node: Node | None) -> Iterator[tuple[str, str, Place]]:
    if isinstance(node, Scalar):
        yield what, str(node.value), node.place


def _renamed_realm(realm: dict[str, Any], name: str, title: str) -> str:
    """Also who has its roles, and the addresses of the users for development."""
    old, client = str(realm["realm"]), realm["clients"][0]
    old_client = str(client["clientId"])
    realm |= {"realm": name, "displayName": title}
    client |= {"clientId": name, "name": title}
    for mapper in client.get("protocolMappers", []):
        if mapper.get("config", {}).get(AUDIENCE) == old_client:
            mapper["config"][AUDIENCE] = name
            mapper["name"] = mapper["name"].replace(old_client, name)
    roles = realm.get("roles", {})
    if "client" in roles:
        roles["client"] = _rekeyed(roles["client"], old_client, name)
    for user in realm.get("users", []):
        user["email"] = user.get("email", "").replace(f"@{_dashed(old)}.", f"@{_dashed(name)}.")
        user["realmRoles"] = [_default(one, old, name) for one in user.get("realmRoles", [])]
        if "clientRoles" in user:
            user["clientRoles"] = _rekeyed(user["clientRoles"], old_client, name)
    return json.dumps(realm, indent=2, ensure_ascii=False) + "\n"


def _dashed(name: str) -> str:
    """As hosts and Python's distributions are named."""
    return name.replace("_", "-")


def _default(role: str, old: str, name: str) -> str:
    return f"default-roles-{name}" if role == f"default-roles-{old}" else role


def _rekeyed(table: dict[str, Any], old: str, name: str) -> dict[str, Any]:
    """The same order, with another key."""
    return {name if key == old else key: value for key, value in table.items()}

"""The realm in which issuers are compared: the product's, with the clients and users that a service must tell apart.

Both issuers read it as an export of Keycloak, so that what a word of it means is Keycloak's to say.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from app.development.realm import REALM_FILE
from generated.product import NAME

ROBOT_SECRET = "the robot's own secret"
OURS = ("textual", "robot")
"""Clients besides the service's own whose tokens it takes."""
ROLE = "get-artists"


def id_of(name: str) -> str:
    """Of a client or user that stands here."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def write_realm(file: Path, logout_url: str) -> Path:
    """`logout_url` hears of the ends of sessions of the service's client."""
    realm: dict[str, Any] = json.loads(REALM_FILE.read_text())
    realm["clients"][0]["attributes"] = {
        "backchannel.logout.url": logout_url,
        "backchannel.logout.session.required": "true",
    }
    realm["clients"] += [
        _client("elsewhere"),
        _client("textual", fullScopeAllowed=False),
        _client("robot", publicClient=False, secret=ROBOT_SECRET, serviceAccountsEnabled=True),
    ]
    realm["roles"]["realm"] = [{"name": ROLE}, {"name": "admin"}]
    realm["users"] += [
        _user("gone", enabled=False),
        _user("leaver", clientRoles={NAME: [ROLE]}),
        _user("climber", realmRoles=[f"default-roles-{NAME}", ROLE, "admin"]),
        {
            "id": id_of("service-account-robot"),
            "username": "service-account-robot",
            "enabled": True,
            "serviceAccountClientId": "robot",
            "clientRoles": {NAME: [ROLE]},
        },
    ]
    file.write_text(json.dumps(realm))
    return file


def write_public_realm(file: Path, public_url: str) -> Path:
    """One that its users see at another address."""
    realm: dict[str, Any] = json.loads(REALM_FILE.read_text())
    realm |= {"realm": "public", "attributes": {"frontendUrl": public_url}}
    realm["clients"][0]["id"] = id_of("public")
    for user in realm["users"]:
        user |= {"id": id_of(f"public-{user['username']}"), "realmRoles": ["default-roles-public"]}
    file.write_text(json.dumps(realm))
    return file


def _client(name: str, **changes: object) -> dict[str, object]:
    """Public, and with the service's audience in its tokens."""
    template: dict[str, Any] = json.loads(REALM_FILE.read_text())["clients"][0]
    return template | {"id": id_of(name), "clientId": name, "name": name} | changes


def _user(name: str, **changes: object) -> dict[str, object]:
    return {
        "id": id_of(name),
        "username": name,
        "enabled": True,
        "email": f"{name}@stele.example",
        "emailVerified": True,
        "firstName": name.capitalize(),
        "lastName": "Test",
        "credentials": [{"type": "password", "value": name, "temporary": False}],
        "realmRoles": [f"default-roles-{NAME}"],
        **changes,
    }

"""The realm of a Keycloak export as the development issuer knows it: clients, users, and which roles a token may name.

Promises: what is read here means what it means to Keycloak; what is not read here the development issuer does not have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

REALM_FILE = Path(__file__).resolve().parents[2] / "docker" / "keycloak" / "realm.json"
ACCOUNT = "account"
ACCOUNT_ROLES = ("manage-account", "manage-account-links", "view-profile")
"""What every user of a realm has at Keycloak's own client, by the realm's default role."""
OFFLINE_ACCESS = "offline_access"

Roles = Mapping[str, tuple[str, ...]]
"""By client."""


@dataclass(frozen=True, slots=True)
class User:
    id: str
    username: str
    password: str | None = field(repr=False)
    """None for a client's service account, which nobody logs in as."""
    email: str
    first_name: str
    last_name: str
    is_enabled: bool
    roles: Roles
    realm_roles: tuple[str, ...]

    def profile(self) -> dict[str, object]:
        """The claims of the scopes `profile` and `email`."""
        if self.password is None:
            return {"sub": self.id, "preferred_username": self.username}
        return {
            "sub": self.id,
            "email_verified": True,
            "name": f"{self.first_name} {self.last_name}",
            "preferred_username": self.username,
            "given_name": self.first_name,
            "family_name": self.last_name,
            "email": self.email,
        }


@dataclass(frozen=True, slots=True)
class Client:
    id: str
    client_id: str
    secret: str | None = field(repr=False)
    """None for a public client."""
    takes_passwords: bool
    has_service_account: bool
    has_full_scope: bool
    """Whether its tokens name all roles of their user, or its own alone."""
    audiences: tuple[str, ...]
    logout_url: str | None
    """Where it hears of sessions that have ended (OpenID Connect Back-Channel Logout 1.0)."""


@dataclass(slots=True)
class Realm:
    """`clients` and `users` are by the name that a request says; the admin's doors change them."""

    name: str
    clients: dict[str, Client]
    users: dict[str, User]
    roles: Roles
    """Those that there are, whoever has them."""
    public_url: str | None = None
    """Where its users see it, if that is another address than the one where services ask (`frontendUrl`)."""

    @property
    def client_id(self) -> str:
        """The first client's: the service's."""
        return next(iter(self.clients))

    def service_account(self, client: Client) -> User | None:
        return self.users.get(f"service-account-{client.client_id}")

    def user_of(self, user_id: str) -> User | None:
        return next((user for user in self.users.values() if user.id == user_id), None)

    def change_user(self, user: User, **changes: Any) -> None:
        self.users[user.username] = replace(user, **changes)

    def change_client(self, client: Client, **changes: Any) -> None:
        self.clients[client.client_id] = replace(client, **changes)

    def granted(self, client: Client, user: User) -> dict[str, object]:
        """The claims that say what a token opens. A client in which the user has no role is left out, and a single
        audience is text, as Keycloak 26 writes them."""
        roles = user.roles if client.has_full_scope else {client.client_id: user.roles.get(client.client_id, ())}
        if client.has_full_scope and user.password is not None:
            roles = {**roles, ACCOUNT: ACCOUNT_ROLES}
        access = {name: {"roles": list(held)} for name, held in roles.items() if held}
        audiences = list(dict.fromkeys([*client.audiences, *(name for name in access if name != client.client_id)]))
        claims: dict[str, object] = {"resource_access": access} if access else {}
        if audiences:
            claims["aud"] = audiences if len(audiences) > 1 else audiences[0]
        if client.has_full_scope and user.realm_roles:
            claims["realm_access"] = {"roles": list(user.realm_roles)}
        return claims


def load_realm(path: Path) -> Realm:
    """The one realm of a Keycloak export; its first client is the service's."""
    export = json.loads(path.read_bytes())
    clients = [_load_client(entry) for entry in export["clients"]]
    users = [_load_user(entry, export["realm"]) for entry in export["users"]]
    return Realm(
        export["realm"],
        {one.client_id: one for one in clients},
        {one.username: one for one in users},
        {client: tuple(one["name"] for one in roles) for client, roles in export["roles"]["client"].items()},
        export.get("attributes", {}).get("frontendUrl"),
    )


def _load_client(entry: dict[str, Any]) -> Client:
    mappers = [one for one in entry.get("protocolMappers", ()) if one["protocolMapper"] == "oidc-audience-mapper"]
    return Client(
        id=entry["id"],
        client_id=entry["clientId"],
        secret=None if entry["publicClient"] else entry["secret"],
        takes_passwords=entry["directAccessGrantsEnabled"],
        has_service_account=entry["serviceAccountsEnabled"],
        has_full_scope=entry["fullScopeAllowed"],
        audiences=tuple(one["config"]["included.client.audience"] for one in mappers),
        logout_url=entry.get("attributes", {}).get("backchannel.logout.url"),
    )


def _load_user(entry: dict[str, Any], realm: str) -> User:
    passwords = [one["value"] for one in entry.get("credentials", ()) if one["type"] == "password"]
    return User(
        id=entry["id"],
        username=entry["username"],
        password=passwords[0] if passwords else None,
        email=entry.get("email", ""),
        first_name=entry.get("firstName", ""),
        last_name=entry.get("lastName", ""),
        is_enabled=entry["enabled"],
        roles={client: tuple(roles) for client, roles in entry.get("clientRoles", {}).items()},
        realm_roles=_realm_roles(entry.get("realmRoles", ()), realm),
    )


def _realm_roles(named: list[str], realm: str) -> tuple[str, ...]:
    """The realm's default role holds two others."""
    default = f"default-roles-{realm}"
    held = (OFFLINE_ACCESS, default, "uma_authorization") if default in named else ()
    return (*held, *(role for role in named if role not in held))

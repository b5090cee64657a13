"""The Keycloak identity fits the port."""

from __future__ import annotations

import inspect

from app.auth.identity import Identity
from app.auth.keycloak_identity import KeycloakIdentity


def test_keycloak_identity_has_every_method_of_the_port_with_the_same_signature() -> None:
    names = [name for name, _ in inspect.getmembers(Identity, inspect.isfunction) if not name.startswith("_")]
    assert names == ["login", "logout", "refresh"]
    for name in names:
        assert inspect.signature(getattr(KeycloakIdentity, name)) == inspect.signature(getattr(Identity, name))

"""Roles go into the realm's file and to its users, and what stands there stays."""

from __future__ import annotations

import json

import pytest

from codegen.diagnostics import Refused
from codegen.resource import realm

ROLE = {
    "get": "get-tickets",
    "create": "create-ticket",
    "update": "update-ticket",
    "delete": "delete-ticket",
    "follow": "follow-tickets",
}
TEXT = json.dumps(
    {
        "roles": {"client": {"shop": [{"name": "admin"}]}},
        "users": [{"username": "ann", "clientRoles": {"shop": ["admin"]}}, {"username": "bob"}],
    }
)


def test_users_get_what_their_names_promise() -> None:
    given = realm.grants(["reader", "editor", "admin", "nobody"], ROLE, is_owned=True)
    assert given["reader"] == ("get-tickets",)
    assert given["editor"] == ("get-tickets", "create-ticket", "update-ticket", "delete-ticket")
    assert set(given["admin"]) == set(ROLE.values())
    assert given["nobody"] == ()
    assert "delete-ticket" not in realm.grants(["editor", "admin"], ROLE, is_owned=False)["editor"]


def test_where_nobody_could_do_everything_everybody_can() -> None:
    given = realm.grants(["reader", "editor"], ROLE, is_owned=True)
    assert [set(roles) for roles in given.values()] == [set(ROLE.values())] * 2


def test_roles_are_declared_and_given_beside_those_that_are_there() -> None:
    changed = json.loads(
        realm.with_roles(TEXT, {"get-tickets": "Read."}, {"ann": ["get-tickets", "admin"], "bob": ["get-tickets"]})
    )
    assert changed["roles"]["client"]["shop"] == [{"name": "admin"}, {"name": "get-tickets", "description": "Read."}]
    assert [user["clientRoles"]["shop"] for user in changed["users"]] == [["admin", "get-tickets"], ["get-tickets"]]
    assert realm.users(TEXT) == {"ann": ("admin",), "bob": ()}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"roles": {"client": {}}, "users": []}'])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="the realm's file"):
        realm.users(text)

"""Of a realm's export the development issuer takes what a token says."""

from __future__ import annotations

import json
from pathlib import Path

from app.development.realm import REALM_FILE, load_realm
from generated.product import NAME
from tests.issuers.realms import ROBOT_SECRET, write_public_realm, write_realm


def test_the_first_client_is_the_service_s_and_its_users_have_passwords() -> None:
    realm = load_realm(REALM_FILE)
    assert realm.client_id == NAME
    assert realm.public_url is None
    assert {user.password for user in realm.users.values()} == set(realm.users)
    assert "reader" not in repr(realm.users["reader"]).replace("username='reader'", "").replace("reader@", "")


def test_what_a_token_grants_follows_from_its_client_and_its_user(tmp_path: Path) -> None:
    realm = load_realm(write_realm(tmp_path / "realm.json", "http://127.0.0.1/ended"))
    reader, climber = realm.users["reader"], realm.users["climber"]
    whole = realm.granted(realm.clients[NAME], reader)
    assert whole["aud"] == [NAME, "account"]
    assert json.dumps(whole["resource_access"]).count("get-artists") == 1
    assert realm.granted(realm.clients["textual"], reader) == {"aud": NAME}
    assert "get-artists" in str(realm.granted(realm.clients[NAME], climber)["realm_access"])
    assert realm.clients[NAME].logout_url == "http://127.0.0.1/ended"


def test_a_client_may_have_an_account_of_its_own(tmp_path: Path) -> None:
    realm = load_realm(write_realm(tmp_path / "realm.json", ""))
    robot = realm.clients["robot"]
    account = realm.service_account(robot)
    assert (robot.secret, account and account.password) == (ROBOT_SECRET, None)
    assert realm.service_account(realm.clients[NAME]) is None
    assert account is not None
    assert realm.granted(robot, account) == {"aud": NAME, "resource_access": {NAME: {"roles": ["get-artists"]}}}


def test_users_and_clients_can_be_changed(tmp_path: Path) -> None:
    realm = load_realm(write_public_realm(tmp_path / "realm.json", "https://login.example.com"))
    assert (realm.name, realm.public_url) == ("public", "https://login.example.com")
    realm.change_user(realm.users["reader"], is_enabled=False)
    realm.change_client(realm.clients[NAME], secret="x")
    assert not realm.users["reader"].is_enabled
    assert realm.clients[NAME].secret == "x"
    assert realm.user_of("nobody at all") is None

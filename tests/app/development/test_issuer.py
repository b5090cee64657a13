"""The development issuer as a process: logins, refusals, restarts, and its four users."""

from __future__ import annotations

import base64
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.auth.jwks import parse_keys
from app.development.realm import REALM_FILE, load_realm
from tests.app.auth.issuer_process import IssuerProcess, run_issuer


def users() -> dict[str, set[str]]:
    """Each user of the realm with its roles."""
    export = json.loads(REALM_FILE.read_bytes())
    client = export["clients"][0]["clientId"]
    return {user["username"]: set(user.get("clientRoles", {}).get(client, ())) for user in export["users"]}


class Client:
    def __init__(self, issuer: str) -> None:
        self.http = httpx2.Client(base_url=f"{issuer}/protocol/openid-connect/", timeout=5)

    def login(self, username: str = "reader", password: str | None = None, **form: str) -> httpx2.Response:
        grant = {"grant_type": "password", "client_id": "stele", "username": username, "scope": "openid"}
        return self.http.post("token", data=grant | {"password": password or username} | form)

    def refresh(self, token: str, **form: str) -> httpx2.Response:
        grant = {"grant_type": "refresh_token", "client_id": "stele", "refresh_token": token}
        return self.http.post("token", data=grant | form)

    def logout(self, token: str) -> httpx2.Response:
        return self.http.post("logout", data={"client_id": "stele", "refresh_token": token})

    def userinfo(self, token: str) -> httpx2.Response:
        return self.http.get("userinfo", headers={"authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def issuer() -> Iterator[IssuerProcess]:
    with IssuerProcess() as process:
        yield process


@pytest.fixture(scope="module")
def client(issuer: IssuerProcess) -> Client:
    return Client(issuer.issuer)


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=="))
    return found


def fault_of(answer: httpx2.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["error"], body["error_description"]


@pytest.mark.parametrize(("username", "roles"), users().items())
def test_each_user_logs_in_and_has_the_roles_of_the_realm_file(
    username: str, roles: set[str], client: Client, issuer: IssuerProcess
) -> None:
    answer = client.login(username).json()
    claims = claims_of(answer["access_token"])
    user = load_realm(REALM_FILE).users[username]
    assert (
        set(claims["resource_access"].get("stele", {"roles": []})["roles"]) == roles == set(user.roles.get("stele", ()))
    )
    assert claims["sub"] == user.id
    assert claims["iss"] == issuer.issuer
    assert claims["aud"] == ["stele", "account"]
    assert (claims["azp"], claims["typ"], claims["preferred_username"]) == ("stele", "Bearer", username)
    assert claims["sid"] == answer["session_state"]
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 300
    assert "realm_access" in claims
    assert answer["token_type"] == "Bearer"
    assert set(load_realm(REALM_FILE).users) == set(users())


def test_the_realm_file_is_a_keycloak_import_with_public_client_and_complete_users() -> None:
    realm = json.loads(REALM_FILE.read_bytes())
    [stele] = realm["clients"]
    assert (stele["clientId"], stele["publicClient"], stele["directAccessGrantsEnabled"]) == ("stele", True, True)
    assert [mapper["protocolMapper"] for mapper in stele["protocolMappers"]] == ["oidc-audience-mapper"]
    roles = {role["name"] for role in realm["roles"]["client"]["stele"]}
    assert all(given <= roles for given in users().values())
    for user in realm["users"]:
        assert user["emailVerified"]
        assert all(user[name] for name in ("id", "email", "firstName", "lastName"))
        assert [one["type"] for one in user["credentials"]] == ["password"]


REFUSALS: dict[str, tuple[dict[str, str], tuple[int, str, str]]] = {
    "wrong password": ({"password": "x"}, (401, "invalid_grant", "Invalid user credentials")),
    "unknown user": ({"username": "x"}, (401, "invalid_grant", "Invalid user credentials")),
    "wrong client": (
        {"client_id": "x"},
        (401, "invalid_client", "Invalid client or Invalid client credentials"),
    ),
    "unknown grant": ({"grant_type": "x"}, (400, "unsupported_grant_type", "Unsupported grant_type")),
    "no refresh token": ({"grant_type": "refresh_token"}, (400, "invalid_request", "No refresh token")),
    "no refresh token at all": (
        {"grant_type": "refresh_token", "refresh_token": "x"},
        (400, "invalid_grant", "Invalid refresh token"),
    ),
}


@pytest.mark.parametrize(("form", "fault"), REFUSALS.values(), ids=REFUSALS)
def test_it_refuses_in_keycloaks_words(form: dict[str, str], fault: tuple[int, str, str], client: Client) -> None:
    assert fault_of(client.login(**form)) == fault


def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(client: Client) -> None:
    first = client.login().json()
    second = client.refresh(first["refresh_token"]).json()
    assert claims_of(second["access_token"])["sid"] == first["session_state"]
    assert claims_of(second["access_token"])["jti"] != claims_of(first["access_token"])["jti"]
    reused = fault_of(client.refresh(first["refresh_token"]))
    assert reused == (400, "invalid_grant", "Maximum allowed refresh token reuse exceeded")
    assert fault_of(client.refresh(second["refresh_token"]))[1] == "invalid_grant"
    assert client.login().status_code == 200


def test_logout_ends_the_session_and_only_that(client: Client) -> None:
    ended, other = client.login().json(), client.login().json()
    assert client.userinfo(ended["access_token"]).json()["preferred_username"] == "reader"
    assert client.logout(ended["refresh_token"]).status_code == 204
    assert client.logout(ended["refresh_token"]).status_code == 204
    assert fault_of(client.refresh(ended["refresh_token"])) == (400, "invalid_grant", "Session not active")
    assert client.userinfo(ended["access_token"]).status_code == 401
    assert client.refresh(other["refresh_token"]).status_code == 200
    assert fault_of(client.logout("garbage")) == (400, "invalid_grant", "Invalid refresh token")


def test_only_access_tokens_open_userinfo_and_only_refresh_tokens_refresh(client: Client) -> None:
    given = client.login().json()
    assert client.userinfo(given["id_token"]).status_code == 401
    assert client.userinfo(given["refresh_token"]).status_code == 401
    assert fault_of(client.refresh(given["access_token"]))[2] == "Invalid refresh token"


def test_the_published_keys_are_public_and_usable_and_the_configuration_names_them(
    client: Client, issuer: IssuerProcess
) -> None:
    answer = client.http.get("certs")
    assert "d" not in answer.json()["keys"][0]
    assert len(parse_keys(answer.content)) == 1
    configuration = client.http.get(f"{issuer.issuer}/.well-known/openid-configuration").json()
    assert configuration["issuer"] == issuer.issuer
    assert client.http.get(configuration["jwks_uri"]).content == answer.content


def test_tokens_expire(tmp_path: Path) -> None:
    with IssuerProcess("--access-s", "1", "--refresh-s", "1") as process:
        client = Client(process.issuer)
        given = client.login().json()
        assert (given["expires_in"], given["refresh_expires_in"]) == (1, 1)
        time.sleep(1.1)
        assert client.userinfo(given["access_token"]).status_code == 401
        assert fault_of(client.refresh(given["refresh_token"])) == (400, "invalid_grant", "Token is not active")


def test_a_restart_with_the_keys_file_keeps_tokens_valid_and_one_without_does_not(tmp_path: Path) -> None:
    keys = tmp_path / "state" / "keys.json"
    with IssuerProcess("--keys", str(keys)) as process:
        given = Client(process.issuer).login().json()
    assert keys.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in keys.parent.iterdir()] == ["keys.json"]
    with IssuerProcess("--keys", str(keys), port=process.port) as again:
        assert Client(again.issuer).userinfo(given["access_token"]).status_code == 200
        assert Client(again.issuer).refresh(given["refresh_token"]).status_code == 200
    with IssuerProcess(port=process.port) as other:
        assert Client(other.issuer).userinfo(given["access_token"]).status_code == 401


@pytest.mark.parametrize("name", ["production", "Production", " production "])
def test_it_refuses_to_start_in_production_with_exit_78_and_one_line(name: str) -> None:
    process = run_issuer("--port", "0", env=name)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 78
    assert out == ""
    assert err.count("\n") == 1
    assert "ENV=production" in err


def test_a_taken_port_and_a_broken_keys_file_are_told_in_one_line(issuer: IssuerProcess, tmp_path: Path) -> None:
    taken = run_issuer("--port", str(issuer.port))
    assert taken.communicate(timeout=20)[1].count("\n") == 1
    assert taken.returncode == 1
    broken = tmp_path / "keys.json"
    broken.write_text("no keys")
    process = run_issuer("--port", "0", "--keys", str(broken))
    assert process.communicate(timeout=20)[1].count("\n") == 1
    assert process.returncode == 78


def test_it_stops_on_sigterm_without_a_word(issuer: IssuerProcess) -> None:
    with IssuerProcess() as process:
        os.kill(process.process.pid, signal.SIGTERM)
        out, err = process.process.communicate(timeout=10)
        assert (out, err) == ("", "")
        assert process.process.returncode in (0, -signal.SIGTERM)

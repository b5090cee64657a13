"""The development issuer and the real Keycloak, asked the same through the service: what holds with one holds with the other."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.jwks import KeySet
from app.auth.keycloak_identity import KeycloakKeys
from app.auth.realm_roles import RealmNotRead, missing_roles, needed_roles
from app.auth.verifier import TokenVerifier
from app.development.realm import REALM_FILE
from app.diagnosis import issuer
from app.diagnosis.findings import State
from generated.errors import CloseCode, RspCode
from generated.operations import PkgId
from generated.product import NAME
from tests.app.test_settings import settings
from tests.issuers.realms import ROBOT_SECRET, id_of
from tests.issuers.stage import PUBLIC_URL, Stage, claims_of
from tests.redis_connections import running
from tests.running_service import RunningService, started

pytestmark = [pytest.mark.xdist_group("keycloak"), pytest.mark.timeout(300)]
BREAKER = 'stele_breaker_state{name="keycloak"}'
FORBIDDEN = 403
LIFE_S, REFRESH_LIFE_S = range(299, 301), range(1799, 1801)
"""Keycloak reads the clock again after it has set the end, in whole seconds."""
WRITTEN_S = 2.0
"""The database in which a Keycloak in development keeps its sessions has written to disk by then."""


async def test_a_login_opens_what_its_roles_open_and_is_refreshed_and_ended(stage: Stage) -> None:
    given = (await stage.login("reader")).json()
    assert given["token_type"] == "Bearer"
    assert given["expires_in"] in LIFE_S
    assert given["refresh_expires_in"] in REFRESH_LIFE_S
    assert await stage.status(given["access_token"]) == 200
    assert await stage.status(given["access_token"], "/api/audit-logs") == FORBIDDEN
    fresh = (await stage.post("refresh", {"refresh_token": given["refresh_token"]})).json()
    assert claims_of(fresh["access_token"])["sid"] == claims_of(given["access_token"])["sid"]
    assert (await stage.post("logout", {"refresh_token": fresh["refresh_token"]})).status_code == 204
    ended = await stage.post("refresh", {"refresh_token": fresh["refresh_token"]})
    assert (ended.status_code, ended.json()["code"]) == (401, "credentials_invalid")
    assert (await stage.post("logout", {"refresh_token": fresh["refresh_token"]})).status_code == 204


@pytest.mark.survives("A12")
async def test_a12_a_session_that_is_logged_out_is_over_for_its_tokens_and_sockets(stage: Stage) -> None:
    """A12 (D7): a user logs out: within 5 s the session's access token is 401 and its sockets are closed with 4504; another session of
    the same user goes on."""
    ended, other = (await stage.login("reader")).json(), (await stage.login("reader")).json()
    async with stage.socket(ended["access_token"]) as closing, stage.socket(other["access_token"]) as staying:
        assert (await stage.post("logout", {"refresh_token": ended["refresh_token"]})).status_code == 204
        await over(stage, ended["access_token"], closing)
        assert await stage.status(other["access_token"]) == 200
        assert await stage.hears(staying)


@pytest.mark.survives("A12")
async def test_a12_the_issuer_tells_of_a_session_that_ended_there(stage: Stage) -> None:
    """A12 (D7): an administrator ends one session at the issuer, and then all of the user's: the issuer tells by back-channel logout, and
    tokens and sockets are over within 5 s, of these sessions alone."""
    first, second = (await stage.login("leaver")).json(), (await stage.login("leaver")).json()
    bystander = (await stage.login("editor")).json()
    async with stage.socket(first["access_token"]) as one, stage.socket(second["access_token"]) as two:
        await stage.admin("DELETE", f"sessions/{claims_of(first['access_token'])['sid']}")
        await over(stage, first["access_token"], one)
        assert await stage.hears(two)
        await stage.admin("POST", f"users/{claims_of(second['access_token'])['sub']}/logout")
        await over(stage, second["access_token"], two)
    assert await stage.status(bystander["access_token"]) == 200
    assert await stage.is_known(await stage.access_token("leaver"))


@pytest.mark.survives("A12")
async def test_a12_an_administrator_ends_all_sessions_of_a_user(stage: Stage) -> None:
    """A12 (D7): `DELETE /auth/sessions/{subject}`: tokens and sockets of the user are over within 5 s, and what is refreshed by a token
    of before, too; he may log in again."""
    given = (await stage.login("reader")).json()
    admin = await stage.access_token("admin")
    path = f"/auth/sessions/{claims_of(given['access_token'])['sub']}"
    async with stage.socket(given["access_token"]) as socket:
        assert await stage.delete(path, given["access_token"]) == FORBIDDEN
        assert await stage.delete(path, admin) == 204
        await over(stage, given["access_token"], socket)
    refreshed = await stage.post("refresh", {"refresh_token": given["refresh_token"]})
    assert (refreshed.status_code, refreshed.json()["code"]) == (401, "credentials_invalid")
    await asyncio.sleep(1.1)
    assert await stage.is_known((await stage.login("reader")).json()["access_token"])


@pytest.mark.survives("Z04")
async def test_z04_a_role_that_is_taken_away_is_gone_from_an_open_socket_with_its_next_token(stage: Stage) -> None:
    """Z04 (D10): an administrator takes a user's role away at the issuer, and the session is refreshed. The open socket that is told the
    new token is refused the next message that needs the role, and hears no event of the topic that needs it; the socket stays."""
    given = (await stage.login("leaver")).json()
    client = json.loads(REALM_FILE.read_text())["clients"][0]["id"]
    mappings = f"users/{id_of('leaver')}/role-mappings/clients/{client}"
    held = (await stage.admin("GET", mappings)).json()
    witness = await stage.access_token("editor")
    async with stage.socket(given["access_token"]) as socket, stage.socket(witness) as other:
        for one in (socket, other):
            assert (await stage.said(one, type="subscribe", topics=["artists"]))["type"] == "subscribed"
        assert await stage.hears(socket)
        await stage.admin("DELETE", mappings, held)
        try:
            fresh = (await stage.post("refresh", {"refresh_token": given["refresh_token"]})).json()["access_token"]
        finally:
            await stage.admin("POST", mappings, held)
        assert await stage.status(fresh) == FORBIDDEN
        assert (await stage.said(socket, type="auth", token=f"Bearer {fresh}"))["type"] == "auth_ok"
        made = {
            "pkg_id": int(PkgId.CREATE_ARTIST),
            "req_id": str(uuid.uuid4()),
            "data": {"name": f"Z04 {uuid.uuid4()}"},
        }
        await other.send(json.dumps(made))
        while json.loads(await asyncio.wait_for(other.recv(), 10)).get("topic") != "artists":
            pass
        refused = await stage.said(socket, pkg_id=int(PkgId.GET_ARTISTS), req_id=str(uuid.uuid4()), data={})
        assert (refused["status_code"], refused["data"]["code"]) == (RspCode.PERMISSION_DENIED, "forbidden")


async def over(stage: Stage, token: str, socket: ClientConnection) -> None:
    """Within 5 s, for REST and the socket."""
    async with asyncio.timeout(5):
        await socket.wait_closed()
        await stage.becomes(401, token, 5)
    assert socket.close_code == CloseCode.REVOKED


async def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_session(stage: Stage) -> None:
    first = (await stage.login("reader")).json()["refresh_token"]
    second = (await stage.post("refresh", {"refresh_token": first})).json()["refresh_token"]
    assert (await stage.post("refresh", {"refresh_token": first})).status_code == 401
    assert (await stage.post("refresh", {"refresh_token": second})).status_code == 401


@pytest.mark.parametrize(
    ("user", "password"), [("reader", "wrong"), ("stranger", "x"), ("gone", "gone"), ("gone", "wrong")]
)
async def test_whoever_may_not_log_in_hears_the_same(stage: Stage, user: str, password: str) -> None:
    refused = await stage.login(user, password)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem.get("detail")) == (401, "credentials_invalid", None)


async def test_a_user_disabled_in_the_middle_of_a_session_gets_no_more_tokens(stage: Stage) -> None:
    given = (await stage.login("leaver")).json()
    await stage.admin("PUT", f"users/{id_of('leaver')}", {"enabled": False})
    try:
        assert (await stage.post("refresh", {"refresh_token": given["refresh_token"]})).status_code == 401
        assert (await stage.login("leaver")).status_code == 401
    finally:
        await stage.admin("PUT", f"users/{id_of('leaver')}", {"enabled": True})
    assert (await stage.login("leaver")).status_code == 200


@pytest.mark.survives("A03")
async def test_a03_a_token_that_was_issued_to_another_client_opens_nothing(stage: Stage) -> None:
    """A03 (D5): a token of the same realm, of the right audience and roles, whose client is not one of ours, is 401."""
    token = await stage.access_token("reader", "elsewhere")
    assert NAME in claims_of(token)["aud"]
    assert not await stage.is_known(token)


@pytest.mark.survives("A03")
async def test_a03_only_access_tokens_are_taken(stage: Stage) -> None:
    """A03 (D5): the refresh token and the identity token of a session are 401, its access token is not."""
    given = (await stage.token(username="reader", password="reader", scope="openid")).json()
    known = {name: await stage.is_known(given[name]) for name in ("access_token", "refresh_token", "id_token")}
    assert known == {"access_token": True, "refresh_token": False, "id_token": False}


async def test_roles_of_the_realm_grant_nothing(stage: Stage) -> None:
    """They bear the names of ours."""
    token = await stage.access_token("climber")
    assert {"get-artists", "admin"} <= set(claims_of(token)["realm_access"]["roles"])
    assert await stage.is_known(token)
    assert await stage.status(token) == FORBIDDEN


async def test_an_audience_is_text_or_a_list(stage: Stage) -> None:
    text, several = await stage.access_token("reader", "textual"), await stage.access_token("reader")
    assert claims_of(text)["aud"] == NAME
    assert set(claims_of(several)["aud"]) == {NAME, "account"}
    assert await stage.is_known(text)
    assert await stage.is_known(several)


async def test_a_service_account_has_the_roles_that_it_was_given(stage: Stage) -> None:
    grant = {"grant_type": "client_credentials", "client_secret": ROBOT_SECRET}
    given = (await stage.token("robot", **grant)).json()
    assert "refresh_token" not in given
    assert await stage.status(given["access_token"]) == 200
    assert await stage.status(given["access_token"], "/api/audit-logs") == FORBIDDEN
    refused = await stage.token("robot", **grant | {"client_secret": "wrong"})
    assert (refused.status_code, refused.json()["error"]) == (401, "unauthorized_client")


async def test_an_offline_token_refreshes_without_an_end(stage: Stage) -> None:
    given = (await stage.token(username="reader", password="reader", scope="openid offline_access")).json()
    assert claims_of(given["refresh_token"])["typ"] == "Offline"
    fresh = (await stage.post("refresh", {"refresh_token": given["refresh_token"]})).json()
    assert fresh["refresh_expires_in"] == 0
    assert await stage.status(fresh["access_token"]) == 200


def verifier_of(stage: Stage, keys: KeySet, ahead_s: float = 0.0) -> TokenVerifier:
    """As the service has it, on a machine whose clock is wrong."""
    return TokenVerifier(
        keys,
        issuer=stage.realm_url,
        audience=NAME,
        azp=frozenset({NAME}),
        client_id=NAME,
        clock=lambda: time.time() + ahead_s,
    )


async def reason_of(stage: Stage, keys: KeySet, token: str, ahead_s: float) -> Reason | None:
    try:
        await verifier_of(stage, keys, ahead_s).verify(token)
    except CredentialRefused as refused:
        return refused.reason
    return None


@pytest.mark.survives("A05", "F10")
async def test_f10_clocks_may_differ_by_ten_seconds(stage: Stage) -> None:
    """F10, A05 (D5): a node whose clock differs from the issuer's takes tokens that are over, or not yet begun, by less than 10 s
    of its own clock, and no others."""
    source = KeycloakKeys(stage.realm_url)
    keys = KeySet(source.fetch)
    token = await stage.access_token("reader")
    reasons = {ahead_s: await reason_of(stage, keys, token, ahead_s) for ahead_s in (-13, -6, 0, 304, 312)}
    await source.aclose()
    assert reasons == {-13: Reason.ISSUED_LATER, -6: None, 0: None, 304: None, 312: Reason.EXPIRED}


@pytest.mark.survives("A07")
async def test_a07_a_new_key_is_taken_at_once_and_a_withdrawn_one_no_more(stage: Stage) -> None:
    """A07 (D6): the issuer signs with a new key: its first token is taken at once, those of the old one are, too, until the old key
    is withdrawn; then they are refused at the next fetch."""
    source = KeycloakKeys(stage.realm_url)
    keys = KeySet(source.fetch, refresh_s=0.5)
    old = await stage.access_token("reader")
    async with running(keys.run):
        tokens = verifier_of(stage, keys)
        while not keys.is_ready:
            await asyncio.sleep(0.05)
        assert await tokens.verify(old)
        old_key = (await stage.admin("GET", "keys")).json()["active"]["RS256"]
        await stage.admin("POST", "components", rotation())
        new = await stage.access_token("reader")
        assert await stage.status(new) == 200
        assert await stage.status(old) == 200
        assert await tokens.verify(new)
        await stage.admin("DELETE", f"components/{await provider_of(stage, old_key)}")
        async with asyncio.timeout(10):
            while await reason_of(stage, keys, old, 0) is not Reason.UNKNOWN_KEY:
                await asyncio.sleep(0.1)
        assert await tokens.verify(new)
    await source.aclose()


def rotation() -> dict[str, object]:
    """A key that comes before those that are there."""
    config = {"priority": [str(int(time.time()))], "enabled": ["true"], "active": ["true"], "algorithm": ["RS256"]}
    provider = "org.keycloak.keys.KeyProvider"
    return {"name": "rotated", "providerId": "rsa-generated", "providerType": provider, "config": config}


async def provider_of(stage: Stage, key_id: str) -> str:
    keys = (await stage.admin("GET", "keys")).json()["keys"]
    return next(str(key["providerId"]) for key in keys if key["kid"] == key_id)


async def test_a_realm_with_a_public_address_is_known_by_that(stage: Stage, tmp_path: Path) -> None:
    """Its tokens name the address that users see, and services ask it at another."""
    async with other_service(stage, tmp_path, KEYCLOAK_REALM="public") as service:
        token = await service.token("reader")
        assert claims_of(token)["iss"] == f"{PUBLIC_URL}/realms/public"
        assert await replace(stage, service=service).status(token) == 200
    assert "issuer.discovered" in service.log()


async def test_an_issuer_that_the_realm_does_not_announce_is_told_at_start_and_at_each_refusal(
    stage: Stage, tmp_path: Path
) -> None:
    settings = {"KEYCLOAK_REALM": "public", "KEYCLOAK_ISSUER": "http://elsewhere.example.com/realms/public"}
    async with other_service(stage, tmp_path, **settings) as service:
        token = await service.token("reader")
        assert await replace(stage, service=service).status(token) == 401
    (mismatch,) = [line for line in service.log().splitlines() if "issuer.mismatch" in line]
    assert f"{PUBLIC_URL}/realms/public" in mismatch
    (refused,) = [json.loads(line) for line in service.log().splitlines() if "auth.denied" in line]
    assert (refused["reason"], refused["action"], refused["door"]) == ("issuer", "get_artists", "http")
    assert token not in service.log()


@asynccontextmanager
async def other_service(stage: Stage, folder: Path, **settings: Any) -> AsyncIterator[RunningService]:
    """One more on the stage's database, in front of the issuer with the public realm."""
    database, redis = (stage.service.environment[name] for name in ("DATABASE_URL", "REDIS_URL"))
    running = RunningService(folder / "service", database, redis, issuer=stage.public, **settings)
    async with started(running) as service:
        yield service


async def test_what_a_live_realm_lacks_is_found(stage: Stage) -> None:
    where = (stage.issuer.url, NAME, NAME, await stage.admin_token())
    assert await missing_roles(*where, needed_roles()) == []
    assert await missing_roles(*where, ["of tomorrow", *needed_roles()]) == ["of tomorrow"]
    doctor = await issuer.look(settings(keycloak_url=stage.issuer.url), await stage.admin_token())
    assert {one.state for one in doctor if one.part == "roles"} == {State.OK}
    with pytest.raises(RealmNotRead, match="no client nobody"):
        await missing_roles(stage.issuer.url, NAME, "nobody", await stage.admin_token(), needed_roles())
    with pytest.raises(RealmNotRead, match="401"):
        await missing_roles(stage.issuer.url, NAME, NAME, "wrong", needed_roles())


async def test_a_client_made_confidential_by_mistake_is_told_and_closes_nothing_for_good(stage: Stage) -> None:
    """Its logins are 503, with a line that says why; other callers go on, and it is over when the realm is mended."""
    given = (await stage.login("reader")).json()
    client = json.loads(REALM_FILE.read_text())["clients"][0]["id"]
    await stage.admin("PUT", f"clients/{client}", {"publicClient": False})
    try:
        answers = {(await stage.login("reader")).status_code for _ in range(7)}
        assert await stage.status(given["access_token"]) == 200
    finally:
        await stage.admin("PUT", f"clients/{client}", {"publicClient": True})
    assert answers == {503}
    assert (await stage.login("reader")).status_code == 200
    told = [json.loads(line) for line in stage.service.log().splitlines() if "keycloak.misconfigured" in line]
    assert "KEYCLOAK_CLIENT_SECRET" in told[-1]["hint"]
    assert await breaker_of(stage) == 0


async def breaker_of(stage: Stage) -> float:
    async with httpx2.AsyncClient(base_url=stage.service.url, trust_env=False) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return float(next(line for line in lines if line.startswith(BREAKER)).split()[-1])


@pytest.mark.survives("F08", "F07")
async def test_f08_killed_and_back_the_issuer_keeps_its_sessions_and_the_service_its_callers(stage: Stage) -> None:
    """F08, F07 (D6, D18, D25): the issuer is killed: logins and refreshes are 503, at once when the breaker has opened; tokens are
    taken as before, and the node stays ready. When it is back, sessions of before go on."""
    given = (await stage.login("reader")).json()
    await asyncio.sleep(WRITTEN_S)
    await asyncio.to_thread(stage.issuer.kill)
    answers = [await stage.login("reader") for _ in range(6)]
    assert {(one.status_code, "retry-after" in one.headers) for one in answers} == {(503, True)}
    assert await breaker_of(stage) == 2
    assert (await stage.post("refresh", {"refresh_token": given["refresh_token"]})).status_code == 503
    assert await stage.status(given["access_token"]) == 200
    assert await stage.status(given["access_token"], "/readyz") == 204
    await asyncio.to_thread(stage.issuer.start)
    async with asyncio.timeout(30):
        while (await stage.login("reader")).status_code != 200:
            await asyncio.sleep(0.5)
    assert await breaker_of(stage) == 0
    fresh = await stage.post("refresh", {"refresh_token": given["refresh_token"]})
    assert fresh.status_code == 200
    assert await stage.status(fresh.json()["access_token"]) == 200

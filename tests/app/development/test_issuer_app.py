"""The admin's doors are closed to whoever has no token for them; a client that does not listen holds up no logout."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from structlog.testing import capture_logs

from app.development.issuer_app import build_app, tell
from app.development.issuer_keys import load_keys
from app.development.issuer_tokens import Issuer, Lifetimes, Notice
from app.development.realm import load_realm
from app.development.servers import free_port
from generated.product import NAME
from tests.issuers.realms import ROLE, id_of, write_realm


def client_of(tmp_path: Path, admin_token: str | None) -> httpx2.AsyncClient:
    realm = load_realm(write_realm(tmp_path / "realm.json", ""))
    issuer = Issuer("http://home", "http://home", realm, load_keys(None), Lifetimes(300, 1800))
    transport = httpx2.ASGITransport(build_app(issuer, admin_token))
    return httpx2.AsyncClient(transport=transport, base_url="http://home/admin/realms/stele/")


@pytest.mark.parametrize(
    ("token", "said", "status"),
    [(None, "x", 404), ("secret", "x", 401), ("secret", "\u00e9", 401), ("secret", "secret", 204)],
)
async def test_the_admin_s_doors_want_their_token(tmp_path: Path, token: str | None, said: str, status: int) -> None:
    async with client_of(tmp_path, token) as client:
        headers = {b"authorization": f"Bearer {said}".encode("latin-1")}
        answer = await client.post(f"users/{id_of('leaver')}/logout", headers=headers)
        assert answer.status_code == status


async def test_who_is_not_there_is_404(tmp_path: Path) -> None:
    async with client_of(tmp_path, "secret") as client:
        headers = {"authorization": "Bearer secret"}
        assert (await client.post("users/nobody/logout", headers=headers)).status_code == 404
        assert (await client.put("clients/none", headers=headers, json={"publicClient": False})).status_code == 404
        assert (await client.delete("components/none", headers=headers)).status_code == 404


async def test_roles_are_withdrawn_and_granted_as_at_keycloak(tmp_path: Path) -> None:
    async with client_of(tmp_path, "secret") as client:
        headers = {"authorization": "Bearer secret"}
        [own, *_] = (await client.get(f"clients?clientId={NAME}", headers=headers)).json()
        path = f"users/{id_of('leaver')}/role-mappings/clients/{own['id']}"
        held = (await client.get(path, headers=headers)).json()
        assert held == [{"name": ROLE}]
        for method, left in (("DELETE", []), ("DELETE", []), ("POST", held), ("POST", held)):
            assert (await client.request(method, path, headers=headers, json=held)).status_code == 204
            assert (await client.get(path, headers=headers)).json() == left
        assert (await client.get(path.replace(own["id"], "none"), headers=headers)).status_code == 404


async def test_a_client_that_does_not_listen_costs_a_line() -> None:
    with capture_logs() as logs:
        await tell([Notice(f"http://127.0.0.1:{free_port()}/", "token")])
    assert [line["event"] for line in logs] == ["logout.not_told"]

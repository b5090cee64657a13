"""An issuer of either kind with a service in front of it, asked by one set of words."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from app.development.keycloak import ADMIN, ADMIN_PASSWORD, Keycloak, fetched
from app.development.launcher import Issuer
from app.development.servers import Postgres, ServerUnavailable, Valkey
from generated.errors import RspCode
from generated.operations import PkgId
from generated.product import NAME
from tests.databases import new_database
from tests.issuers.realms import OURS, write_public_realm, write_realm
from tests.missing import missing
from tests.running_service import RunningService

ADMIN_TOKEN = "of the development issuer"
PUBLIC_URL = "https://login.example.com"


@dataclass
class Stage:
    """`public` has a realm that its users see at another address; Keycloak has both realms, the development issuer is two."""

    issuer: Issuer | Keycloak
    public: Issuer | Keycloak
    service: RunningService

    @property
    def realm_url(self) -> str:
        return f"{self.issuer.url}/realms/{NAME}"

    async def token(self, client_id: str = NAME, **form: str) -> httpx2.Response:
        """What the issuer's token endpoint answers, asked past the service."""
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            form = {"client_id": client_id, "grant_type": "password", **form}
            return await client.post(f"{self.realm_url}/protocol/openid-connect/token", data=form)

    async def access_token(self, user: str, client_id: str = NAME) -> str:
        answer = await self.token(client_id, username=user, password=user)
        return str(answer.raise_for_status().json()["access_token"])

    async def admin(self, method: str, path: str, body: object = None) -> httpx2.Response:
        """A call of the admin API of the realm."""
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            headers = {"authorization": f"Bearer {await self.admin_token()}"}
            address = f"{self.issuer.url}/admin/realms/{NAME}/{path}"
            return (await client.request(method, address, headers=headers, json=body)).raise_for_status()

    async def admin_token(self) -> str:
        """Of who may change the realm."""
        if isinstance(self.issuer, Issuer):
            return ADMIN_TOKEN
        form = {"client_id": "admin-cli", "grant_type": "password", "username": ADMIN, "password": ADMIN_PASSWORD}
        address = f"{self.issuer.url}/realms/master/protocol/openid-connect/token"
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
            return str((await client.post(address, data=form)).raise_for_status().json()["access_token"])

    async def post(self, operation: str, body: dict[str, str]) -> httpx2.Response:
        """A public operation of the service's `/auth`."""
        async with httpx2.AsyncClient(base_url=self.service.url, trust_env=False, timeout=30) as client:
            return await client.post(f"/auth/{operation}", json=body)

    async def login(self, user: str, password: str | None = None) -> httpx2.Response:
        return await self.post("login", {"username": user, "password": password or user})

    async def status(self, token: str, path: str = "/api/artists") -> int:
        """Of a call with this token; by default one that needs a role."""
        async with httpx2.AsyncClient(base_url=self.service.url, trust_env=False, timeout=30) as client:
            return (await client.get(path, headers={"authorization": f"Bearer {token}"})).status_code

    async def is_known(self, token: str) -> bool:
        """Whether the service knows the caller, whatever his roles."""
        async with httpx2.AsyncClient(base_url=self.service.url, trust_env=False, timeout=30) as client:
            answer = await client.post("/auth/ws-ticket", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code in (201, 401), answer.text
            return answer.status_code == 201

    async def delete(self, path: str, token: str) -> int:
        async with httpx2.AsyncClient(base_url=self.service.url, trust_env=False, timeout=30) as client:
            return (await client.delete(path, headers={"authorization": f"Bearer {token}"})).status_code

    def socket(self, token: str) -> connect:
        headers = {"authorization": f"Bearer {token}"}
        return connect(f"{self.service.url.replace('http', 'ws', 1)}/web", additional_headers=headers, proxy=None)

    async def hears(self, socket: ClientConnection) -> bool:
        """Whether a request over the socket is answered well."""
        asked = {"pkg_id": int(PkgId.GET_ARTISTS), "req_id": str(uuid.uuid4()), "data": {}}
        return bool((await self.said(socket, **asked))["status_code"] == RspCode.OK)

    async def said(self, socket: ClientConnection, **frame: Any) -> dict[str, Any]:
        """The next frame that comes after this one was sent."""
        await socket.send(json.dumps(frame))
        found: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
        return found

    async def becomes(self, status: int, token: str, within_s: float) -> None:
        """Waits until a call with the token is answered so."""
        async with asyncio.timeout(within_s):
            while await self.status(token) != status:
                await asyncio.sleep(0.1)


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


@contextmanager
def staged(kind: str, folder: Path, postgres: Postgres, valkey: Valkey) -> Iterator[Stage]:
    """`development`, or `keycloak` and a version; where Keycloak cannot be had, see `missing`."""
    folder.mkdir()
    own, public = folder / "realm.json", write_public_realm(folder / "public.json", PUBLIC_URL)
    issuer: Issuer | Keycloak
    other: Issuer | Keycloak
    name, _, version = kind.partition(" ")
    if version:
        try:
            fetched(version)
        except ServerUnavailable as reason:
            missing(reason)
        issuer = other = Keycloak(folder / "keycloak", [own, public], version=version)
    else:
        issuer = Issuer(folder / "issuer", os.environ, "--realm", str(own), "--admin-token", ADMIN_TOKEN)
        other = Issuer(folder / "public", os.environ, "--realm", str(public))
    azp = ",".join((NAME, *OURS))
    database = new_database(postgres, f"issuer-{name}{version}")
    service = RunningService(folder / "service", database, valkey.url, issuer=issuer, TOKEN_AZP=azp)
    write_realm(own, f"{service.url}/auth/backchannel-logout")
    try:
        issuer.start()
        if other is not issuer:
            other.start()
        with service:
            yield Stage(issuer, other, service)
    finally:
        other.stop()
        issuer.stop()

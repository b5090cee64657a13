"""The bytes that loads are made of, and a crowd of users to send them as."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path
from urllib.parse import urlencode

import httpx2

from tests.load.client import frame, upgrade
from tests.load.plan import MARK

LIKE = "editor"
REALM = Path(__file__).parents[2] / "docker" / "keycloak" / "realm.json"
REQ_ID = b"00000000-0000-4000-8000-" + MARK


def get(path: str, token: str | None = None, headers: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{_credential(token)}{headers}\r\n".encode()


def post(path: str, body: bytes, token: str | None = None, headers: str = "") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{_credential(token)}{headers}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def create(prefix: str, token: str, headers: str = "") -> bytes:
    """A write whose name is the prefix and the number of the request."""
    return post("/api/artists", b'{"name":"%s %s"}' % (prefix.encode(), MARK), token, headers)


def created_name(prefix: str, number: int) -> str:
    return f"{prefix} {number:012d}"


def open_socket(token: str | None, query: str = "") -> bytes:
    return upgrade(f"/web{query}", {"Authorization": f"Bearer {token}"} if token else {})


def call(pkg_id: int, data: bytes) -> bytes:
    """A request's frame; the number of the request is the end of its `req_id`."""
    return text(b'{"pkg_id":%d,"req_id":"%s","data":%s}' % (pkg_id, REQ_ID, data))


def text(payload: bytes) -> bytes:
    return frame(payload, binary=False)


def _credential(token: str | None) -> str:
    return f"Authorization: Bearer {token}\r\n" if token else ""


def write_realm(path: Path, users: int) -> Path:
    """The development realm with users `u0`, `u1` … beside its own, who have the roles of `LIKE`; each one's password is its name."""
    realm = json.loads(REALM.read_text())
    template = next(user for user in realm["users"] if user["username"] == LIKE)
    for name in (f"u{number}" for number in range(users)):
        realm["users"].append(
            template
            | {
                "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
                "username": name,
                "email": f"{name}@stele.example",
                "credentials": [{"type": "password", "value": name, "temporary": False}],
            }
        )
    path.write_text(json.dumps(realm))
    return path


async def tokens(issuer_url: str, names: list[str]) -> list[str]:
    """Access tokens straight from the issuer, so that no login of the service is spent."""
    url = f"{issuer_url}/realms/stele/protocol/openid-connect/token"
    headers = {"content-type": "application/x-www-form-urlencoded"}

    async with httpx2.AsyncClient(trust_env=False) as client:

        async def ask(name: str) -> str:
            form = {"grant_type": "password", "client_id": "stele", "username": name, "password": name}
            answer = await client.post(url, content=urlencode(form), headers=headers)
            answer.raise_for_status()
            return str(answer.json()["access_token"])

        return [
            token
            for start in range(0, len(names), 8)
            for token in await asyncio.gather(*map(ask, names[start : start + 8]))
        ]

"""Z01: whoever calls, whatever operation, through whichever door: allowed exactly where the contract says so.

Requests name what is not there and give no fields, so that whoever is let in hears of that instead.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.development.servers import Postgres, Valkey
from generated.http_routes import ROUTES
from generated.operations import OPERATIONS
from generated.product import NAME
from generated.proto import envelope_pb2
from generated.ws_packages import PACKAGES
from tests.running_service import RunningService

REALM = Path(__file__).parents[2] / "docker" / "keycloak" / "realm.json"
ABSENT = str(2**53 - 1)
PERMISSION_DENIED = 3
REPLY_S = 20.0
GUARDED = {name: one.roles for name, one in OPERATIONS.items() if one.roles is not None}
EVERY = frozenset[str]().union(*(group for roles in GUARDED.values() for group in roles))
ENCODINGS = {"json": ("application/json", b"{}"), "protobuf": ("application/x-protobuf", b"")}


def role_sets(operation: str) -> set[frozenset[str]]:
    """No role, all, all but those that let in, each group of roles that does, and each of these with one missing."""
    groups = GUARDED[operation]
    but_one = {group - {role} for group in groups for role in group}
    return {frozenset(), EVERY, EVERY - frozenset().union(*groups), *groups, *but_one}


def users() -> dict[frozenset[str], str]:
    """A user for each set of roles that some operation is tried with."""
    found = {roles for name in GUARDED for roles in role_sets(name)}
    return {roles: f"user-{number}" for number, roles in enumerate(sorted(found, key=sorted))}


@pytest.fixture(scope="module")
def guarded(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    """The service with a realm that has such users."""
    realm = json.loads(REALM.read_text())
    template = realm["users"][0]
    realm["users"] = [
        template
        | {
            "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
            "username": name,
            "email": f"{name}@{NAME}.example",
            "credentials": [{"type": "password", "value": name, "temporary": False}],
            "clientRoles": {NAME: sorted(roles)},
        }
        for roles, name in users().items()
    ]
    file = servers_folder / "roles.json"
    file.write_text(json.dumps(realm))
    with RunningService(servers_folder / "roles", postgres.url, valkey.url, realm=file) as running:
        yield running


async def denied_over_http(service: RunningService, token: str, operation: str) -> dict[str, bool]:
    answers = {}
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        for route in (one for one in ROUTES if one.operation.name == operation):
            path = re.sub(r"{\w+}", ABSENT, route.path)
            for encoding, (media_type, body) in ENCODINGS.items():
                headers = {"authorization": f"Bearer {token}", "accept": media_type}
                if route.has_body:
                    headers["content-type"] = media_type
                content = body if route.has_body else None
                answer = await client.request(route.verb, path, headers=headers, content=content)
                assert answer.status_code != 401, answer.text
                answers[f"{route.verb} {encoding}"] = answer.status_code == 403
    return answers


async def denied_over_the_socket(service: RunningService, token: str, operation: str) -> dict[str, bool]:
    answers, url = {}, service.url.replace("http", "ws", 1) + "/web"
    for number in (number for number, one in PACKAGES.items() if one.operation.name == operation):
        for encoding in ENCODINGS:
            headers, offer = {"authorization": f"Bearer {token}"}, Subprotocol(f"stele.v1.{encoding}")
            async with connect(url, additional_headers=headers, subprotocols=[offer], proxy=None) as socket:
                await socket.send(frame(number, encoding))
                reply = await asyncio.wait_for(socket.recv(), REPLY_S)
            answers[f"socket {encoding}"] = status_of(reply) == PERMISSION_DENIED
    return answers


def frame(number: int, encoding: str) -> str | bytes:
    req_id = str(uuid.uuid4())
    if encoding == "json":
        return json.dumps({"pkg_id": number, "req_id": req_id, "data": {}})
    return envelope_pb2.Request(pkg_id=number, req_id=req_id).SerializeToString()


def status_of(reply: str | bytes) -> int:
    if isinstance(reply, str):
        return int(json.loads(reply)["status_code"])
    return int(envelope_pb2.Response.FromString(reply).status_code)


@pytest.mark.survives("Z01")
@pytest.mark.parametrize("operation", sorted(GUARDED))
async def test_every_door_lets_in_exactly_whom_the_contract_names(guarded: RunningService, operation: str) -> None:
    """Every operation is asked for with no role, all, the right ones, wrong ones and all but one, at each door: who is let in is the same everywhere, and what the contract says."""
    for roles in role_sets(operation):
        token = await guarded.token(users()[roles])
        is_denied = not any(group <= roles for group in GUARDED[operation])
        denied = await denied_over_http(guarded, token, operation)
        denied |= await denied_over_the_socket(guarded, token, operation)
        assert denied
        assert denied == dict.fromkeys(denied, is_denied), sorted(roles)

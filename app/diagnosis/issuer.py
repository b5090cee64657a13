"""Looks at the issuer: discovery, whether it takes our client, its clock, and the roles of the client, if there is a token of who may
look at them. Changes nothing there, and logs nobody in. What it cannot see is said.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import httpx2

from app.auth.realm_roles import RealmNotRead, missing_roles, needed_roles
from app.diagnosis.clock import skew
from app.diagnosis.findings import Finding, State
from app.settings import Settings

URL, CLIENT = "KEYCLOAK_URL", "KEYCLOAK_CLIENT_ID"
WITHIN_S = 4.0
"""For all questions."""
NOT_FOUND = 404
ROLES = "roles"
UNSEEN_ROLES = (
    "which roles the realm's client has: that needs an account which may look at clients",
    "say --admin-token-file, a file with a token of one who has view-clients",
)
UNSEEN_VERSION = (
    "which version Keycloak is: it tells administrators only",
    "see its console; 26 is what the tests have run",
)
"""What is not looked at and why, and what to do instead."""


async def look(settings: Settings, admin_token: str | None = None) -> list[Finding]:
    """`admin_token` is of who may look at the realm's clients. Raises nothing for what an issuer or a network does."""
    try:
        async with asyncio.timeout(WITHIN_S), httpx2.AsyncClient(timeout=2.0) as client:
            found = [*await _keys(client, settings), *await _client(client, settings)]
        return [*found, await _roles(settings, admin_token), Finding("version", State.UNCHECKED, *UNSEEN_VERSION)]
    except (httpx2.HTTPError, OSError, TimeoutError, ValueError) as error:
        said = "it is silent" if isinstance(error, TimeoutError | httpx2.TimeoutException) else str(error)
        where = f"{settings.realm_url} does not answer: {said or type(error).__name__}"
        return [Finding(URL, State.AWAY, where, "start it, or mend the URL")]


async def _keys(client: httpx2.AsyncClient, settings: Settings) -> list[Finding]:
    """Raises httpx2.HTTPError for a server that is in trouble, and ValueError for an answer that is none."""
    begun = time.monotonic()
    answer = await client.get(f"{settings.realm_url}/.well-known/openid-configuration")
    passed_s = time.monotonic() - begun
    if answer.status_code == NOT_FOUND:
        return [Finding(URL, State.FAULT, f"{settings.realm_url} is not there", "mend KEYCLOAK_URL or KEYCLOAK_REALM")]
    answer.raise_for_status()
    return [*_discovered(settings, answer.json()), *_clock(answer, passed_s)]


def _discovered(settings: Settings, document: dict[str, object]) -> Iterator[Finding]:
    """What the realm announces is taken, unless a setting says otherwise."""
    named, wanted = document.get("issuer"), settings.keycloak_issuer
    if wanted in (None, named):
        yield Finding(URL, State.OK, f"the issuer of tokens is {named}")
    else:
        said = f"the realm calls itself {named}, and tokens are taken of {wanted} alone"
        yield Finding("KEYCLOAK_ISSUER", State.FAULT, said, "leave it out, or name the realm's public address")


def _clock(answer: httpx2.Response, passed_s: float) -> Iterator[Finding]:
    """By the date of the answer, which is in whole seconds."""
    if "date" in answer.headers:
        at = parsedate_to_datetime(answer.headers["date"]).timestamp()
        yield from skew("the issuer", at, passed_s, resolution_s=1.0)


async def _client(client: httpx2.AsyncClient, settings: Settings) -> list[Finding]:
    """Asks for a token of a user who is not there: who is told that the user is wrong has a client that is right."""
    form = {
        "grant_type": "password", "client_id": settings.keycloak_client_id,
        "username": f"doctor-{secrets.token_hex(8)}", "password": secrets.token_hex(16),
    }  # fmt: skip
    if settings.client_secret is not None:
        form["client_secret"] = settings.client_secret
    answer = await client.post(f"{settings.realm_url}/protocol/openid-connect/token", data=form)
    if answer.status_code == NOT_FOUND:
        return []
    error = answer.json().get("error")
    if error == "invalid_grant":
        return [Finding(CLIENT, State.OK, f"the issuer takes the client {settings.keycloak_client_id}")]
    said = f"the issuer refuses the client {settings.keycloak_client_id}: {str(error)[:64]}"
    return [
        Finding(
            CLIENT,
            State.FAULT,
            said,
            "mend KEYCLOAK_CLIENT_ID or KEYCLOAK_CLIENT_SECRET, and allow direct access grants",
        )
    ]


async def _roles(settings: Settings, admin_token: str | None) -> Finding:
    """Whether everybody can be given what the contract asks for."""
    if admin_token is None:
        return Finding(ROLES, State.UNCHECKED, *UNSEEN_ROLES)
    named = settings.keycloak_url, settings.keycloak_realm, settings.keycloak_client_id
    try:
        missing = await missing_roles(*named, admin_token, needed_roles())
    except RealmNotRead as error:
        return Finding(ROLES, State.UNCHECKED, str(error), "take a token of one who has view-clients")
    if missing:
        said = f"the client {settings.keycloak_client_id} has not {', '.join(missing)}, which the contract asks for"
        return Finding(
            ROLES,
            State.FAULT,
            said,
            "add them to the realm; python -m codegen realm writes them into docker/keycloak/realm.json",
        )
    return Finding(ROLES, State.OK, "the client has every role that the contract asks for")

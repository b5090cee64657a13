"""The identity port over Keycloak: login, refresh, logout through python-keycloak, and the fetch of its keys.

Promises: every answer is in time or Unavailable; no token, password or wording of Keycloak's gets further.
Verifies no token: that is local, in `verifier`.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import msgspec
import structlog
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakError

from app.auth.breaker import Breaker
from app.auth.jwks import MAX_BYTES
from generated.errors import CredentialsInvalid, Unavailable
from generated.results import Tokens

BUSINESS_STATUSES = frozenset({400, 401})
USERS_FAULTS = frozenset({"invalid_grant"})
"""A wrong password, a dead refresh token, a disabled user; any other error is ours or Keycloak's own."""
UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
TIMEOUT_S = 4.0
RETRY_AFTER_S = 2
log = structlog.stdlib.get_logger(__name__)


class _Fault(msgspec.Struct):
    error: str


class KeycloakIdentity:
    """Implements `Identity`; `aclose` ends its connections."""

    def __init__(
        self,
        *,
        url: str,
        realm: str,
        client_id: str,
        client_secret: str | None,
        breaker: Breaker,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._client = KeycloakOpenID(
            server_url=url.rstrip("/") + "/",
            realm_name=realm,
            client_id=client_id,
            client_secret_key=client_secret,
            timeout=math.ceil(timeout_s),
            max_retries=0,
        )
        self._breaker = breaker
        self._timeout_s = timeout_s

    async def login(self, username: str, password: str) -> Tokens:
        if not (_is_sendable(username) and _is_sendable(password)):
            raise CredentialsInvalid
        return _tokens(await self._ask(self._client.a_token, username, password))

    async def refresh(self, refresh_token: str) -> Tokens:
        if not _is_sendable(refresh_token):
            raise CredentialsInvalid
        return _tokens(await self._ask(self._client.a_refresh_token, refresh_token))

    async def logout(self, refresh_token: str) -> None:
        """Ends the session; ending it twice is no error, a token that never was one is."""
        if not _is_sendable(refresh_token):
            raise CredentialsInvalid
        await self._ask(self._client.a_logout, refresh_token)

    async def aclose(self) -> None:
        await self._client.connection.aclose()

    async def _ask(self, method: Callable[..., Awaitable[Any]], *arguments: str) -> Any:
        async with self._breaker.calling():
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await method(*arguments)
            except KeycloakError as error:
                raise _translate(error) from None
            except Exception as error:
                log.warning("keycloak.failed", reason=type(error).__name__)
                raise Unavailable(retry_after_s=RETRY_AFTER_S) from None


class KeycloakKeys:
    """The realm's JWKS as bytes, for `KeySet`: no redirects, no compression, at most 256 KiB."""

    def __init__(self, issuer: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._url = f"{issuer}/protocol/openid-connect/certs"
        self._client = httpx2.AsyncClient(
            follow_redirects=False,
            timeout=timeout_s,
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )

    async def fetch(self) -> bytes:
        """Raises on any status but 200 and on an answer that is too large or compressed."""
        async with self._client.stream("GET", self._url) as response:
            if response.status_code != httpx2.codes.OK or "content-encoding" in response.headers:
                raise httpx2.HTTPError(f"the keys were answered with status {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise httpx2.HTTPError("the keys are too large")
            return bytes(body)

    async def aclose(self) -> None:
        await self._client.aclose()


def _is_sendable(text: str) -> bool:
    """What no form or database can hold must not look like an outage, or callers open the breaker with it."""
    return bool(text) and UNSENDABLE.search(text) is None


def _translate(error: KeycloakError) -> CredentialsInvalid | Unavailable:
    code = _fault_code(error.response_body)
    if error.response_code in BUSINESS_STATUSES and code in USERS_FAULTS:
        return CredentialsInvalid()
    log.error("keycloak.failed", status=error.response_code, error=code[:64], reason=type(error).__name__)
    return Unavailable(retry_after_s=RETRY_AFTER_S)


def _fault_code(body: bytes | None) -> str:
    try:
        return msgspec.json.decode(body or b"", type=_Fault).error
    except (msgspec.DecodeError, RecursionError):
        return ""


def _tokens(answer: Any) -> Tokens:
    try:
        return msgspec.convert(answer, Tokens)
    except msgspec.ValidationError:
        log.error("keycloak.failed", reason="answer without tokens")
        raise Unavailable(retry_after_s=RETRY_AFTER_S) from None

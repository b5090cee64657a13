"""The identity port over Keycloak: login, refresh, logout through python-keycloak, and the fetch of its keys.

Promises: every answer is in time or Unavailable; no token, password or wording of Keycloak's gets further; nothing that a caller
sends opens the breaker. Verifies no token: that is local, in `verifier`.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote_plus

import httpx2
import msgspec
import structlog
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakError

from app.auth.breaker import Breaker
from app.auth.jwks import MAX_BYTES
from generated.errors import CredentialsInvalid, Unavailable
from generated.results import Tokens

CALLERS_FAULTS = frozenset({(400, "invalid_grant"), (401, "invalid_grant"), (400, "invalid_request")})
"""A wrong password, a dead refresh token, a disabled user, a value that the issuer cannot read."""
TOO_LARGE = frozenset({413, 414, 431})
TOO_MANY = 429
PASSWORD_GRAMMAR = re.compile("[\t\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
TOKEN_GRAMMAR = re.compile("[\x20-\x7e]+")
"""RFC 6749, A.15 to A.17: what no request may carry is asked of nobody."""
MAX_ENCODED_BYTES = 16 * 1024
"""Of one value in the form, where a character may take twelve; issuers refuse more. The contract's longest name, password and
token (of the characters that tokens have) are within it."""
TIMEOUT_S = 4.0
"""For one call of the issuer."""
MAX_INT32 = 2**31 - 1
RETRY_AFTER_S = 2
log = structlog.stdlib.get_logger(__name__)


class _Fault(msgspec.Struct):
    error: str


class KeycloakIdentity:
    """Implements `Identity`; `aclose` ends its connections. Each call is answered within `timeout_s`, is made once, and
    raises Unavailable at once while the breaker is open."""

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
        self._misconfiguration = ""
        self._timeout_s = timeout_s

    async def login(self, username: str, password: str) -> Tokens:
        """By the password grant (RFC 6749 §4.3), which the realm's client must allow."""
        _check(PASSWORD_GRAMMAR, username, password)
        return _tokens(await self._ask(self._client.a_token, username, password))

    async def refresh(self, refresh_token: str) -> Tokens:
        """By the refresh grant (RFC 6749 §6)."""
        _check(TOKEN_GRAMMAR, refresh_token)
        return _tokens(await self._ask(self._client.a_refresh_token, refresh_token))

    async def logout(self, refresh_token: str) -> None:
        """Ends the session; ending it twice is no error, a token that never was one is."""
        _check(TOKEN_GRAMMAR, refresh_token)
        await self._ask(self._client.a_logout, refresh_token)

    async def aclose(self) -> None:
        """Once, at the end, when no call runs any more."""
        await self._client.connection.aclose()

    async def _ask(self, method: Callable[..., Awaitable[Any]], *arguments: str) -> Any:
        """The breaker hears of outages only: what the issuer refuses is judged after it."""
        async with self._breaker.calling():
            answer = await self._answer(method, arguments)
        if isinstance(answer, KeycloakError):
            raise self._refusal(answer)
        self._misconfiguration = ""
        return answer

    async def _answer(self, method: Callable[..., Awaitable[Any]], arguments: tuple[str, ...]) -> Any:
        """The answer or the refusal; raises Unavailable for an outage: no answer in time, a 5xx, a 429."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await method(*arguments)
        except Exception as error:
            if isinstance(error, KeycloakError) and _is_refusal(error.response_code):
                return error
            log.warning("keycloak.failed", reason=type(error).__name__, status=getattr(error, "response_code", None))
            raise Unavailable(retry_after_s=RETRY_AFTER_S) from None

    def _refusal(self, error: KeycloakError) -> CredentialsInvalid | Unavailable:
        """The caller's fault, or our configuration's: the latter is logged once, until it changes or the issuer accepts."""
        code = _fault_code(error.response_body)
        if (error.response_code, code) in CALLERS_FAULTS or error.response_code in TOO_LARGE:
            return CredentialsInvalid()
        found = f"{error.response_code} {code[:64]}"
        if found != self._misconfiguration:
            log.error("keycloak.misconfigured", status=error.response_code, error=code[:64])
        self._misconfiguration = found
        return Unavailable(retry_after_s=RETRY_AFTER_S)


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


def _check(grammar: re.Pattern[str], *values: str) -> None:
    """Raises CredentialsInvalid for what the issuer cannot take, so that it is not even asked."""
    for value in values:
        if grammar.fullmatch(value) is None or len(quote_plus(value)) > MAX_ENCODED_BYTES:
            raise CredentialsInvalid


def _is_refusal(status: int | None) -> bool:
    """Whether the issuer is there and says no."""
    return status is not None and 300 <= status < 500 and status != TOO_MANY


def _fault_code(body: bytes | None) -> str:
    try:
        return msgspec.json.decode(body or b"", type=_Fault).error
    except (msgspec.DecodeError, RecursionError):
        return ""


def _tokens(answer: Any) -> Tokens:
    """A life longer than the contract can say is said as the longest that it can."""
    try:
        tokens = msgspec.convert(answer, Tokens)
    except msgspec.ValidationError:
        log.error("keycloak.failed", reason="answer without tokens")
        raise Unavailable(retry_after_s=RETRY_AFTER_S) from None
    tokens.expires_in = min(tokens.expires_in, MAX_INT32)
    tokens.refresh_expires_in = min(tokens.refresh_expires_in, MAX_INT32)
    return tokens
